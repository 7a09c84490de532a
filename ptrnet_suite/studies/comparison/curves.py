"""Figures of runs over their CPU time, and the band that several seeds make."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, final

import numpy as np

BAND_POINTS = 50
"""Points in time at which runs are put together."""

MIN_SPREAD_STEPS = 10
"""Fewest steps over which a deviation is estimated."""

LARGEST_NOISE = 1000.0
"""Ratio above which a few batches do not tell a signal from noise."""


@final
class TimeCurve(NamedTuple):
    """Values `(count,)` at CPU seconds `(count,)`."""

    seconds: np.ndarray
    values: np.ndarray


@final
class Band(NamedTuple):
    """Mean, smallest and largest value over seeds at CPU seconds; all `(points,)`."""

    seconds: np.ndarray
    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray


def read_curves(folder: Path) -> dict[str, TimeCurve]:
    """Every figure of a run's log by name; validation's metrics as `validation NAME`."""
    points: dict[str, list[tuple[float, float]]] = {}
    for line in (folder / "metrics.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        figures = {f"validation {name}": value for name, value in row.get("validation", {}).items()}
        if "loss" in row:
            figures["logged_step"] = row["step"]
        for name, value in {**row, **figures}.items():
            if isinstance(value, int | float):
                points.setdefault(name, []).append((row["cpu_seconds"], value))
    curves = {name: TimeCurve(*np.array(rows, float).T) for name, rows in points.items()}
    if "gradient_norm" in curves:
        curves["gradient_norm_spread"] = spread_curve(curves)
    if "gradient_variance" in curves:
        curves["gradient_noise"] = noise_curve(
            curves["gradient_variance"], curves["gradient_signal"]
        )
    return curves


def spread_curve(curves: Mapping[str, TimeCurve]) -> TimeCurve:
    """Deviation of the gradient's norm over its mean, where enough steps were put together."""
    norm, steps = curves["gradient_norm"], np.diff(curves["logged_step"].values, prepend=0)
    values = curves["gradient_norm_deviation"].values / np.maximum(norm.values, 1e-30)
    enough = steps >= min(MIN_SPREAD_STEPS, steps.max())
    return TimeCurve(norm.seconds[enough], values[enough])


def noise_curve(variance: TimeCurve, signal: TimeCurve) -> TimeCurve:
    """Variance over signal, each averaged with its neighbours first, up to `LARGEST_NOISE`.

    Both are estimates, and a ratio of averages is less biased than an average of ratios (McCandlish
    et al. 2018, appendix A.1).
    """
    variance_values, signal_values = _smoothed(variance.values), _smoothed(signal.values)
    return TimeCurve(
        variance.seconds,
        variance_values / np.maximum(signal_values, variance_values / LARGEST_NOISE + 1e-30),
    )


def _smoothed(values: np.ndarray) -> np.ndarray:
    """Each value averaged with the one before and the one after."""
    padded = np.pad(values, 1, mode="edge")
    smooth: np.ndarray = (padded[:-2] + padded[1:-1] + padded[2:]) / 3
    return smooth


def band(curves: Sequence[TimeCurve], logarithmic: bool = False) -> Band:
    """Runs put together where all of them have values; `logarithmic` takes the geometric mean."""
    first = max(curve.seconds[0] for curve in curves)
    last = max(first, min(curve.seconds[-1] for curve in curves))
    seconds = np.linspace(first, last, BAND_POINTS)
    values = np.stack([np.interp(seconds, *curve) for curve in curves])
    if logarithmic:
        mean = np.exp(np.log(np.maximum(values, 1e-30)).mean(0))
    else:
        mean = values.mean(0)
    return Band(seconds, mean, values.min(0), values.max(0))
