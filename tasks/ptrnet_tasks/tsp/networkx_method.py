"""Our models as a method of `networkx.approximation.traveling_salesman_problem`."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, final

import numpy as np

from ptrnet_suite import load
from ptrnet_suite.errors import InputError

if TYPE_CHECKING:
    import networkx as nx


@final
@dataclass(frozen=True)
class PointerMethod:
    """A `method=` for networkx: `traveling_salesman_problem(G, method=PointerMethod(positions))`.

    positions: node -> (x, y), since a graph of distances alone tells the model nothing. The tour
    is the model's; the graph's weights do not enter it. Raises InputError for a node without one.
    """

    positions: Mapping[Hashable, Sequence[float]]
    checkpoint: str | None = None
    search: str = "greedy"
    name: str = field(default="tsp", init=False)

    def __call__(self, graph: nx.Graph, weight: str = "weight") -> list[Hashable]:
        """A closed walk: nodes in the order of the tour, the first one again at the end."""
        nodes = list(graph.nodes)
        missing = [node for node in nodes if node not in self.positions]
        if missing:
            raise InputError(f"node {missing[0]!r} has no position; every node needs an (x, y)")
        points = np.array([self.positions[node] for node in nodes], dtype=float)
        order = load(self.name, self.checkpoint, self.search).solve(points)
        tour = [nodes[index] for index in order]
        return [*tour, tour[0]]
