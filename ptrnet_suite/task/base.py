"""What a task is: a spec, a generator, formats, a constraint, an evaluator, references, a plot."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.data.instances import Instances
from ptrnet_suite.task.bench_case import BenchCase
from ptrnet_suite.task.constraints import Constraint
from ptrnet_suite.task.edit_distance import edit_rates
from ptrnet_suite.task.metric import Metric as Metric
from ptrnet_suite.task.metric import MetricValues as MetricValues
from ptrnet_suite.task.reference import Reference
from ptrnet_suite.task.spec import Spec

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from torch import Tensor


class Task(ABC):
    """One problem family. A concrete task is final; all of its options are in `options()`."""

    name: ClassVar[str]
    summary: ClassVar[str]
    metrics: ClassVar[tuple[Metric, ...]]
    """The first one decides which checkpoint is best."""
    distributions: ClassVar[tuple[str, ...]] = ("uniform",)
    example: ClassVar[str] = ""
    """One real input and its answer, for `ptrnet list` and the docs."""

    @property
    @abstractmethod
    def spec(self) -> Spec:
        """Inputs and outputs, for the model."""

    def options(self) -> dict[str, Any]:
        """What the constructor needs to make this task again; plain JSON, kept in checkpoints."""
        return {}

    @abstractmethod
    def constraint(self) -> Constraint:
        """What may be chosen next."""

    @abstractmethod
    def generate(
        self, size: int, count: int, seed: int, distribution: str = "uniform"
    ) -> Instances:
        """`count` instances of `size` items without solutions; same seed, same instances."""

    @abstractmethod
    def label(self, instances: Instances) -> Instances:
        """The same instances with solutions by the task's best reference; fast, for training."""

    def referenced(self, instances: Instances) -> Instances:
        """The same instances with what answers are scored against; labelled where nothing is known.

        A task that can score against less than a solution leaves that as it is. Raises InputError
        where there is nothing to score against.
        """
        return instances if instances.solutions is not None else self.label(instances)

    @abstractmethod
    def batch(self, instances: Instances, rng: np.random.Generator | None = None) -> Batch:
        """Tensors of some instances, with targets where solutions are known.

        `rng` asks for training's random augmentation; without it the batch is canonical.
        """

    def lengths(self, instances: Instances) -> np.ndarray:
        """Length of each input in the model's positions, `(count,)`: points, tokens."""
        return instances.sizes()

    def source(self, name: str) -> Instances:
        """Instances of a file, or of a name that the task knows; raises InputError."""
        return self.read(Path(name))

    def files(self, name: str) -> Sequence[Path]:
        """The files that `source(name)` reads; none for data that is part of the program."""
        return [Path(name)]

    def fitted(self, sources: Sequence[str]) -> Task:
        """This task with what it must learn from training data first, such as a vocabulary."""
        return self

    def prepare(self, instances: Instances) -> Instances:
        """The same instances with whatever makes `batch` fast, done once before training."""
        return instances

    def cost(self, batch: Batch, choices: Tensor) -> Tensor | None:
        """What is wanted small, `(batch, hypotheses)`, of choices `(batch, hypotheses, time)`.

        None where only a known solution could tell; searches then go by probability.
        """
        return None

    @property
    def has_cost(self) -> bool:
        """Whether `cost` tells an answer's worth without a known solution."""
        return type(self).cost is not Task.cost

    def risk(self, batch: Batch, choices: Tensor) -> Tensor:
        """What training by samples wants small, `(batch, hypotheses)`.

        The cost where there is one, else edits from the known answer, per known choice. Raises
        InputError where neither is known.
        """
        costs = self.cost(batch, choices)
        return edit_rates(batch, choices, self.spec.ends) if costs is None else costs

    def symmetries(self, batch: Batch) -> list[Batch] | None:
        """Views of a batch in which every answer costs the same, the batch itself first.

        Inputs and positions correspond one to one. None where the task has no symmetries.
        """
        return None

    def equivalents(self, batch: Batch) -> Tensor | None:
        """All sequences that mean the known answer, `(batch, equivalents, time)`, canonical first.

        The first fills up where there are fewer; all fit target mask and constraint. None where
        answers have no symmetries or are not known.
        """
        return None

    @abstractmethod
    def answers(self, instances: Instances, choices: Sequence[np.ndarray]) -> list[Any]:
        """What the model's choices (without END) mean: tours, hulls, strings."""

    @abstractmethod
    def evaluate(self, instances: Instances, answers: Sequence[Any]) -> Mapping[str, MetricValues]:
        """Per-instance scores of each metric that can be known for these instances."""

    @abstractmethod
    def references(self) -> Mapping[str, Reference]:
        """Classical solvers by name, the best first."""

    @abstractmethod
    def read(self, path: Path) -> Instances:
        """Reads a file in any of the task's formats; raises InputError."""

    @abstractmethod
    def write(self, instances: Instances, path: Path) -> None:
        """Writes the format that the file's suffix names; raises InputError for another."""

    def check(self, instances: Instances) -> None:
        """Raises InputError for an instance that has no answer (NaN, too few points, ...)."""

    @abstractmethod
    def describe(self, instances: Instances, index: int, answer: Any) -> str:
        """One answer in words, for `ptrnet solve`."""

    @abstractmethod
    def plot(
        self,
        instances: Instances,
        index: int,
        answer: Any,
        reference: Any = None,
        ax: Axes | None = None,
    ) -> Axes:
        """Draws one answer, beside the reference where given, and returns the axes."""

    def positions_and_steps(
        self, instances: Instances, index: int, choices: Sequence[int] | np.ndarray
    ) -> tuple[list[str], list[str]]:
        """Names of the positions that are attended to, and of the choices made, for pictures."""
        length = int(self.batch(instances.subset([index])).input_mask.sum())
        offset = 1 if self.spec.outputs == "pointer" and self.spec.ends else 0
        places = [int(choice) - offset for choice in choices]
        made = ["END" if place < 0 else str(place) for place in places]
        return [str(position) for position in range(length)], made

    def bench_plan(self) -> list[BenchCase]:
        """What `ptrnet bench` runs; by default 20 items of every distribution, all references."""
        capped = dict.fromkeys(self.references(), 100)
        return [
            BenchCase(name, "distributions", 20, 100, name, references=capped)
            for name in self.distributions
        ]
