"""Attention against the papers' equations, written out in numpy."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ptrnet_suite.errors import InputError
from ptrnet_suite.model.config import DecoderConfig
from ptrnet_suite.model.layers.attention import Attention, MultiHeadAttention, additive_mask
from ptrnet_suite.model.layers.scores import SCORES
from tests.model.layers.by_hand import WIDTH, look_by_hand, padding_of, shaken, weights_of

CASES = [(score, covered) for score in SCORES.names() for covered in (False, True)]


@pytest.mark.parametrize("name", SCORES.names())
def test_masked_positions_get_no_weight_and_the_rest_sums_to_one(name: str) -> None:
    torch.manual_seed(0)
    attention = Attention(name, WIDTH)
    states, mask = torch.randn(2, 4, WIDTH), torch.tensor([[1, 1, 1, 1], [1, 1, 0, 0]]).bool()
    keys = attention.score.keys(states)
    bias = additive_mask(mask).unsqueeze(1)
    context, weights, _ = attention(torch.randn(2, 3, WIDTH), keys, states, bias)
    assert (weights[1, :, 2:] == 0).all()
    torch.testing.assert_close(weights.sum(-1), torch.ones(2, 3))
    torch.testing.assert_close(context, weights @ states)


def test_multi_head_attention_equals_torch() -> None:
    torch.manual_seed(0)
    ours = MultiHeadAttention(8, heads=2)
    theirs = torch.nn.MultiheadAttention(8, 2, bias=False, batch_first=True)
    with torch.no_grad():
        stacked = torch.cat([ours.project_query.weight, ours.project_memory.weight])
        theirs.in_proj_weight.copy_(stacked)
        theirs.out_proj.weight.copy_(ours.project_out.weight)
    query, states = torch.randn(3, 4, 8), torch.randn(3, 5, 8)
    mask = torch.rand(3, 5) < 0.7
    mask[:, 0] = True
    bias = additive_mask(mask)[:, None, None, :]
    expected, _ = theirs(query, states, states, key_padding_mask=~mask)
    torch.testing.assert_close(ours(query, ours.keys_values(states), bias), expected)


def test_a_width_that_heads_do_not_divide_is_refused() -> None:
    with pytest.raises(InputError, match="width 10 cannot be split into 4 heads"):
        MultiHeadAttention(10, 4)


@pytest.mark.parametrize(("score", "covered"), CASES)
@torch.inference_mode()
def test_attention_equals_its_equations_with_padding_and_coverage(
    score: str, covered: bool
) -> None:
    torch.manual_seed(1)
    config = DecoderConfig("lstm", attention=score, coverage=covered)  # type: ignore[arg-type]
    attention = shaken(Attention(score, WIDTH, coverage=covered))
    lengths, mask = [5, 1, 3], padding_of([5, 1, 3])
    # Whatever stands in the padding must not be seen.
    states = torch.randn(3, 5, WIDTH).masked_fill(~mask.unsqueeze(2), 9.0)
    query, had = torch.randn(3, 4, WIDTH), torch.rand(3, 4, 5) * 2
    keys, bias = attention.score.keys(states), additive_mask(mask).unsqueeze(1)
    found = attention(query, keys, states, bias, covered=had if covered else None)
    assert found.centres is None
    for b, t in np.ndindex(3, 4):
        own = states[b, : lengths[b]].numpy()
        trace = query[b, t].numpy(), own, t, had[b, t].numpy()
        expected = look_by_hand(config, weights_of(attention), *trace)
        np.testing.assert_allclose(found.context[b, t], expected.context, atol=1e-5)
        np.testing.assert_allclose(found.weights[b, t, : lengths[b]], expected.weights, atol=1e-5)
        assert (found.weights[b, t, lengths[b] :] == 0).all()


@torch.inference_mode()
def test_a_window_beyond_the_positions_that_location_knows_stays_a_window() -> None:
    torch.manual_seed(0)
    attention = Attention("location", WIDTH, "local_m", window=3)
    positions, step = 530, 520
    states = torch.randn(1, positions, WIDTH)
    order = torch.tensor([[float(step)]])
    keys = attention.score.keys(states)
    for bias in (None, torch.zeros(1, 1, positions)):
        weights = attention(torch.randn(1, 1, WIDTH), keys, states, bias, order).weights[0, 0]
        assert weights[: step - 3].sum() == 0
        assert weights[step + 4 :].sum() == 0
        assert weights.sum() == pytest.approx(1)
