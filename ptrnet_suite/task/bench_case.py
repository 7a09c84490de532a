"""A part of a benchmark: some instances, and what is run on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import final

from ptrnet_suite.data.instances import Instances


@final
@dataclass(frozen=True)
class BenchCase:
    """Some instances of a benchmark, and the methods that are run on them.

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
    lengths: greatest input length of each range for which figures are given and drawn apart.
    missing: why it cannot be run here; the report then says so.
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
