"""Small searches that learn, and a cost that tells what they asked."""

from __future__ import annotations

import torch
from ptrnet_tasks.tsp.task import TravellingSalesman
from torch import Tensor

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.search import learning
from ptrnet_suite.search.active_search import ActiveSearch
from ptrnet_suite.search.base import Search
from ptrnet_suite.search.efficient_active_search import EfficientActiveSearch
from ptrnet_suite.search.learning import LearningSearch
from tests.networks import SPECS, make_batch, make_model

TSP = TravellingSalesman()
SIZES = [6, 4, 5]
KINDS: dict[str, LearningSearch] = {
    "active": ActiveSearch(3, learning_rate=0.01),
    "embedding": EfficientActiveSearch(3, learning_rate=0.05),
    "layer": EfficientActiveSearch(3, learning_rate=0.05, adapt="layer"),
}


class RecordedCost:
    """A cost that remembers what it was asked and what it said."""

    def __init__(self, cost: learning.Cost = TSP.cost) -> None:
        self.cost, self.choices, self.costs = cost, list[Tensor](), list[Tensor]()

    def __call__(self, batch: Batch, choices: Tensor) -> Tensor | None:
        found = self.cost(batch, choices)
        assert found is not None
        self.choices.append(choices)
        self.costs.append(found)
        return found


def uneven(batch: Batch, choices: Tensor) -> Tensor:
    """Some cost that depends on every choice and its place, whatever the padding behind."""
    weights = torch.arange(1, choices.shape[2] + 1) ** 1.5
    return (torch.sin(choices * weights) * (choices > 0)).sum(2)


def find(search: Search, name: str = "tour", decoder: str = "glimpse", seed: int = 0) -> tuple:  # type: ignore[type-arg]
    """What a search finds, the cost's record, model, batch and constraint."""
    spec, constraint = SPECS[name]
    model, batch = make_model(spec, decoder), make_batch(spec, SIZES)
    told = RecordedCost(TSP.cost if name == "tour" else uneven)
    generator = torch.Generator().manual_seed(seed)
    found = search(model, batch, constraint, generator, told, TSP.symmetries)
    return found, told, model, batch, constraint
