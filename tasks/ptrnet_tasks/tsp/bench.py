"""The benchmark of travelling salesman tours."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.task.base import Task
from ptrnet_suite.task.bench_case import BenchCase
from ptrnet_tasks.points.files import SOLVER_COLUMN
from ptrnet_tasks.points.geometry import sample_points
from ptrnet_tasks.tsp.solvers.references import label_tours

COUNTS = {10: 500, 20: 500, 50: 200, 100: 100}
"""Cities -> number of instances."""

PATIENCE = 4.0
"""How many times the usual time fast-tsp gets: gaps are of a tenth of a per cent here."""

SEARCHES = {
    10: ("greedy", "beam:8"),
    20: ("greedy", "beam:8", "sample:32,temperature=0.7"),
    50: ("greedy", "beam:8", "sample:32,temperature=0.7"),
    100: ("greedy", "beam:8"),
}

SOLVERS = {
    10: {"fast-tsp": 100, "2-opt": 1000, "farthest-insertion": 1000, "christofides": 200},
    20: {
        "exact": 4, "fast-tsp": 100, "2-opt": 300, "farthest-insertion": 1000,
        "christofides": 100, "greedy": 100, "nearest-neighbour": 1000,
    },
    50: {
        "exact": 2, "fast-tsp": 100, "2-opt": 100, "farthest-insertion": 300,
        "christofides": 30, "greedy": 50, "nearest-neighbour": 300,
    },
    100: {
        "fast-tsp": 30, "2-opt": 50, "farthest-insertion": 100,
        "christofides": 10, "greedy": 20, "nearest-neighbour": 100,
    },
}  # fmt: skip
"""Cities -> solver -> most instances that it is given; the slow ones get few."""

PUBLISHED = {
    10: {"Ptr-Net 10 (2015)": {"length": 2.88}},
    20: {
        "Ptr-Net 5-20 (2015)": {"length": 3.88},
        "attention model, greedy (2019)": {"gap": 0.0034},
    },
    50: {
        "Ptr-Net 50 (2015)": {"length": 6.09},
        "Ptr-Net 5-20 (2015)": {"length": 7.66},
        "attention model, greedy (2019)": {"gap": 0.0176},
        "POMO, one start (2020)": {"gap": 0.0064},
    },
    100: {
        "attention model, greedy (2019)": {"gap": 0.0453},
        "POMO, one start (2020)": {"gap": 0.0107},
    },
}
"""Vinyals, Fortunato, Jaitly 2015, table 2; Kool, van Hoof, Welling 2019; Kwon et al. 2020."""

PUBLISHED_ON = (
    "Published figures are their authors', on other uniform instances: lengths compare only about, "
    "and their gaps are to Concorde's optimal tours"
)

SEED = 1_070_000


def plan(task: Task) -> list[BenchCase]:
    """Uniform cities of every number, then the other distributions at 50 cities."""
    by_size = [
        BenchCase(
            name=f"n = {size}",
            table=f"uniform, {size} cities",
            size=size,
            count=count,
            seed=SEED + size,
            instances=_patient(size, count, SEED + size, "uniform"),
            searches=SEARCHES[size],
            references=SOLVERS[size],
            published=PUBLISHED[size],
            published_on=PUBLISHED_ON,
            by_size="gap",
            against_time="gap" if size in (20, 50, 100) else None,
            examples="gap" if size in (20, 50, 100) else None,
        )
        for size, count in COUNTS.items()
    ]
    others = [
        BenchCase(
            name=name,
            table="other distributions, 50 cities",
            size=50,
            count=100,
            distribution=name,
            seed=SEED,
            instances=_patient(50, 100, SEED, name),
            references={"farthest-insertion": 100, "nearest-neighbour": 100},
        )
        for name in task.distributions
        if name != "uniform"
    ]
    return by_size + others


def _patient(size: int, count: int, seed: int, distribution: str) -> Callable[[], Instances]:
    """Makes instances whose tours fast-tsp was given time for."""
    return partial(_make, size, count, seed, distribution)


def _make(size: int, count: int, seed: int, distribution: str) -> Instances:
    points = sample_points(size, count, np.random.default_rng(seed), distribution)
    instances = Instances(points)
    tours = np.array(label_tours(instances, PATIENCE))
    solver = np.full(count, "exact" if size <= 12 else "fast-tsp")
    return Instances(points, tours, columns={SOLVER_COLUMN: solver})
