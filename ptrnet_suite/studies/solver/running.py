"""A solver at work: each problem by its checkpoint, in the search and precision asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar, final

import numpy as np
import torch

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.evaluation.decode import check_one_model
from ptrnet_suite.model.checkpoint import Checkpoint
from ptrnet_suite.model.sequence_model import SequenceModel
from ptrnet_suite.runtime.device import seeded
from ptrnet_suite.runtime.precision import PRECISIONS, matrix_products
from ptrnet_suite.search.base import Search
from ptrnet_suite.search.spec import as_search
from ptrnet_suite.studies.solver.checkpoints import CheckpointChoice
from ptrnet_suite.studies.solver.problems import Problems, check_shapes, read_problems
from ptrnet_suite.task.base import Task

Result = TypeVar("Result")


@final
class Run(NamedTuple):
    """One checkpoint and the problems that it shall solve."""

    checkpoint: Checkpoint
    instances: Instances
    search: Search
    generator: torch.Generator

    @property
    def model(self) -> SequenceModel:
        """The checkpoint's model, or several that answer as one."""
        return self.checkpoint.model

    @property
    def task(self) -> Task:
        """The task with the checkpoint's options."""
        return self.checkpoint.task

    @property
    def decoded(self) -> tuple[SequenceModel, Task, Instances, Search]:
        """What a decoding takes: model, task, instances and search."""
        return self.model, self.task, self.instances, self.search


@final
@dataclass(frozen=True)
class Runner:
    """What holds for all calls of a solver; raises InputError for a value out of range."""

    choice: CheckpointChoice
    search: Search
    precision: str
    batch_size: int | None

    def __post_init__(self) -> None:
        if self.precision not in PRECISIONS:
            accepted = " and ".join(PRECISIONS)
            raise InputError(f"precision {self.precision!r} is not known; accepted are {accepted}")
        if self.batch_size is not None:
            check_count("batch_size", self.batch_size)
        if self.choice.fixed is not None:
            check_one_model(self.choice.fixed.model, self.search)

    def opened(self, problem: Any) -> Problems:
        """The problems, checked as their task wants them."""
        problems = read_problems(problem, self.choice.task)
        task = self.task_of(problems)
        if not isinstance(problem, Instances):
            check_shapes(problems.instances, task)
        task.formats.check(problems.instances)
        return problems

    def task_of(self, problems: Problems) -> Task:
        """The task with the options that all checkpoints of these problems have."""
        return self.choice.by_size(problems.instances.sizes())[0][0].task

    def each(
        self,
        problems: Problems,
        search: str | Search | None,
        seed: int,
        work: Callable[[Run], Sequence[Result]],
    ) -> Any:
        """One result of `work` for each problem, in their order; a single problem's as it is."""
        instances = problems.instances
        chosen = self.search if search is None else as_search(search)
        generator = _generator(seed, self.choice.device)
        results: dict[int, Result] = {}
        for checkpoint, indices in self.choice.by_size(instances.sizes()):
            part = instances if len(indices) == len(instances) else instances.subset(indices)
            layers = [] if chosen.learns else checkpoint.model.castable
            with matrix_products(self.precision, self.choice.device, layers):
                made = work(Run(checkpoint, part, chosen, generator))
            results.update(zip(indices.tolist(), made, strict=True))
        return results[0] if problems.single else [results[index] for index in sorted(results)]


def check_count(name: str, value: object) -> None:
    """Raises InputError for other than a whole number from 1 on."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 1:
        raise InputError(f"{name} is {value!r}; accepted are whole numbers from 1 on")


def _generator(seed: object, device: torch.device) -> torch.Generator:
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or not 0 <= seed < 2**63:
        raise InputError(f"seed is {seed!r}; accepted are whole numbers from 0 on")
    return seeded(int(seed), device)
