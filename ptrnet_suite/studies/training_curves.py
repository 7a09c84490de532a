"""Curves recorded by training runs; runs that differ in their seed alone are averaged."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import takewhile
from pathlib import Path
from typing import Any

import numpy as np

from ptrnet_suite.errors import InputError
from ptrnet_suite.reporting.run_labels import short_labels
from ptrnet_suite.training.config import read_run_config

LOG = "metrics.jsonl"
"""Log of a training run in its folder."""

RECORDED = (
    *("loss", "learning_rate", "gradient_norm", "gradient_norm_deviation"),
    *("gradient_noise", "entropy", "instances_per_second"),
)

StepCurve = Mapping[str, Sequence[float]]
"""`x`: steps, `y`: values; of several runs also `low` and `high`, the smallest and largest."""


def log_of(path: Path) -> Path:
    """The log of a run, given its folder or the log itself; raises InputError."""
    log = path / LOG if path.is_dir() else path
    if not log.is_file():
        raise InputError(
            f"{path} is no run: a folder with {LOG}, as `ptrnet train` writes, is needed"
        )
    return log


def curves_of(log: Path) -> dict[str, StepCurve]:
    """Recorded figures of a run by name; raises InputError for a bad line."""
    curves: dict[str, dict[str, list[float]]] = {}
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    for number, line in enumerate(lines, 1):
        try:
            row = json.loads(line)
            step = row["step"]
        except (ValueError, KeyError, TypeError) as error:
            if number == len(lines) > 1:
                break  # A run that still goes on, or was killed, may leave half a line.
            raise InputError(f"{log}, line {number} is no record of a training step") from error
        for name, value in _values_of(row).items():
            curve = curves.setdefault(name, {"x": [], "y": []})
            curve["x"].append(step)
            curve["y"].append(value)
    if not curves:
        raise InputError(f"{log} has no training steps yet")
    return dict(curves)


def _values_of(row: dict[str, Any]) -> dict[str, float]:
    """The figures of one line, validation metrics as `validation NAME`."""
    values = {name: row[name] for name in RECORDED if row.get(name) is not None}
    for name, value in (row.get("validation") or {}).items():
        if value is not None:
            values[f"validation {name}"] = value
    return values


def curves_by_run(logs: Sequence[Path], separate: bool = False) -> dict[str, dict[str, StepCurve]]:
    """Label -> curves by name; runs that differ in their seed alone are averaged.

    separate: a label for every run. Raises InputError as `curves_of`, and for a log given twice.
    """
    if len({log.resolve() for log in logs}) < len(logs):
        raise InputError("a run is given twice; each counts once")
    groups: dict[str, list[Path]] = {}
    for log in logs:
        groups.setdefault(str(log) if separate else _config_without_seed(log), []).append(log)
    labels = _labels(list(groups.values()))
    curves = {}
    for label, group in zip(labels, groups.values(), strict=True):
        runs = [curves_of(log) for log in group]
        names = [name for name in runs[0] if all(name in run for run in runs)]
        curves[label] = {name: average_curves([run[name] for run in runs]) for name in names}
    return curves


def _config_without_seed(log: Path) -> str:
    """The run's configuration without its seed; the log's path where none is beside it."""
    path = log.with_name("config.json")
    if log.name != LOG or not path.is_file():
        return str(log)
    run_config = read_run_config(path)
    config = {name: value for name, value in run_config.config.items() if name != "seed"}
    return json.dumps([run_config.task, config], sort_keys=True)


def _labels(groups: Sequence[Sequence[Path]]) -> list[str]:
    """The shared part of the names of a group's folders, else the first run's short label."""
    labels = [_shared_name(group) for group in groups]
    if len(set(labels)) < len(labels):
        labels = short_labels([group[0] for group in groups])
    return [
        label if len(group) == 1 else f"{label} ({len(group)} runs)"
        for label, group in zip(labels, groups, strict=True)
    ]


def _shared_name(group: Sequence[Path]) -> str:
    if len(group) == 1:
        return short_labels(group)[0]
    folders = [log.resolve().parent for log in group]
    letters = zip(*(folder.name for folder in folders), strict=False)
    prefix = takewhile(lambda column: len(set(column)) == 1, letters)
    shared = "".join(column[0] for column in prefix).rstrip("0123456789_-. ")
    return shared.removesuffix("seed").rstrip("_-. ") or folders[0].parent.name


def average_curves(curves: Sequence[StepCurve]) -> StepCurve:
    """Mean, smallest and largest value of several curves, where all have values.

    Between its own steps a curve is a straight line. One curve stays as it is.
    """
    if len(curves) == 1:
        return curves[0]
    first, last = max(curve["x"][0] for curve in curves), min(curve["x"][-1] for curve in curves)
    steps = np.unique(np.concatenate([np.asarray(curve["x"], float) for curve in curves]))
    steps = steps[(steps >= first) & (steps <= last)]
    values = np.stack([np.interp(steps, curve["x"], curve["y"]) for curve in curves])
    parts = {"x": steps, "y": values.mean(0), "low": values.min(0), "high": values.max(0)}
    return {name: part.tolist() for name, part in parts.items()}
