"""Chances of all answers, and draws held against them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import torch
from scipy.stats import chisquare

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.task.constraint import Constraint
from tests.networks import every_sequence


def reshaped(
    chances: np.ndarray, temperature: float = 1.0, top_k: int = 0, top_p: float = 1.0
) -> np.ndarray:
    """What is left of one choice's probabilities, by the definitions."""
    sharpened = chances ** (1 / temperature)
    sharpened /= sharpened.sum()
    order = sharpened.argsort()[::-1]
    order = order[: top_k or None]
    kept = sharpened[order] / sharpened[order].sum()
    # The fewest that together have at least `top_p`.
    enough = int((kept.cumsum() < top_p).sum()) + 1
    left = np.zeros_like(chances)
    left[order[:enough]] = kept[:enough] / kept[:enough].sum()
    return left


def chances_of(
    model: Seq2Seq, batch: Batch, constraint: Constraint, **setting: float
) -> dict[tuple[int, ...], float]:
    """Probability of every answer of a batch of one, each of its choices reshaped."""
    sequences = every_sequence(batch, constraint, model.num_choices_of(batch))
    longest = max(map(len, sequences))
    targets = torch.tensor([[*each, *[0] * (longest - len(each))] for each in sequences])
    copies = Batch(
        batch.inputs.expand(len(targets), *batch.inputs.shape[1:]),
        batch.input_mask.expand(len(targets), -1),
    )
    allowed = constraint.masks_along(copies, model.num_choices_of(batch), targets)
    chances = model(copies, targets, allowed).double().exp().numpy()
    return {
        tuple(whole): float(
            np.prod([reshaped(row, **setting)[c] for row, c in zip(steps, whole, strict=True)])
        )
        for steps, whole in zip(chances, targets.tolist(), strict=True)
    }


def as_often_as(found: Sequence[Sequence[int]], chances: dict[tuple[int, ...], float]) -> float:
    """The p-value of a chi-squared test; 0 if something was drawn that cannot be."""
    longest = len(next(iter(chances)))
    counted = Counter((*answer, *[0] * (longest - len(answer))) for answer in found)
    if any(chances.get(answer, 0) < 1e-9 for answer in counted):
        return 0.0
    expected = {key: len(found) * value for key, value in chances.items()}
    common = [key for key, often in expected.items() if often >= 5]
    observed = [counted[key] for key in common]
    wanted = [expected[key] for key in common]
    rest = len(found) - sum(observed), len(found) - sum(wanted)
    if rest[1] >= 5:
        observed, wanted = [*observed, rest[0]], [*wanted, rest[1]]
    if len(observed) == 1:
        return 1.0  # One answer has nearly all of the mass, and everything drawn is that one.
    if len(wanted) == 1:
        return 1.0  # nothing else can be drawn
    scale = sum(observed) / sum(wanted)
    return float(chisquare(observed, [often * scale for often in wanted]).pvalue)
