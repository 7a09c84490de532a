"""Exact tours by an integer program whose subtour cuts are added when they are violated.

Dantzig, Fulkerson, Johnson 1954, "Solution of a large-scale traveling-salesman problem": a binary
variable for each edge, two edges at each city, and at least two edges that cross the border of any
proper subset of the cities. There are too many subsets to write down, so only the violated ones
are. Of directed distances every edge has two arcs, and one arc enters and one leaves each city; as
many then enter a subset as leave it, so that the same cuts say what they say of edges.
"""

from __future__ import annotations

from typing import Any, final

import numpy as np

from ptrnet_tasks.tsp.distances import Distances

_TOLERANCE = 1e-6


def optimal_tour(measure: Distances, good: np.ndarray) -> np.ndarray:
    """A tour `(n,)` proved to be the shortest.

    good: any tour; the better it is, the fewer edges are left for the integer program.
    """
    program = _Program(measure.matrix(), good)
    program.cut_relaxation()
    return program.solve()


@final
class _Program:
    """Edges (or arcs) that are still open, the cuts so far, and the bound of a known tour."""

    def __init__(self, matrix: np.ndarray, good: np.ndarray) -> None:
        self.size, self.good = len(matrix), good
        self.directed = bool((matrix != matrix.T).any())
        apart = ~np.eye(self.size, dtype=bool)
        self.first, self.second = np.nonzero(apart if self.directed else np.triu(apart))
        # A mean of 1000 keeps the solver's absolute tolerances far below a relevant difference.
        mean = matrix[self.first, self.second].mean()
        self.costs = matrix[self.first, self.second] * (1000 / mean if mean > 0 else 1.0)
        scaled = matrix * (1000 / mean if mean > 0 else 1.0)
        self.bound = float(scaled[good, np.roll(good, -1)].sum())
        self.cuts: list[np.ndarray] = []

    def degrees(self) -> tuple[Any, float]:
        """Sparse rows of edges at each city, or of arcs into and out of it, and their sums."""
        from scipy.sparse import csr_array

        cities = np.arange(self.size)[:, None]
        if not self.directed:
            return self.rows(list(np.eye(self.size, dtype=bool))), 2.0
        ends = np.concatenate([cities == self.first, cities == self.second])
        return csr_array(ends.astype(float)), 1.0

    def rows(self, subsets: list[np.ndarray]) -> Any:
        """Sparse rows of the edges that cross the border of each subset (bool masks of cities)."""
        from scipy.sparse import csr_array

        masks = np.array(subsets)
        return csr_array((masks[:, self.first] != masks[:, self.second]).astype(float))

    def cut_relaxation(self) -> None:
        """Adds cuts until the linear relaxation respects every subset, then drops edges.

        An edge whose reduced cost lifts the relaxation above the known tour is in no better tour.
        """
        from scipy.optimize import linprog

        degrees, degree = self.degrees()
        while True:
            result = linprog(
                self.costs,
                A_ub=-self.rows(self.cuts) if self.cuts else None,
                b_ub=np.full(len(self.cuts), -2.0) if self.cuts else None,
                A_eq=degrees,
                b_eq=np.full(degrees.shape[0], degree),
                bounds=(0, 1),
                method="highs",
            )
            violated = self.violated(result.x)
            if not violated:
                break
            self.cuts += violated
        lifted = result.fun + result.lower.marginals
        keep = lifted <= self.bound * (1 + _TOLERANCE)
        self.first, self.second = self.first[keep], self.second[keep]
        self.costs = self.costs[keep]

    def solve(self) -> np.ndarray:
        """The shortest tour, by integer programs with ever more cuts."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        rows, degree = self.degrees()
        degrees = LinearConstraint(rows, degree, degree)
        while True:
            cuts = [LinearConstraint(self.rows(self.cuts), 2, np.inf)] if self.cuts else []
            result = milp(
                self.costs,
                integrality=np.ones(len(self.costs)),
                bounds=Bounds(0, 1),
                constraints=[degrees, *cuts],
                options={"mip_rel_gap": 0.0},
            )
            if result.x is None:
                raise RuntimeError(f"the integer program ended without an answer: {result.message}")
            labels = self.components(result.x)
            if labels.max() == 0:
                return self.walk(result.x)
            self.cuts += [labels == label for label in range(labels.max() + 1)]

    def components(self, values: np.ndarray) -> np.ndarray:
        """Component of each city in the graph of the edges in use."""
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import connected_components

        used = values > _TOLERANCE
        graph = coo_array(
            (np.ones(used.sum()), (self.first[used], self.second[used])), (self.size, self.size)
        )
        return np.asarray(connected_components(graph, directed=False)[1])

    def violated(self, values: np.ndarray) -> list[np.ndarray]:
        """Subsets that fewer than two edges leave: components, else the smallest cut."""
        labels = self.components(values)
        if labels.max() > 0:
            return [labels == label for label in range(labels.max() + 1)]
        weights = np.zeros((self.size, self.size))
        np.add.at(weights, (self.first, self.second), values)
        weights += weights.T
        return [side for value, side in smallest_cuts(weights) if value < 2 - 1e-4]

    def walk(self, values: np.ndarray) -> np.ndarray:
        """The tour that the chosen edges draw, from city 0."""
        used = np.flatnonzero(values > 0.5)
        if self.directed:
            following = np.empty(self.size, np.int64)
            following[self.first[used]] = self.second[used]
            return _followed(following)
        neighbours: list[list[int]] = [[] for _ in range(self.size)]
        for first, second in zip(self.first[used], self.second[used], strict=True):
            neighbours[first].append(int(second))
            neighbours[second].append(int(first))
        tour, before = [0], -1
        while len(tour) < self.size:
            here = tour[-1]
            step = neighbours[here][0] if neighbours[here][0] != before else neighbours[here][1]
            tour.append(step)
            before = here
        return np.array(tour)


def _followed(following: np.ndarray) -> np.ndarray:
    """The tour from city 0 of the city that follows each."""
    tour = [0]
    while len(tour) < len(following):
        tour.append(int(following[tour[-1]]))
    return np.array(tour)


def smallest_cuts(weights: np.ndarray) -> list[tuple[float, np.ndarray]]:
    """The cut of each phase of the minimum cut algorithm of Stoer and Wagner (1997).

    weights: symmetric, `(n, n)`. Returns values and sides (bool masks); the smallest is the global
    minimum cut, and the others are cuts too, so each violated one may serve.
    """
    size, weights = len(weights), weights.copy()
    merged = np.eye(size, dtype=bool)
    alive = np.ones(size, bool)
    cuts = []
    for remaining in range(size, 1, -1):
        inside = ~alive
        reach = np.where(alive, weights[np.argmax(alive)], 0.0)
        last = int(np.argmax(alive))
        inside[last] = True
        for _ in range(remaining - 1):
            before = last
            last = int(np.argmax(np.where(inside, -1.0, reach)))
            inside[last] = True
            value = float(reach[last])
            reach = reach + weights[last]
        cuts.append((value, merged[last].copy()))
        merged[before] |= merged[last]
        weights[before] += weights[last]
        weights[:, before] = weights[before]
        weights[before, before] = 0
        weights[last] = weights[:, last] = 0
        alive[last] = False
    return cuts
