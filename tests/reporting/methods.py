"""Methods as charts show them."""

from __future__ import annotations

from ptrnet_suite.evaluation.statistics import Estimate
from ptrnet_suite.reporting.charts import TradeOffPoint


def around(value: float, half: float = 0.01) -> Estimate:
    return Estimate(value, value - half, value + half)


METHODS = [
    TradeOffPoint("tsp50, greedy", 1.0e-3, around(0.025), True),
    TradeOffPoint("tsp50, beam:8", 1.3e-3, around(0.024), True),
    TradeOffPoint("farthest insertion", 1.1e-3, around(0.026)),
    TradeOffPoint("christofides", 2e-2, around(0.12)),
    TradeOffPoint("nearest neighbour", 1e-4, around(0.25)),
    TradeOffPoint("fast-tsp", 5e-3, around(0.0, 0.0)),
]
