"""The benchmark of sorting."""

from __future__ import annotations

from ptrnet_suite.task.base import Task
from ptrnet_suite.task.bench_case import BenchCase

SIZES = {5: 2000, 10: 2000, 15: 2000, 20: 1000, 30: 1000, 50: 500}
"""Numbers in a sequence -> number of sequences."""

PUBLISHED = {
    5: {"Ptr-Net (2016)": {"exact": 0.81}, "read-process-write, best (2016)": {"exact": 0.94}},
    10: {"Ptr-Net (2016)": {"exact": 0.08}, "read-process-write, best (2016)": {"exact": 0.57}},
    15: {"Ptr-Net (2016)": {"exact": 0.0}, "read-process-write, best (2016)": {"exact": 0.10}},
}
"""Vinyals, Bengio, Kudlur 2016, table 1, after 10,000 steps: without glimpses, and the best of all
numbers of processing steps and glimpses."""

SEED = 1_060_000


def plan(task: Task) -> list[BenchCase]:
    """Uniform numbers of every size, then the other distributions at 20 numbers."""
    by_size = [
        BenchCase(
            name=f"n = {size}",
            table="uniform numbers",
            size=size,
            count=count,
            seed=SEED + size,
            references={"numpy": count} if size == 50 else {},
            published=PUBLISHED.get(size, {}),
            by_size="exact",
        )
        for size, count in SIZES.items()
    ]
    others = [
        BenchCase(name, "other distributions, n = 20", 20, 500, name, SEED)
        for name in task.distributions
        if name != "uniform"
    ]
    return by_size + others
