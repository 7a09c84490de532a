"""Attention as numbers: the same in every file, and alignments as other programs write them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ptrnet_suite import InputError, load
from ptrnet_suite.studies.solver.attention import AttentionMap
from ptrnet_suite.studies.solver.attention_files import alignment, write_attention


def test_files_hold_the_arrays_of_solver_attention(
    saved: Callable[..., str], tmp_path: Path
) -> None:
    points = [np.random.default_rng(0).random((size, 2)) for size in (6, 4)]
    maps = load(saved("tsp"), device="cpu").attention(points)
    write_attention(["far", "near"], maps, tmp_path / "a.json")
    write_attention(["far", "near"], maps, tmp_path / "a.npz")
    told = json.loads((tmp_path / "a.json").read_text())
    arrays = np.load(tmp_path / "a.npz", allow_pickle=False)
    assert [each["name"] for each in told] == arrays["names"].tolist() == ["far", "near"]
    for number, (attention, plain) in enumerate(zip(maps, told, strict=True), 1):
        np.testing.assert_allclose(plain["weights"], attention.weights)
        np.testing.assert_allclose(arrays[f"pointer_{number}"], attention.pointer)
        assert plain["answer"] == arrays[f"answer_{number}"].tolist() == attention.answer.tolist()
        assert plain["steps"] == list(attention.steps)
        assert plain["centres"] is None


def test_an_alignment_is_where_the_mean_of_the_heads_looks_most() -> None:
    heads = np.array(
        [[[0.6, 0.4, 0.0], [0.0, 0.4, 0.6]], [[0.1, 0.9, 0.0], [0.0, 0.3, 0.7]]], np.float32
    )
    attention = AttentionMap("x y", heads, None, None, None, ("a", "b", "c"), ("x", "y"))
    assert alignment(attention) == [(1, 0), (2, 1)]


def test_a_pointers_alignment_is_what_it_points_at_without_its_end(
    saved: Callable[..., str], tmp_path: Path
) -> None:
    points = np.random.default_rng(1).random((7, 2))
    solver = load(saved("convex_hull"), device="cpu")
    attention = solver.attention(points)
    assert attention.steps[-1] == "END"
    assert [position for position, _ in alignment(attention)] == solver.solve(points).tolist()
    write_attention(["1", "2"], [attention, attention], tmp_path / "a.txt")
    line = " ".join(f"{position}-{step}" for step, position in enumerate(attention.answer))
    assert (tmp_path / "a.txt").read_text() == f"{line}\n{line}\n"


def test_another_suffix_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"suffix '\.csv'; accepted: \.json, \.npz, \.txt"):
        write_attention([], [], tmp_path / "a.csv")
