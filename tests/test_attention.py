"""Scores and attention against the papers' equations, written out in numpy."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ptrnet_suite.attention import (
    SCORES,
    Attention,
    LocationScore,
    MultiHeadAttention,
    additive_mask,
    make_score,
)
from ptrnet_suite.errors import InputError

WIDTH = 6


def _by_hand(name: str, score: torch.nn.Module, query: np.ndarray, states: np.ndarray) -> float:
    """One score of one query and one key."""
    weights = {key: value.detach().numpy() for key, value in score.named_parameters()}
    if name == "dot":
        return float(query @ states)
    if name == "general":
        return float(query @ (weights["project.weight"] @ states))
    if name == "concat":
        inner = weights["project_query.weight"] @ query + weights["project_query.bias"]
        inner = inner + weights["project_key.weight"] @ states
        return float(weights["vector.weight"][0] @ np.tanh(inner))
    projected = weights["project_query.weight"] @ query
    return float(projected @ (weights["project_key.weight"] @ states) / np.sqrt(WIDTH))


@pytest.mark.parametrize("name", [name for name in SCORES if name != "location"])
def test_a_score_equals_its_equation(name: str) -> None:
    torch.manual_seed(0)
    score = make_score(name, WIDTH)
    query, states = torch.randn(2, 3, WIDTH), torch.randn(2, 5, WIDTH)
    found = score(query, score.keys(states)).detach().numpy()
    assert found.shape == (2, 3, 5)
    for b, t, p in np.ndindex(2, 3, 5):
        expected = _by_hand(name, score, query[b, t].numpy(), states[b, p].numpy())
        assert found[b, t, p] == pytest.approx(expected, abs=1e-5)


def test_the_location_score_depends_on_the_query_alone() -> None:
    torch.manual_seed(0)
    score = LocationScore(WIDTH)
    query = torch.randn(2, 3, WIDTH)
    one = score(query, torch.randn(2, 5, WIDTH))
    other = score(query, torch.randn(2, 5, WIDTH))
    expected = query @ score.project.weight[:5].T + score.project.bias[:5]
    assert torch.equal(one, other)
    torch.testing.assert_close(one, expected)


def test_the_location_score_closes_positions_beyond_its_longest() -> None:
    score = LocationScore(WIDTH)
    found = score(torch.randn(1, 1, WIDTH), torch.randn(1, score.longest + 2, WIDTH))
    assert (found[0, 0, score.longest :] < -1e8).all()
    assert (found[0, 0, : score.longest] > -1e8).all()


@pytest.mark.parametrize("name", SCORES)
def test_masked_positions_get_no_weight_and_the_rest_sums_to_one(name: str) -> None:
    torch.manual_seed(0)
    attention = Attention(name, WIDTH)
    states, mask = torch.randn(2, 4, WIDTH), torch.tensor([[1, 1, 1, 1], [1, 1, 0, 0]]).bool()
    keys = attention.score.keys(states)
    bias = additive_mask(mask).unsqueeze(1)
    context, weights = attention(torch.randn(2, 3, WIDTH), keys, states, bias)
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


def test_an_unknown_score_is_named_with_what_there_is() -> None:
    with pytest.raises(InputError, match=r"'cosine'.*dot, general, concat, location, scaled_dot"):
        make_score("cosine", WIDTH)


def test_a_width_that_heads_do_not_divide_is_refused() -> None:
    with pytest.raises(InputError, match="width 10 cannot be split into 4 heads"):
        MultiHeadAttention(10, 4)
