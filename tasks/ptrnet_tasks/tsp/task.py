"""The travelling salesman problem: the shortest closed tour through all points.

Four corners of a square and a point near its upper side, and the shortest tour:

    >>> import numpy as np
    >>> from ptrnet_suite.data.instances import Instances
    >>> square = np.array([[[0.0, 0.0], [1.0, 1.0], [1.0, 0.0], [0.5, 0.8], [0.0, 1.0]]])
    >>> TravellingSalesman().label(Instances(square)).solutions.tolist()
    [[0, 2, 1, 3, 4]]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, final

import numpy as np

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.task.base import Task
from ptrnet_suite.task.constraint import Constraint
from ptrnet_suite.task.constraints import Permutation
from ptrnet_suite.task.metric import MetricValues
from ptrnet_suite.task.reference import Reference
from ptrnet_suite.task.spec import Spec
from ptrnet_tasks.points.files import SOLVER_COLUMN
from ptrnet_tasks.points.geometry import DISTRIBUTIONS, sample_points
from ptrnet_tasks.tsp.batching import (
    answer_lengths,
    both_directions,
    make_batch,
    reordered,
    square_views,
    tours_of,
)
from ptrnet_tasks.tsp.ends import ASKED, City, Ends
from ptrnet_tasks.tsp.formats import SMALLEST, TourFormats
from ptrnet_tasks.tsp.path_constraint import FixedEnds
from ptrnet_tasks.tsp.presenter import TourPresenter
from ptrnet_tasks.tsp.scores import METRICS, has_reference, score_tours, solver_names, unsolved
from ptrnet_tasks.tsp.solvers.references import label_tours, references

if TYPE_CHECKING:
    from torch import Tensor


@final
class TravellingSalesman(Task):
    """Points in the plane to the shortest closed tour through them."""

    name = "tsp"
    summary = "the shortest closed tour through points in the plane"
    metrics = METRICS
    distributions = DISTRIBUTIONS
    example = "0 0  1 1  1 0  0.5 0.8  0 1  ->  0 2 1 3 4"
    has_cost = True
    spec = Spec("vectors", 2, "pointer", ends=False, cyclic=True)

    def __init__(
        self, open: bool = False, start: City | None = None, end: City | None = None
    ) -> None:
        self.ends = Ends(open, start, end)

    @property
    def formats(self) -> TourFormats:
        """Points of the plane or the Earth, TSPLIB instances and matrices."""
        return TourFormats(self.ends)

    @property
    def presenter(self) -> TourPresenter:
        """Lengths, gaps and cities by name."""
        return TourPresenter(self.spec, self.ends)

    def options(self) -> dict[str, Any]:
        """Which ends are asked for; nothing of a closed tour."""
        return {
            name: value for name, value in asdict(self.ends).items() if value not in (None, False)
        }

    def with_ends(
        self, open: bool = False, start: City | None = None, end: City | None = None
    ) -> TravellingSalesman:
        """The task of tours that begin and end as asked."""
        return TravellingSalesman(open, start, end)

    def constraint(self) -> Constraint:
        """Each city once, from position 0, and what fixed ends ask for besides."""
        return FixedEnds(self.ends.fixed) if self.ends.fixed else Permutation(fixed_start=True)

    def generate(
        self, size: int, count: int, seed: int, distribution: str = "uniform"
    ) -> Instances:
        """Random points in the unit square, `(count, size, 2)`."""
        if size < SMALLEST:
            raise InputError(f"size {size} is too small; a tour needs at least {SMALLEST} points")
        return Instances(sample_points(size, count, np.random.default_rng(seed), distribution))

    def label(self, instances: Instances) -> Instances:
        """Adds optimal answers up to 12 cities and fast-tsp's beyond; a column says which."""
        tours, sizes = label_tours(instances, ends=self.ends), instances.sizes()
        columns = {SOLVER_COLUMN: solver_names(instances)}
        if self.ends.open:
            columns[ASKED] = self.ends.tags(instances)
        return replace(
            instances,
            solutions=np.array(tours) if (sizes == sizes[0]).all() else tours,
            columns={**instances.columns, **columns},
        )

    def referenced(self, instances: Instances) -> Instances:
        """The same instances where what was asked for is known, or its length, else labelled."""
        return instances if has_reference(instances, self.ends) else self.label(instances)

    def source(self, name: str) -> Instances:
        """Instances of a file; its solutions are closed tours, which are no answers for paths."""
        return unsolved(super().source(name), self.ends)

    def batch(self, instances: Instances, rng: np.random.Generator | None = None) -> Batch:
        """Points in the unit square, and tours that begin at position 0.

        Points that lie in the unit square and fill a good part of it stay as they are. `rng`
        draws a symmetry of the square, an order of the positions and a direction of the tour.
        Raises InputError for an instance without coordinates.
        """
        return make_batch(instances, rng, self.ends)

    def by_position(self, instances: Instances) -> Instances:
        """Cities that a batch has at its first positions stand first."""
        return reordered(instances, self.ends)

    def cost(self, batch: Batch, choices: Tensor) -> Tensor:
        """Length of each answer in the batch's coordinates: the instance's, scaled."""
        return answer_lengths(batch, choices, self.ends)

    def symmetries(self, batch: Batch) -> list[Batch]:
        """The eight symmetries of the unit square."""
        return square_views(batch)

    def equivalents(self, batch: Batch) -> Tensor | None:
        """The two directions, counter-clockwise first.

        A tour of n cities has 2n sequences; the constraint allows those two that begin at
        position 0. The other starts come in by the order of positions that `batch` draws. None of a
        path with a fixed end, which has one.
        """
        return None if self.ends.fixed else both_directions(batch)

    def answers(self, instances: Instances, choices: Sequence[np.ndarray]) -> list[Any]:
        """Choices are closed tours of positions; a path leaves out one of their edges."""
        return tours_of(instances, choices, self.ends)

    def evaluate(self, instances: Instances, answers: Sequence[Any]) -> Mapping[str, MetricValues]:
        """Gap, length, optimal, valid; gap and length count valid tours alone.

        The reference is the known solution, else the known length, else fast-tsp (dynamic
        programming up to 12 cities).
        """
        return score_tours(instances, answers, self.ends)

    def references(self) -> Mapping[str, Reference]:
        """Exact, fast-tsp, LKH (where installed), 2-opt and constructions."""
        return references(self.ends)
