"""Local attention against Luong et al. 2015, section 3.2, written out in numpy."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ptrnet_suite.errors import InputError
from ptrnet_suite.model.config import DecoderConfig
from ptrnet_suite.model.decoders import make_decoder
from ptrnet_suite.model.layers.alignments import CLOSED, make_alignment
from ptrnet_suite.model.layers.attention import (
    Attended,
    Attention,
    MultiHeadAttention,
    additive_mask,
)
from ptrnet_suite.model.layers.scores import SCORES
from tests.model.layers.by_hand import (
    WIDTH,
    centre_by_hand,
    heads_by_hand,
    look_by_hand,
    padding_of,
    shaken,
    weights_of,
)

ALIGNMENTS = ["global", "local_m", "local_p"]
LOCAL = ALIGNMENTS[1:]
SIDES = {"left": 0.0, "middle": 0.5, "right": 1.0}
"""Where local-p can be told to look, as a share of the input's length."""


@torch.inference_mode()
def _even(
    alignment: str, window: int, lengths: list[int], steps: torch.Tensor, side: str = "middle"
) -> Attended:
    """A look that finds all keys equally fit, so that only its window and its factor show."""
    attention = Attention("dot", WIDTH, alignment, window)
    ahead = torch.eye(WIDTH)[0] * {"left": -400.0, "middle": 0.0, "right": 400.0}[side]
    for name, weight in attention.named_parameters():
        weight.copy_(torch.eye(WIDTH) if name.endswith("project.weight") else ahead)
    states = torch.zeros(len(lengths), max(lengths), WIDTH)
    bias = additive_mask(padding_of(lengths)).unsqueeze(1)
    query = torch.ones(len(lengths), steps.shape[-1], WIDTH)
    return attention(query, states, states, bias, steps)


@pytest.mark.parametrize("lengths", [[7, 7, 7], [7, 4, 1]], ids=["full", "padded"])
@pytest.mark.parametrize("window", [1, 2, 9])
@pytest.mark.parametrize("alignment", ALIGNMENTS)
@pytest.mark.parametrize("score", SCORES.names())
@torch.inference_mode()
def test_every_score_under_every_alignment_equals_its_equations(
    score: str, alignment: str, window: int, lengths: list[int]
) -> None:
    torch.manual_seed(2)
    config = DecoderConfig("lstm", 1, attention=score, alignment=alignment, window=window)  # type: ignore[arg-type]
    attention = shaken(Attention(score, WIDTH, alignment, window))
    mask, steps = padding_of(lengths), 10
    states = torch.randn(3, 7, WIDTH).masked_fill(~mask.unsqueeze(2), 9.0)
    query = torch.randn(3, steps, WIDTH) * 1.5
    bias = None if mask.all() else additive_mask(mask).unsqueeze(1)
    found = attention(query, attention.score.keys(states), states, bias)
    assert (found.centres is None) == (alignment == "global")
    for b, t in np.ndindex(3, steps):
        own, length = states[b, : lengths[b]].numpy(), lengths[b]
        trace = query[b, t].numpy(), own, t, np.zeros(length)
        expected = look_by_hand(config, weights_of(attention), *trace)
        np.testing.assert_allclose(found.weights[b, t, :length], expected.weights, atol=1e-5)
        np.testing.assert_allclose(found.context[b, t], expected.context, atol=1e-5)
        assert (found.weights[b, t, length:] == 0).all()
        if found.centres is not None:
            assert float(found.centres[b, t]) == pytest.approx(expected.centre, abs=1e-5)


@pytest.mark.parametrize(
    ("length", "step", "seen"),
    [
        (7, 0, [0, 1, 2]),
        (7, 1, [0, 1, 2, 3]),
        (7, 3, [1, 2, 3, 4, 5]),
        (7, 5, [3, 4, 5, 6]),
        (7, 6, [4, 5, 6]),
        (7, 9, [4, 5, 6]),
        (4, 3, [1, 2, 3]),
        (4, 6, [1, 2, 3]),
        (2, 0, [0, 1]),
        (2, 5, [0, 1]),
        (1, 0, [0]),
        (1, 8, [0]),
    ],
)
def test_local_m_sees_two_positions_to_either_side_of_its_step(
    length: int, step: int, seen: list[int]
) -> None:
    weights = _even("local_m", 2, [7, length], torch.tensor([step])).weights[1, 0]
    expected = [1 / len(seen) if position in seen else 0.0 for position in range(7)]
    np.testing.assert_allclose(weights, expected, atol=1e-6)


@given(
    lengths=st.lists(st.integers(1, 7), min_size=1, max_size=4),
    window=st.integers(1, 8),
    data=st.data(),
)
@settings(deadline=None, max_examples=30)
def test_each_hypothesis_of_local_m_sees_around_its_own_step(
    lengths: list[int], window: int, data: st.DataObject
) -> None:
    row = st.lists(st.integers(0, 12), min_size=3, max_size=3)
    steps = data.draw(st.lists(row, min_size=len(lengths), max_size=len(lengths)))
    found = _even("local_m", window, lengths, torch.tensor(steps))
    for b, t in np.ndindex(len(lengths), 3):
        centre = min(steps[b][t], lengths[b] - 1)
        seen = set(range(lengths[b])) & set(range(centre - window, centre + window + 1))
        shown = found.weights[b, t].nonzero().flatten().tolist()
        assert set(shown) == seen
        assert float(found.weights[b, t, centre]) == pytest.approx(1 / len(seen))


