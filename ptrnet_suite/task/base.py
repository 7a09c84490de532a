"""What a task is: a spec, a generator, formats, a constraint, an evaluator, references, a plot."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from ptrnet_suite.data.instances import Batch, Instances
from ptrnet_suite.task.constraints import Constraint
from ptrnet_suite.task.edit_distance import edit_rates
from ptrnet_suite.task.metric import Metric as Metric
from ptrnet_suite.task.metric import Score as Score

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from torch import Tensor

    from ptrnet_suite.evaluation.attention_trace import Looks


@dataclass(frozen=True)
class Spec:
    """What a model must know of a task's inputs and outputs.

    inputs: `vectors` of `features` numbers each, `tokens` of a vocabulary of `features` words, or
    `images` of `features` rows of pixels, whose positions in a batch are columns of pixels.
    outputs: `pointer` (a choice is an input position) or `vocabulary` (of `choices` words).
    ends: the sequence ends by choosing END (choice 0); a pointer's position i is then choice i+1.
    cyclic: the answer is a closed curve: its start does not matter, and END goes back to it.
    copies: whether a choice may also be a token of the input; choice `choices` + i is then the
    token at position i (see `Batch.copies`).
    """

    inputs: Literal["vectors", "tokens", "images"]
    features: int
    outputs: Literal["pointer", "vocabulary"]
    choices: int = 0
    ends: bool = False
    cyclic: bool = False
    copies: bool = False


@dataclass(frozen=True)
class Reference:
    """A classical solver that answers are held against.

    solve: instances -> one answer each, in the form of `Task.answers`.
    """

    name: str
    description: str
    solve: Callable[[Instances], Sequence[Any]]
    exact: bool = False
    largest: int | None = None
    """Largest input it can take, or None."""
    available: Callable[[], bool] = lambda: True
    """Whether what it needs is installed."""


@dataclass(frozen=True)
class BenchCase:
    """Some instances of a benchmark, and what is run on them.

    name: heads the case's rows; cases of one `table` stand together.
    size, count, distribution, seed: for `Task.generate`, then `Task.label`; far from the seeds of
    training.
    instances: makes the instances in place of those four, where they are not generated.
    checkpoint: the shipped one that is tried; None takes the one that suits the size.
    references: name of a solver -> most instances that it is given.
    published: whose figures -> metric -> value, stated beside ours.
    published_on: what those figures were measured on and against, a sentence.
    by_size, against_time: the metric drawn against the size, or against the time per instance.
    examples: the metric by which the best, the median and the worst answers are drawn.
    lengths: greatest input length of each range for which figures are told and drawn apart.
    missing: why it cannot be run here; it is then only told of.
    """

    name: str
    table: str
    size: int
    count: int
    distribution: str = "uniform"
    seed: int = 1_000_003
    instances: Callable[[], Instances] | None = None
    checkpoint: str | None = None
    searches: tuple[str, ...] = ("greedy",)
    references: Mapping[str, int] = field(default_factory=dict)
    published: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    published_on: str = (
        "Published figures are their authors', on other instances of the same distribution, "
        "against the reference that they name"
    )
    by_size: str | None = None
    against_time: str | None = None
    examples: str | None = None
    lengths: tuple[int, ...] = ()
    missing: str = ""


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
    def evaluate(self, instances: Instances, answers: Sequence[Any]) -> Mapping[str, Score]:
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

    def plot_attention(
        self,
        instances: Instances,
        index: int,
        choices: Sequence[int] | np.ndarray,
        looks: Looks,
        ax: Axes | None = None,
    ) -> Axes:
        """Draws where a model looked, or pointed, along an answer's choices; returns the axes."""
        from ptrnet_suite.reporting.decoding import draw_all

        return draw_all(self, instances, index, choices, looks, ax)

    def plot_step(
        self,
        instances: Instances,
        index: int,
        choices: Sequence[int] | np.ndarray,
        looks: Looks,
        step: int,
        ax: Axes | None = None,
    ) -> Axes:
        """The same before one choice alone, counted from 0: a panel, or a frame of an animation."""
        from ptrnet_suite.reporting.decoding import draw_one

        return draw_one(self, instances, index, choices, looks, step, ax)

    def bench_plan(self) -> list[BenchCase]:
        """What `ptrnet bench` runs; by default 20 items of every distribution, all references."""
        capped = dict.fromkeys(self.references(), 100)
        return [
            BenchCase(name, "distributions", 20, 100, name, references=capped)
            for name in self.distributions
        ]
