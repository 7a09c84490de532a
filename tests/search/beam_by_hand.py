"""A beam of one instance that goes on to the limit, plainly written."""

from __future__ import annotations

from collections.abc import Callable

import torch

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.task.constraint import Constraint
from tests.search.enumeration import log_probabilities


def steps_with_end(choices: torch.Tensor) -> torch.Tensor:
    """Length of each answer, END included, where one is there."""
    ended = (choices == 0).int().cumsum(1)
    return ((ended == 0).sum(1) + 1).clamp_max(choices.shape[1])


def finished_by_hand(
    model: Seq2Seq,
    batch: Batch,
    constraint: Constraint,
    width: int,
    penalty: float,
    covered: Callable[[list[int]], float] = lambda whole: 0.0,
) -> list[tuple[float, list[int]]]:
    """What a beam of one instance that goes on to the limit finishes, and its worth, best first.

    covered: what is added to the worth of a whole answer.
    """
    going: list[list[int]] = [[]]
    finished: list[tuple[float, list[int]]] = []
    choices, limit = model.num_choices_of(batch), constraint.limit(batch)
    for step in range(1, limit + 1):
        longer = []
        for past in going:
            progress = constraint.start(batch, choices)
            for choice in past:
                progress = constraint.advance(progress, torch.tensor([choice]))
            allowed = constraint.allowed(progress)[0].nonzero().flatten().tolist()
            tried = torch.tensor([[*past, choice] for choice in allowed])
            scores = log_probabilities(model, batch, constraint, tried).tolist()
            longer += zip(scores, tried.tolist(), strict=True)
        longer.sort(key=lambda pair: -pair[0])
        ended = [pair[1][-1] == 0 or step == limit for pair in longer]
        for (score, whole), over in list(zip(longer, ended, strict=True))[:width]:
            if over:
                finished.append((score / ((5 + step) / 6) ** penalty + covered(whole), whole))
        going = [past for (_, past), over in zip(longer, ended, strict=True) if not over][:width]
    return sorted(finished, reverse=True)