@pytest.mark.parametrize("window", [1, 2, 3, 8])
@pytest.mark.parametrize("side", SIDES)
def test_local_p_falls_off_by_a_gaussian_and_sees_what_is_exactly_a_window_away(
    side: str, window: int
) -> None:
    lengths = [1, 2, 3, 4, 5, 6, 7]
    found = _even("local_p", window, lengths, torch.tensor([0]), side)
    for row, length in enumerate(lengths):
        centre = SIDES[side] * length
        seen = [s for s in range(length) if abs(s - centre) <= window]
        expected = np.zeros(7)
        for s in seen:
            expected[s] = math.exp(-((s - centre) ** 2) / (2 * (window / 2) ** 2)) / len(seen)
        assert found.centres is not None
        assert float(found.centres[row, 0]) == centre
        np.testing.assert_allclose(found.weights[row, 0], expected, atol=1e-6)


def test_local_p_at_the_middle_of_four_with_a_window_of_two() -> None:
    found = _even("local_p", 2, [7, 4], torch.tensor([0])).weights[1, 0]
    # The centre is 2 and sigma 1; position 0 is just seen, position 4 is padding.
    expected = [math.exp(-2) / 4, math.exp(-0.5) / 4, 1 / 4, math.exp(-0.5) / 4, 0, 0, 0]
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert float(found.sum()) < 0.6, "weights under a Gaussian are not normalised again"


def test_what_local_p_sees_teaches_it_where_to_look() -> None:
    torch.manual_seed(0)
    attention = shaken(Attention("general", WIDTH, "local_p", window=2))
    states, query = torch.randn(2, 7, WIDTH), torch.randn(2, 3, WIDTH)
    attention(query, attention.score.keys(states), states).context.sum().backward()
    for name, weight in attention.named_parameters():
        assert weight.grad is not None, name
        assert weight.grad.abs().max() > 1e-4, name


@pytest.mark.parametrize("padded", [False, True], ids=["full", "padded"])
@pytest.mark.parametrize("alignment", LOCAL)
@pytest.mark.parametrize("window", [1, 3])
@torch.inference_mode()
def test_all_heads_look_through_one_window(alignment: str, window: int, padded: bool) -> None:
    torch.manual_seed(0)
    config = DecoderConfig("transformer", 1, 2, alignment=alignment, window=window)  # type: ignore[arg-type]
    attention = shaken(MultiHeadAttention(WIDTH, config.heads))
    place = make_alignment(alignment, WIDTH, window)
    assert place is not None
    shaken(place)
    lengths = [7, 3, 1] if padded else [7, 7, 7]
    mask, states, query = padding_of(lengths), torch.randn(3, 7, WIDTH), torch.randn(3, 9, WIDTH)
    bias = additive_mask(mask)[:, None, None] if padded else None
    view = place(query, torch.tensor(lengths), torch.arange(9), 7)
    context, weights = attention.attend(query, attention.keys_values(states), bias, view)
    assert weights.shape == (3, 2, 9, 7)
    for b, t in np.ndindex(3, 9):
        asked, own = query[b, t].numpy(), states[b, : lengths[b]].numpy()
        centre = centre_by_hand(alignment, weights_of(place), asked, t, lengths[b])
        expected, shares = heads_by_hand(config, weights_of(attention), asked, own, centre)
        np.testing.assert_allclose(context[b, t], expected, atol=1e-5)
        np.testing.assert_allclose(weights[b, :, t, : lengths[b]], shares, atol=1e-5)
        assert (weights[b, :, t, lengths[b] :] == 0).all()


def test_an_unknown_alignment_is_named_with_what_there_is() -> None:
    with pytest.raises(InputError, match=r"'local'.*global, local_m, local_p"):
        make_alignment("local", WIDTH, 10)


@pytest.mark.parametrize("alignment", LOCAL)
def test_a_window_without_width_is_refused(alignment: str) -> None:
    with pytest.raises(InputError, match="window is 0; accepted are whole numbers from 1 on"):
        make_alignment(alignment, WIDTH, 0)


@pytest.mark.parametrize("alignment", LOCAL)
def test_a_decoder_that_reads_in_no_order_has_no_local_alignment(alignment: str) -> None:
    config = DecoderConfig("glimpse", alignment=alignment)  # type: ignore[arg-type]
    with pytest.raises(InputError, match=f"alignment '{alignment}' means nothing to a glimpse"):
        make_decoder(config, WIDTH, 0.0)


def test_a_window_adds_nothing_inside_and_closes_what_is_outside() -> None:
    alignment = make_alignment("local_m", WIDTH, 1)
    assert alignment is not None
    steps = torch.arange(6)[None]
    closed, factor, centres = alignment(
        torch.zeros(2, 6, WIDTH), torch.tensor([5, 3]), steps, positions=5
    )
    assert factor is None
    assert centres.tolist() == [[0, 1, 2, 3, 4, 4], [0, 1, 2, 2, 2, 2]]
    assert centres.dtype == torch.float32
    for row in range(2):
        for step in range(6):
            near = (torch.arange(5) - centres[row, step]).abs() <= 1
            expected = torch.where(near, 0.0, CLOSED)
            assert torch.equal(closed[row, step], expected)


def test_the_least_window_is_one() -> None:
    for name in LOCAL:
        with pytest.raises(InputError, match="window is 0; accepted are whole numbers from 1 on"):
            make_alignment(name, WIDTH, 0)
        found = make_alignment(name, WIDTH, 1)
        assert found is not None
        assert found.window == 1
        assert found.follows_steps is (name == "local_m")


def test_a_layer_of_low_precision_tells_centres_in_full_precision() -> None:
    alignment = make_alignment("local_p", WIDTH, 2)
    assert alignment is not None
    query = torch.zeros(1, 1, WIDTH, dtype=torch.bfloat16)
    steps = torch.zeros(1, 1, dtype=torch.long)
    found = alignment.bfloat16()(query, torch.tensor([301]), steps, positions=301)
    assert found.centres.dtype == torch.float32
    assert found.centres.tolist() == [[150.5]]
