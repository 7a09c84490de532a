"""networkx's travelling salesman by our method."""

from __future__ import annotations

from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from ptrnet_tasks.tsp.networkx_method import PointerMethod

from ptrnet_suite.errors import InputError
from ptrnet_suite.model.checkpoint import save_checkpoint
from ptrnet_suite.task.registry import load_task
from tests.networks import make_model


@pytest.fixture
def checkpoint(tmp_path: Path) -> str:
    """A random model for tours."""
    task = load_task("tsp")
    path = tmp_path / "random.safetensors"
    save_checkpoint(path, make_model(task.spec), task, {"sizes": [5, 9]})
    return str(path)


def test_networkx_takes_our_method(checkpoint: str) -> None:
    points = dict(enumerate(np.random.default_rng(2).random((6, 2))))
    graph = nx.complete_graph(6)
    method = PointerMethod(points, checkpoint)
    walk = nx.approximation.traveling_salesman_problem(graph, method=method)
    assert walk[0] == walk[-1]
    assert sorted(walk[:-1]) == list(range(6))
    with pytest.raises(InputError, match="node 5 has no position"):
        PointerMethod({k: points[k] for k in range(5)}, checkpoint)(graph)
