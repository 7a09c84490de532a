"""Scores, alignments and attention by the papers' equations, written out in numpy."""

from __future__ import annotations

import math
from typing import NamedTuple, TypeVar

import numpy as np
import torch
from torch import nn

from ptrnet_suite.model.config import DecoderConfig

WIDTH = 6
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
