"""A table as reports hold them."""

from __future__ import annotations

import numpy as np

from ptrnet_suite.evaluation.statistics import Estimate
from ptrnet_suite.reporting.document import Column, Table

EXACT = Estimate(0.9123, 0.8951, 0.9312)
TABLE = Table(
    "hulls <of> 50 points",
    [
        Column("method"),
        Column("count", "count"),
        Column("exact", "rate"),
        Column("time", "milliseconds"),
    ],
    [
        ("ours | greedy", 1000, EXACT, 0.00123),
        ("paper", None, Estimate(0.726, np.nan, np.nan), None),
    ],
    "A note.",
    frozenset([0]),
)
