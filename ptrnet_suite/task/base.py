"""What a task is: a spec, a generator, a constraint and an evaluator; the rest has defaults.

A task's module imports no torch, which takes a second to load: annotations are strings, and what
computes with tensors imports torch inside of the function. So tasks are listed, generated, read
and scored without it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.task.batching import answers_by_spec, batch_by_spec
from ptrnet_suite.task.constraint import Constraint
from ptrnet_suite.task.edit_distance import edit_rates
from ptrnet_suite.task.formats import Formats, NpzFormats
from ptrnet_suite.task.metric import Metric, MetricValues
from ptrnet_suite.task.presenter import PlainPresenter, Presenter
from ptrnet_suite.task.reference import Reference, solved_by_the_best
from ptrnet_suite.task.spec import Spec

if TYPE_CHECKING:
    from jaxtyping import Float, Int
    from torch import Tensor


class Task(ABC):
    """One problem family. A concrete task is final; all of its options are in `options()`.

    Four methods are each task's own: `spec`, `constraint`, `generate` and `evaluate`. `label`,
    `batch` and `answers` suit by default what the spec describes; all else are hooks. What
    `ptrnet bench` runs is in the module `bench` beside the task's, see `registry.bench_plan`.
    """

    name: ClassVar[str]
    summary: ClassVar[str]
    metrics: ClassVar[tuple[Metric, ...]]
    """The first one decides which checkpoint is best."""
    distributions: ClassVar[tuple[str, ...]] = ("uniform",)
    example: ClassVar[str] = ""
    """One real input and its answer, for `ptrnet list` and the docs."""
    has_cost: ClassVar[bool] = False
    """Whether `cost` gives an answer's worth without a known solution."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if cls.has_cost != (cls.cost is not Task.cost):
            raise TypeError(
                f"{cls.__name__} has has_cost = {cls.has_cost}, but "
                f"{'no cost method' if cls.has_cost else 'a cost method'}; both must agree"
            )

    @property
    @abstractmethod
    def spec(self) -> Spec:
        """Inputs and outputs, for the model."""

    @abstractmethod
    def constraint(self) -> Constraint:
        """The choices that may follow the earlier ones."""

    @abstractmethod
    def generate(
        self, size: int, count: int, seed: int, distribution: str = "uniform"
    ) -> Instances:
        """`count` instances of `size` items without solutions; same seed, same instances."""

    @abstractmethod
    def evaluate(self, instances: Instances, answers: Sequence[Any]) -> Mapping[str, MetricValues]:
        """Per-instance scores of each metric that can be known for these instances."""

    def label(self, instances: Instances) -> Instances:
        """The same instances with solutions, by default those of the best installed reference.

        Training data is made by it, so it should be fast. Raises InputError where nothing can
        solve them.
        """
        return instances.with_solutions(solved_by_the_best(self.references(), instances, self.name))

    def batch(self, instances: Instances, rng: np.random.Generator | None = None) -> Batch:
        """Tensors of some instances, with targets where solutions are known.

        `rng` asks for training's random augmentation; without it the batch is canonical. By
        default there is no augmentation, and inputs are as they are.
        """
        return batch_by_spec(self.spec, instances)

    def answers(self, instances: Instances, choices: Sequence[np.ndarray]) -> list[Any]:
        """Tours, hulls, strings, ... of the model's choices, which are without END.

        By default positions in the input, counted from 0, or words' numbers.
        """
        return answers_by_spec(self.spec, choices)

    @property
    def formats(self) -> Formats:
        """How instances are read from files, written and checked; `.npz` by default."""
        return NpzFormats(self.spec)

    @property
    def presenter(self) -> Presenter:
        """How answers are put into words; by default as the spec describes them."""
        return PlainPresenter(self.spec)

    def options(self) -> dict[str, Any]:
        """The constructor's arguments that make this task again; plain JSON, for checkpoints."""
        return {}

    def with_ends(
        self, open: bool = False, start: int | str | None = None, end: int | str | None = None
    ) -> Task:
        """This task of answers that begin and end where asked, and need not be closed.

        start, end: an item of the input by its index from 0 on, or in words its name or its number
        from 1 on; an end makes the answer open. Raises InputError for a task without such answers.
        """
        raise InputError(
            f"answers of {self.name} have no ends to choose; leave open, start and end out"
        )

    def by_position(self, instances: Instances) -> Instances:
        """The instances with inputs in the order of a batch's positions; mostly as they are."""
        return instances

    def references(self) -> Mapping[str, Reference]:
        """Classical solvers by name, the best first."""
        return {}

    def referenced(self, instances: Instances) -> Instances:
        """The same instances with what answers are scored against; labelled where nothing is known.

        A task that can score against less than a solution leaves that as it is. Of many instances
        it is asked stretch by stretch, and what one gets must not depend on the others. Raises
        InputError where there is nothing to score against.
        """
        return instances if instances.solutions is not None else self.label(instances)

    def counted(self, instances: Instances) -> Instances:
        """The instances of a file that figures and training count; by default all of them.

        A task whose files may hold a problem on several lines, each with another known answer,
        counts it once.
        """
        return instances

    def lengths(self, instances: Instances) -> np.ndarray:
        """Length of each input in the model's positions, `(count,)`: points, tokens."""
        return instances.sizes()

    def source(self, name: str) -> Instances:
        """Instances of a file, or of a name that the task knows; raises InputError."""
        return self.formats.read(Path(name))

    def files(self, name: str) -> Sequence[Path]:
        """The files that `source(name)` reads; none for data that is part of the program."""
        return [Path(name)]

    def fitted(self, sources: Sequence[str]) -> Task:
        """This task with what it must learn from training data first, such as a vocabulary."""
        return self

    def continued(self, earlier: Task) -> Task:
        """This task with what an earlier one learned from its data, which `fitted` may add to.

        A model that goes on from the earlier one's must find the same numbers for the same things.
        Raises InputError where the two cannot be of one model.
        """
        return self

    def additions_to(self, earlier: Task) -> str:
        """What this task kept of an earlier one that it continues and what it added, in words."""
        return ""

    def prepare(self, instances: Instances) -> Instances:
        """The same instances with whatever makes `batch` fast, done once before training."""
        return instances

    def cost(
        self, batch: Batch, choices: Int[Tensor, "batch hypotheses time"]
    ) -> Float[Tensor, "batch hypotheses"] | None:
        """A figure of answers that should be small.

        None where only a known solution could give it; searches then go by probability. A task
        that overrides it sets `has_cost`.
        """
        return None

    def risk(
        self, batch: Batch, choices: Int[Tensor, "batch hypotheses time"]
    ) -> Float[Tensor, "batch hypotheses"]:
        """The figure that training by samples makes small.

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

    def equivalents(self, batch: Batch) -> Int[Tensor, "batch equivalents time"] | None:
        """All sequences that mean the known answer, canonical first.

        The first fills up where there are fewer; all fit target mask and constraint. None where
        answers have no symmetries or are not known.
        """
        return None
