"""Strategies made from the values of a config."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, final

from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.config_fields import number
from ptrnet_suite.runtime.parse_config import GIVEN, Source, check_config, parse_config
from ptrnet_suite.training.strategies.base import Strategy
from ptrnet_suite.training.strategies.names import STRATEGIES
from ptrnet_suite.training.strategies.two_stage import TwoStage

HEADING = "strategy"
"""Dotted name of a strategy's values in a config."""


@final
@dataclass(frozen=True)
class Start:
    """Values of a strategy's start."""

    start: dict[str, Any]
    """the strategy that trains first, `kind` and its values"""
    start_share: float = number(0.5, low=0, high=1)
    """share of the run that it trains for"""


def make_strategy(
    values: Mapping[str, Any],
    label_smoothing: float = 0.0,
    source: str | Source = GIVEN,
    prefix: str = HEADING,
) -> Strategy:
    """The strategy of `values["kind"]` with the other values; raises InputError.

    label_smoothing: for the strategies that have it, unless the values say otherwise. With a
    `start`, the strategy that it names trains first, for `start_share` (0.5) of the run. source,
    prefix: where the values come from and their dotted name there.
    """
    if "start" in values:
        return _two_stage(values, label_smoothing, source, prefix)
    kind = values.get("kind")
    try:
        STRATEGIES.check(kind)
    except InputError as error:
        words = source if isinstance(source, str) else source(f"{prefix}.kind")
        raise InputError(f"{words}: {error}") from error
    cls = STRATEGIES.get(str(kind))
    own = {name: value for name, value in values.items() if name != "kind"}
    if label_smoothing and any(item.name == "label_smoothing" for item in fields(cls)):
        own.setdefault("label_smoothing", label_smoothing)
    strategy: Strategy = parse_config(cls, own, source, prefix, f"{kind} value")
    return strategy


def check_strategy(strategy: object) -> None:
    """Raises InputError for a strategy made in Python with a value that it cannot have."""
    if isinstance(strategy, TwoStage):
        check_config(Start({}, strategy.share), prefix=HEADING)
        check_strategy(strategy.first)
        check_strategy(strategy.after)
    elif is_dataclass(strategy):
        check_config(strategy, prefix=HEADING)


def _two_stage(
    values: Mapping[str, Any], label_smoothing: float, source: str | Source, prefix: str
) -> Strategy:
    names = [item.name for item in fields(Start)]
    own = {name: value for name, value in values.items() if name in names}
    after = {name: value for name, value in values.items() if name not in names}
    stage = parse_config(Start, own, source, prefix)
    first = make_strategy(stage.start, label_smoothing, source, f"{prefix}.start")
    return TwoStage(first, make_strategy(after, label_smoothing, source, prefix), stage.start_share)
