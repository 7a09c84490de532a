"""Scores and attention against the papers' equations, written out in numpy."""

from __future__ import annotations

import math
from typing import NamedTuple, TypeVar

import numpy as np
import pytest
import torch
from torch import nn

from ptrnet_suite.errors import InputError
from ptrnet_suite.model.config import DecoderConfig
from ptrnet_suite.model.layers.attention import Attention, MultiHeadAttention, additive_mask
from ptrnet_suite.model.layers.scores import SCORES, LocationScore, make_score

WIDTH = 6
CASES = [(score, covered) for score in SCORES.names() for covered in (False, True)]

AnyModule = TypeVar("AnyModule", bound=nn.Module)
Weights = dict[str, np.ndarray]


class Looked(NamedTuple):
    """What one query sees of one input without padding."""

    context: np.ndarray
    weights: np.ndarray
    centre: float | None


def weights_of(module: nn.Module) -> Weights:
    return {name: weight.numpy().astype(float) for name, weight in module.state_dict().items()}


def part_of(weights: Weights, name: str) -> Weights:
    """The weights of one part of a module."""
    start = f"{name}."
    return {key.removeprefix(start): own for key, own in weights.items() if key.startswith(start)}


def shaken(module: AnyModule) -> AnyModule:
    """The module with large random weights, so that every one of them shows."""
    for weight in module.parameters():
        nn.init.normal_(weight, std=0.7)
    return module.eval()


def padding_of(lengths: list[int]) -> torch.Tensor:
    return torch.arange(max(lengths)) < torch.tensor(lengths)[:, None]


def score_by_hand(
    name: str,
    weights: Weights,
    query: np.ndarray,
    state: np.ndarray,
    position: int = 0,
    told: np.ndarray | float = 0.0,
) -> float:
    """One score of one query and one input; `told` is added to the input's key."""
    if name == "dot":
        return float(query @ (state + told))
    if name == "general":
        return float(query @ (weights["project.weight"] @ state + told))
    if name == "location":
        return float(
            weights["project.weight"][position] @ query + weights["project.bias"][position]
        )
    asked, key = weights["project_query.weight"] @ query, weights["project_key.weight"] @ state
    if name == "concat":
        inner = asked + weights["project_query.bias"] + key + told
        return float(weights["vector.weight"][0] @ np.tanh(inner))
    return float(asked @ (key / math.sqrt(WIDTH) + told))


def centre_by_hand(
    alignment: str, weights: Weights, query: np.ndarray, step: int, length: int
) -> float | None:
    """Luong et al. 2015, section 3.2 and eq. 9, counted from 0."""
    if alignment == "global":
        return None
    if alignment == "local_m":
        return min(step, length - 1)
    inner = weights["vector.weight"][0] @ np.tanh(weights["project.weight"] @ query)
    return float(length / (1 + math.exp(-inner)))


def align_by_hand(config: DecoderConfig, scores: list[float], centre: float | None) -> np.ndarray:
    """Luong et al. 2015, eq. 7 in the window, then eq. 10; the sum is not made 1 again."""
    inside = [s for s in range(len(scores)) if centre is None or abs(s - centre) <= config.window]
    total, weights = sum(math.exp(scores[s]) for s in inside), np.zeros(len(scores))
    for s in inside:
        weights[s] = math.exp(scores[s]) / total
        if config.alignment == "local_p" and centre is not None:
            weights[s] *= math.exp(-((s - centre) ** 2) / (2 * (config.window / 2) ** 2))
    return weights


def look_by_hand(
    config: DecoderConfig,
    weights: Weights,
    query: np.ndarray,
    states: np.ndarray,
    step: int,
    covered: np.ndarray,
) -> Looked:
    """One look; coverage as in See et al. 2017, eq. 11. weights: those of an `Attention`."""
    scores = []
    for position, state in enumerate(states):
        told = weights["cover"] * covered[position] if config.coverage else 0.0
        own = part_of(weights, "score")
        scores.append(score_by_hand(config.attention, own, query, state, position, told))
    own = part_of(weights, "alignment")
    centre = centre_by_hand(config.alignment, own, query, step, len(states))
    found = align_by_hand(config, scores, centre)
    context = sum(weight * state for weight, state in zip(found, states, strict=True))
    return Looked(context, found, centre)


def heads_by_hand(
    config: DecoderConfig,
    weights: Weights,
    query: np.ndarray,
    states: np.ndarray,
    centre: float | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """One look of all heads, and their weights (Vaswani et al. 2017, section 3.2.2)."""
    asked, size = weights["project_query.weight"] @ query, WIDTH // config.heads
    of_key, of_value = np.split(weights["project_memory.weight"], 2)
    contexts, shares = [], []
    for head in range(config.heads):
        own = slice(head * size, (head + 1) * size)
        scores = [asked[own] @ (of_key @ state)[own] / math.sqrt(size) for state in states]
        shares.append(align_by_hand(config, scores, centre))
        parts = [
            share * (of_value @ state)[own] for share, state in zip(shares[-1], states, strict=True)
        ]
        contexts.append(sum(parts))
    return weights["project_out.weight"] @ np.concatenate(contexts), np.stack(shares)


@pytest.mark.parametrize("name", [name for name in SCORES if name != "location"])
def test_a_score_equals_its_equation(name: str) -> None:
    torch.manual_seed(0)
    score = make_score(name, WIDTH)
    query, states = torch.randn(2, 3, WIDTH), torch.randn(2, 5, WIDTH)
    found = score(query, score.keys(states)).detach().numpy()
    assert found.shape == (2, 3, 5)
    for b, t, p in np.ndindex(2, 3, 5):
        expected = score_by_hand(name, weights_of(score), query[b, t].numpy(), states[b, p].numpy())
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


def test_an_unknown_score_is_named_with_what_there_is() -> None:
    with pytest.raises(InputError, match=r"'cosine'.*dot, general, concat, location, scaled_dot"):
        make_score("cosine", WIDTH)


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
