"""The benchmark of convex hulls."""

from __future__ import annotations

from ptrnet_suite.task.base import Task
from ptrnet_suite.task.bench_case import BenchCase

SIZES = {5: 1000, 10: 1000, 20: 1000, 50: 1000, 100: 300}
"""Points in a set -> number of sets."""

PUBLISHED = {
    5: {"Ptr-Net 5-50 (2015)": {"exact": 0.920, "area_ratio": 0.996}},
    10: {"Ptr-Net 5-50 (2015)": {"exact": 0.870, "area_ratio": 0.998}},
    50: {
        "Ptr-Net 5-50 (2015)": {"exact": 0.696, "area_ratio": 0.999},
        "Ptr-Net 50 (2015)": {"exact": 0.726, "area_ratio": 0.999},
        "LSTM with attention 50 (2015)": {"exact": 0.389, "area_ratio": 0.997},
    },
    100: {"Ptr-Net 5-50 (2015)": {"exact": 0.503, "area_ratio": 0.999}},
}
"""Vinyals, Fortunato, Jaitly 2015, table 1; `5-50` and `50` are the sizes of training."""

SOLVERS = {"scipy": 1000, "monotone chain": 200, "Jarvis march": 1000}

SEED = 1_050_000


def plan(task: Task) -> list[BenchCase]:
    """Uniform points of every size, then the other distributions at 50 points."""
    by_size = [
        BenchCase(
            name=f"n = {size}",
            table="uniform points",
            size=size,
            count=count,
            seed=SEED + size,
            searches=("greedy", "beam:4") if size == 50 else ("greedy",),
            references=SOLVERS if size == 50 else {},
            published=PUBLISHED.get(size, {}),
            by_size="exact",
            examples="area_ratio" if size == 50 else None,
        )
        for size, count in SIZES.items()
    ]
    others = [
        BenchCase(
            name=name,
            table="other distributions, n = 50",
            size=50,
            count=300,
            distribution=name,
            seed=SEED,
            examples="area_ratio" if name == "clustered" else None,
        )
        for name in task.distributions
        if name != "uniform"
    ]
    return by_size + others
