"""A beam of one instance, plainly written: it extends its hypotheses one by one, or all at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import torch

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.data.instances import Instances
from ptrnet_suite.model.checkpoint import Checkpoint
from ptrnet_suite.model.interfaces import Decoding, Encoded
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.search.base import Cost
from ptrnet_suite.task.constraint import Constraint, ConstraintState

WIDTH = 8
Extended = list[tuple[list[float], Decoding]]
"""For each hypothesis the log-probabilities of all choices, and where it stands."""


class Hypothesis(NamedTuple):
    """The beginning of an answer; its tensors have one row."""

    total: float
    choices: list[int]
    decoding: Decoding
    progress: ConstraintState


Extend = Callable[[Seq2Seq, Encoded, list[Hypothesis], Constraint], Extended]


def one_by_one(
    model: Seq2Seq, encoded: Encoded, going: list[Hypothesis], constraint: Constraint
) -> Extended:
    extended = []
    for each in going:
        scores, decoding = model.step(encoded, each.decoding, constraint.allowed(each.progress))
        extended.append((scores[0].tolist(), decoding))
    return extended


def side_by_side(
    model: Seq2Seq, encoded: Encoded, going: list[Hypothesis], constraint: Constraint
) -> Extended:
    first, before, last = (torch.cat([each.decoding[i] for each in going]) for i in range(3))
    states = zip(*(each.decoding.decoder for each in going), strict=True)
    decoding = Decoding(first, before, last, tuple(torch.cat(parts) for parts in states))
    progress = ConstraintState(
        *map(torch.cat, zip(*(each.progress for each in going), strict=True))
    )
    scores, decoding = model.step(encoded, decoding, constraint.allowed(progress))
    rows = torch.arange(len(going)).split(1)
    return [(each, decoding.select(row)) for each, row in zip(scores.tolist(), rows, strict=True)]


@torch.inference_mode()
def plain_beam(
    model: Seq2Seq, batch: Batch, constraint: Constraint, extend: Extend
) -> list[tuple[float, list[int]]]:
    """The best answers to one instance and their log-probabilities, most probable first."""
    encoded, limit = model.encode(batch), constraint.limit(batch)
    progress = constraint.start(batch, model.num_choices(encoded))
    going = [Hypothesis(0.0, [], model.start(encoded), progress)]
    finished: list[tuple[float, list[int]]] = []
    while going and (len(finished) < WIDTH or finished[-1][0] < going[0].total):
        children = [
            (parent.total + score, choice, parent, decoding)
            for parent, (scores, decoding) in zip(
                going, extend(model, encoded, going, constraint), strict=True
            )
            for choice, score in enumerate(scores)
            if score > float("-inf")
        ]
        children.sort(key=lambda child: child[0], reverse=True)
        going = []
        for place, (total, choice, parent, decoding) in enumerate(children[: 2 * WIDTH]):
            if len(going) == WIDTH:
                break
            made, chosen = torch.tensor([choice]), [*parent.choices, choice]
            progress = constraint.advance(parent.progress, made)
            if not bool(progress.ended) and len(chosen) < limit:
                going.append(Hypothesis(total, chosen, decoding.advance(made), progress))
            elif place < WIDTH:
                finished.append((total, chosen))
        finished = sorted(finished, reverse=True)[:WIDTH]
    return finished


def plain_answer(
    checkpoint: Checkpoint, instances: Instances, extend: Extend
) -> tuple[Any, list[float]]:
    """The answer to the only instance, and the log-probabilities of all that the beam found."""
    task, batch = checkpoint.task, checkpoint.task.batch(instances)
    found = plain_beam(checkpoint.model, batch, task.constraint(), extend)
    best = min(found, key=lambda answer: price(task.cost, batch, *answer))[1]
    choices = best[: best.index(0)] if task.constraint().ends and 0 in best else best
    return task.answers(instances, [np.array(choices)])[0], [total for total, _ in found]


def price(cost: Cost, batch: Batch, total: float, choices: list[int]) -> float:
    costs = cost(batch, torch.tensor([[choices]]))
    return -total if costs is None else float(costs)
