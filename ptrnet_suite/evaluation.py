"""Model x search x instances -> answers and a report of their figures of merit."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch
from torch import Generator, nn

from ptrnet_suite.data import Instances
from ptrnet_suite.runtime import file_sha256, machine, versions
from ptrnet_suite.statistics import Estimate, estimate
from ptrnet_suite.task import Metric, Score, Task

if TYPE_CHECKING:
    from ptrnet_suite.checkpoint import Checkpoint
    from ptrnet_suite.model import Seq2Seq
    from ptrnet_suite.search.base import Search

POSITIONS = 16_384
"""Input positions times hypotheses decoded together: what a core's caches and memory bear."""


def suitable_batch_size(size: int, hypotheses: int = 1) -> int:
    """How many instances of `size` positions to decode together."""
    return max(1, min(512, POSITIONS // max(1, size * hypotheses)))


def hypotheses_of(search: Search) -> int:
    """How many hypotheses a search follows for one instance."""
    return max(1, getattr(search, "width", 1), getattr(search, "count", 1))


def batches_by_size(sizes: np.ndarray, batch_size: int | None, hypotheses: int) -> list[np.ndarray]:
    """Indices of instances that are decoded together: neighbours in size, so little is padded."""
    order = np.argsort(sizes, kind="stable")
    batches, start = [], 0
    while start < len(order):
        count = batch_size or suitable_batch_size(int(sizes[order[start]]), hypotheses)
        batches.append(order[start : start + count])
        start += count
    return batches


def solve_instances(
    model: Seq2Seq,
    task: Task,
    instances: Instances,
    search: Search,
    batch_size: int | None = None,
    generator: Generator | None = None,
    progress: Callable[[int], None] | None = None,
) -> list[Any]:
    """The best answer that `search` finds for each instance, in the instances' order.

    The model never sees known solutions. `progress` is told how many instances were added.
    """
    device = next(model.parameters()).device
    unsolved = replace(instances, solutions=None)
    answers: list[Any] = [None] * len(instances)
    with _evaluating(model):
        for indices in batches_by_size(instances.sizes(), batch_size, hypotheses_of(search)):
            part = unsolved.subset(indices)
            batch = task.batch(part).to(device)
            found = search(model, batch, task.constraint(), generator, task.cost)
            best, lengths = found.choices[:, 0].cpu().numpy(), found.lengths[:, 0].tolist()
            choices = [row[:length] for row, length in zip(best, lengths, strict=True)]
            for index, answer in zip(indices, task.answers(part, choices), strict=True):
                answers[index] = answer
            if progress is not None:
                progress(len(indices))
    return answers


@contextmanager
def _evaluating(model: nn.Module) -> Iterator[None]:
    """No gradients, no dropout; the mode of before is put back."""
    training = model.training
    model.eval()
    try:
        with torch.inference_mode():
            yield
    finally:
        model.train(training)


class Measured(NamedTuple):
    """A metric's estimate and what it is held against."""

    estimate: Estimate
    reference: str | None = None

    def to_json(self) -> dict[str, Any]:
        """value, low, high, and the reference where there is one."""
        found: dict[str, Any] = {
            name: None if np.isnan(number) else number
            for name, number in self.estimate._asdict().items()
        }
        return found if self.reference is None else {**found, "reference": self.reference}


def measure(task: Task, scores: Mapping[str, Score], seed: int = 0) -> dict[str, Measured]:
    """Every score with its 95 % interval, in the task's order of metrics."""
    return {
        metric.name: _measured(metric, scores[metric.name], seed)
        for metric in task.metrics
        if metric.name in scores
    }


def _measured(metric: Metric, score: Score, seed: int) -> Measured:
    # An excess over a reference is a rate, too, but a share of nothing.
    share = metric.kind == "rate" and (metric.higher_is_better or score.reference is None)
    return Measured(estimate(score, share, seed=seed), score.reference)


@dataclass(frozen=True)
class Report:
    """What a checkpoint reached on some instances, and all that is needed to get it again.

    seconds: decoding alone, from instances to answers; reading, scoring and one warm-up batch
    before the clock started are not in it.
    """

    task: str
    answers: list[Any]
    scores: Mapping[str, Score]
    metrics: dict[str, Measured]
    seconds: float
    search: str
    checkpoint: dict[str, Any]
    data: dict[str, Any]
    seed: int
    device: str
    threads: int
    versions: dict[str, str]
    machine: dict[str, Any]
    command: str | None = None

    @property
    def count(self) -> int:
        """Number of instances."""
        return len(self.answers)

    def to_json(self) -> dict[str, Any]:
        """Everything but the answers and single scores, as plain JSON."""
        return {
            "task": self.task,
            "count": self.count,
            "metrics": {name: found.to_json() for name, found in self.metrics.items()},
            "seconds": self.seconds,
            "seconds_note": "decoding alone; one warm-up batch before is not counted",
            "instances_per_second": self.count / self.seconds if self.seconds > 0 else None,
            "search": self.search,
            "checkpoint": self.checkpoint,
            "data": self.data,
            "seed": self.seed,
            "device": self.device,
            "threads": self.threads,
            "versions": self.versions,
            "machine": self.machine,
            "command": self.command,
        }


def evaluate(
    checkpoint: Checkpoint,
    instances: Instances,
    search_text: str = "greedy",
    batch_size: int | None = None,
    seed: int = 0,
    data_path: Path | None = None,
    command: str | None = None,
    progress: Callable[[int], None] | None = None,
) -> Report:
    """Decodes, scores and times; raises InputError for an unknown search.

    Instances without solutions are held against the task's own labels where it can make them.
    """
    from ptrnet_suite.search.spec import parse_search

    search, task = parse_search(search_text), checkpoint.task
    device = next(checkpoint.model.parameters()).device
    warm_up(checkpoint, instances, search, batch_size)
    generator = torch.Generator(device=device).manual_seed(seed)
    started = time.perf_counter()
    answers = solve_instances(
        checkpoint.model, task, instances, search, batch_size, generator, progress
    )
    seconds = time.perf_counter() - started
    scores = task.evaluate(labelled(task, instances), answers)
    return Report(
        task=task.name,
        answers=answers,
        scores=scores,
        metrics=measure(task, scores, seed),
        seconds=seconds,
        search=search_text,
        checkpoint={
            "name": checkpoint.name,
            "sha256": checkpoint.sha256,
            "parameters": checkpoint.parameters,
        },
        data={
            "path": None if data_path is None else str(data_path),
            "sha256": None if data_path is None else file_sha256(data_path),
        },
        seed=seed,
        device=str(device),
        threads=torch.get_num_threads(),
        versions=versions(),
        machine=machine(),
        command=command,
    )


def warm_up(
    checkpoint: Checkpoint, instances: Instances, search: Search, batch_size: int | None = None
) -> None:
    """Decodes the first batch once, so that one-time costs are not timed."""
    first = batches_by_size(instances.sizes(), batch_size, hypotheses_of(search))[0]
    solve_instances(checkpoint.model, checkpoint.task, instances.subset(first), search, batch_size)


def labelled(task: Task, instances: Instances) -> Instances:
    """The instances with solutions: their own, else the task's labels."""
    return instances if instances.solutions is not None else task.label(instances)


def solutions_of(instances: Instances) -> Sequence[Any]:
    """The known answer of each instance, None where none is known."""
    return [None] * len(instances) if instances.solutions is None else list(instances.solutions)
