"""Figures of each run, and their mean and spread over seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, final

import numpy as np

from ptrnet_suite.studies.comparison.curves import TimeCurve, read_curves
from ptrnet_suite.studies.comparison.trials import RESULT, Trial, read_result
from ptrnet_suite.task.metric import Metric


@final
class CompletedRun(NamedTuple):
    """A complete run: its result file, figures of its training, and its curves."""

    trial: Trial
    result: dict[str, Any]
    figures: dict[str, float]
    curves: dict[str, TimeCurve]

    def to_json(self) -> dict[str, Any]:
        """Without curves and config, which are in the run's folder."""
        result = {name: value for name, value in self.result.items() if name != "config"}
        return {**result, "figures": self.figures, "folder": str(self.trial.folder)}


@final
class Spread(NamedTuple):
    """A figure over seeds."""

    mean: float
    deviation: float
    smallest: float
    largest: float
    runs: int


def read_runs(trials: Sequence[Trial], metric: Mapping[str, Metric]) -> list[CompletedRun]:
    """Every complete run; `metric`: task label -> the metric that chose its best checkpoint."""
    runs = []
    for trial in trials:
        if trial.is_done:
            result = read_result(trial.folder / RESULT)
            curves = read_curves(trial.folder)
            figures = run_figures(result, curves, metric[trial.label])
            runs.append(CompletedRun(trial, result, figures, curves))
    return runs


def run_figures(
    result: Mapping[str, Any], curves: Mapping[str, TimeCurve], metric: Metric
) -> dict[str, float]:
    """Figures of a run's speed and stability.

    Those of gradients are over the second half of the budget: the norm's mean, its deviation over
    its mean inside 50 steps, and the geometric mean of the noise.
    """
    seconds, values = curves[f"validation {metric.name}"]
    # 0 before the first validation would favour runs that validate late.
    mean = float(np.trapezoid(values, seconds) / max(np.ptp(seconds), 1e-9))
    figures = {
        "mean over the run": mean if len(values) > 1 else float(values[0]),
        "largest fall": largest_fall(values, metric.higher_is_better),
        "milliseconds for a step": 1000 * result["cpu_seconds"] / max(1, result["steps"]),
        "entropy at the end": float(curves["entropy"].values[-1]),
    }
    figures["gradient norm"] = float(_second_half(curves["gradient_norm"]).mean())
    spreads = _second_half(curves["gradient_norm_spread"])
    figures["spread of the gradient norm"] = float(spreads.mean())
    if "gradient_noise" in curves:
        noise = np.maximum(_second_half(curves["gradient_noise"]), 1e-30)
        figures["gradient noise"] = float(np.exp(np.log(noise).mean()))
    return figures


def largest_fall(values: np.ndarray, higher_is_better: bool) -> float:
    """The largest drop of validation below the best value before it."""
    signed = values if higher_is_better else -values
    return float((np.maximum.accumulate(signed) - signed).max())


def _second_half(curve: TimeCurve) -> np.ndarray:
    chosen = curve.values[curve.seconds >= curve.seconds[-1] / 2]
    return chosen[np.isfinite(chosen)] if np.isfinite(chosen).any() else chosen


def spread(values: Sequence[float]) -> Spread:
    """Over seeds; the deviation is that of a sample, 0 for a single run."""
    known = np.asarray(values, float)
    deviation = float(known.std(ddof=1)) if len(known) > 1 else 0.0
    return Spread(
        float(known.mean()), deviation, float(known.min()), float(known.max()), len(known)
    )


def summary(runs: Sequence[CompletedRun]) -> dict[str, dict[str, dict[str, Spread]]]:
    """Task -> variant -> figure -> its spread; metrics are named `best NAME` and `last NAME`."""
    gathered: dict[str, dict[str, dict[str, list[float]]]] = {}
    for run in runs:
        tested = {
            f"{checkpoint} {name}": value
            for checkpoint, metrics in run.result["test"].items()
            for name, value in metrics.items()
        }
        sizes = {name: float(run.result[name]) for name in ("steps", "instances", "cpu_seconds")}
        variant_figures = gathered.setdefault(run.trial.label, {}).setdefault(run.trial.variant, {})
        for name, value in {**tested, **run.figures, **sizes}.items():
            variant_figures.setdefault(name, []).append(value)
    return {
        task: {
            variant: {name: spread(values) for name, values in figures.items()}
            for variant, figures in variants.items()
        }
        for task, variants in gathered.items()
    }
