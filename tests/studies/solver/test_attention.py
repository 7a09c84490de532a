"""Where a model looked, as arrays."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from ptrnet_suite import InputError, load

POINTS = np.random.default_rng(0).random((6, 2))


def test_a_pointers_attention_holds_every_step_and_says_what_it_chose(
    saved: Callable[..., str],
) -> None:
    solver = load(saved("tsp", "glimpse", "transformer"), device="cpu")
    looked = solver.attention(POINTS)
    assert np.array_equal(looked.answer, solver.solve(POINTS))
    assert looked.weights.shape == (2, 6, 6)
    assert looked.pointer.shape == (6, 6)
    np.testing.assert_allclose(looked.weights.sum(2), 1, atol=1e-5)
    np.testing.assert_allclose(looked.pointer.sum(1), 1, atol=1e-5)
    assert looked.pointer.argmax(1).tolist() == looked.answer.tolist()
    assert looked.steps == tuple(map(str, looked.answer))
    assert looked.positions == tuple("012345")
    assert looked.centres is looked.window is None


def test_where_answers_end_a_pointer_leaves_something_to_the_end(
    saved: Callable[..., str],
) -> None:
    looked = load(saved("convex_hull"), device="cpu").attention(POINTS)
    assert looked.steps[-1] == "END"
    assert len(looked.steps) == len(looked.answer) + 1 == len(looked.pointer)
    assert (looked.pointer.sum(1) < 1 + 1e-5).all()
    assert looked.pointer[-1].sum() < 0.5


def test_a_local_alignment_tells_its_centres_and_window(saved: Callable[..., str]) -> None:
    looked = load(saved("text", "lstm local_m"), device="cpu").attention("abcd")
    assert looked.pointer is None
    assert looked.window == 1
    assert looked.positions == tuple("abcd")
    assert looked.weights.shape[1:] == (len(looked.steps), 4)
    assert looked.centres.tolist() == np.arange(len(looked.steps)).clip(max=3).tolist()


def test_several_problems_have_a_list_of_maps(saved: Callable[..., str]) -> None:
    several = load(saved("tsp"), device="cpu").attention([POINTS, POINTS[:4]])
    assert [looked.weights.shape[1:] for looked in several] == [(6, 6), (4, 4)]


def test_an_ensemble_and_a_model_without_attention_have_none_to_show(
    saved: Callable[..., str],
) -> None:
    names = saved("text", seed=1), saved("text", seed=2)
    both = load("+".join(names), device="cpu")
    with pytest.raises(InputError, match="is several models together; give one of them"):
        both.attention("abc")
    with pytest.raises(InputError, match="is several models together"):
        both.plot_attention("abc")
    with pytest.raises(InputError, match="attention 'none'"):
        load(saved("text", "gru unattended"), device="cpu").attention("abc")
