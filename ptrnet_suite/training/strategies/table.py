"""Strategies by name: one word of a config chooses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from jsonargparse import ArgumentError, ArgumentParser

from ptrnet_suite.errors import InputError
from ptrnet_suite.training.strategies.base import Strategy
from ptrnet_suite.training.strategies.distillation import Distillation
from ptrnet_suite.training.strategies.free_running import FreeRunning
from ptrnet_suite.training.strategies.minimum_risk import MinimumRisk
from ptrnet_suite.training.strategies.pomo import Pomo
from ptrnet_suite.training.strategies.reinforce import Reinforce
from ptrnet_suite.training.strategies.scheduled_sampling import ScheduledSampling
from ptrnet_suite.training.strategies.self_critical import SelfCritical
from ptrnet_suite.training.strategies.self_improvement import SelfImprovement
from ptrnet_suite.training.strategies.teacher_forcing import TeacherForcing
from ptrnet_suite.training.strategies.two_stage import TwoStage

STRATEGIES: dict[str, type[Strategy]] = {
    "teacher_forcing": TeacherForcing,
    "free_running": FreeRunning,
    "scheduled_sampling": ScheduledSampling,
    "reinforce": Reinforce,
    "pomo": Pomo,
    "self_critical": SelfCritical,
    "minimum_risk": MinimumRisk,
    "self_improvement": SelfImprovement,
    "distillation": Distillation,
}


def make_strategy(told: Mapping[str, Any], label_smoothing: float = 0.0) -> Strategy:
    """The strategy of `told["kind"]` with the other values of `told`; raises InputError.

    label_smoothing: for the strategies that have it, unless `told` says otherwise. With a `start`,
    the strategy that it tells trains first, for `start_share` (0.5) of the run.
    """
    if "start" in told:
        return _started(told, label_smoothing)
    kind = told.get("kind")
    if kind not in STRATEGIES:
        raise InputError(f"there is no strategy {kind!r}; there are {', '.join(STRATEGIES)}")
    values = {name: value for name, value in told.items() if name != "kind"}
    accepted = [field.name for field in fields(STRATEGIES[kind])]  # type: ignore[arg-type]
    for name in values:
        if name not in accepted:
            raise InputError(f"{kind} has no value {name!r}; it has {', '.join(accepted)}")
    if "label_smoothing" in accepted:
        values.setdefault("label_smoothing", label_smoothing)
    parser = ArgumentParser(exit_on_error=False)
    parser.add_class_arguments(STRATEGIES[kind], None)
    try:
        parsed = parser.instantiate(parser.parse_object(values))
    except ArgumentError as error:
        # A value's type reads `<class 'int'>` there.
        text = str(error).replace("<class '", "").replace("'>", "").replace("typing.", "")
        raise InputError(f"strategy {kind}: {text}") from error
    return STRATEGIES[kind](**vars(parsed))


def _started(told: Mapping[str, Any], label_smoothing: float) -> Strategy:
    start, share = told["start"], told.get("start_share", 0.5)
    if not isinstance(start, Mapping) or not isinstance(share, int | float):
        raise InputError(
            f"strategy.start is {start!r} for a share of {share!r}; accepted are a strategy's "
            "values, kind first, and a number from 0 to 1"
        )
    after = {name: value for name, value in told.items() if name not in ("start", "start_share")}
    first = make_strategy(start, label_smoothing)
    return TwoStage(first, make_strategy(after, label_smoothing), float(share))
