"""The benchmark of pictures of digits."""

from __future__ import annotations

from ptrnet_suite.task.bench_case import BenchCase
from ptrnet_tasks.image_text.digits import are_available
from ptrnet_tasks.image_text.solvers import SEGMENT_SVM
from ptrnet_tasks.image_text.task import ImageText

SEED = 1_090_000
SIZES = {"digits": (1, 4, 8, 12), "captions": (1, 2, 4, 6)}
COUNT = 500
"""Pictures of each size."""


def plan(task: ImageText) -> list[BenchCase]:
    """Pictures of test digits, of every size."""
    problem = task.problem
    return [
        BenchCase(
            name=f"{size} digit{'s' if size > 1 else ''}",
            table=f"{problem}: pictures of digits that training did not see",
            size=size,
            count=COUNT,
            distribution="test",
            seed=SEED + size,
            checkpoint=problem,
            searches=("greedy", "beam:4"),
            references={SEGMENT_SVM: COUNT},
            by_size="exact",
            missing="" if are_available() else "it needs scikit-learn for its digits",
            examples="exact" if size == SIZES[problem][-1] else None,
        )
        for size in SIZES[problem]
    ]
