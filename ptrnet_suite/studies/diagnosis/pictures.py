"""Pictures of diagnoses: what became of every answer, and how choices fare step by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ptrnet_suite.evaluation.report import estimate_from_json
from ptrnet_suite.evaluation.statistics import Estimate
from ptrnet_suite.reporting.run_labels import short_labels
from ptrnet_suite.reporting.style import (
    BLUE,
    INK,
    ORANGE,
    PALETTE,
    SKY,
    VERMILION,
    axes_or_new,
    in_house_style,
    new_figure,
    one_legend,
)
from ptrnet_suite.studies.diagnosis.exposure_bias import ExposureBias, StepFigures
from ptrnet_suite.studies.diagnosis.search_errors import OUTCOMES, SearchDiagnosis

COLOURS = dict(zip(OUTCOMES, (BLUE, SKY, ORANGE, VERMILION, INK), strict=True))
HATCHES = {"right_not_argmax": "///", "search_error": "\\\\\\", "unproved": "..."}
"""Told apart without colours as well."""

Diagnosis = SearchDiagnosis | Mapping[str, Any]
"""A diagnosis, or what its `to_json` wrote."""

StepAccuracy = ExposureBias | Mapping[str, Any]
"""An exposure, or what its `to_json` wrote."""

WIDE_ENOUGH = 0.05
"""Share from which a part of a bar has room for its number."""


@in_house_style
def outcome_bars(diagnosis: Diagnosis, ax: Axes | None = None) -> Axes:
    """A bar for each search: what became of the instances, and how often it missed the argmax."""
    found = _told(diagnosis)
    names, count = list(found["searches"]), len(found["searches"])
    ax = axes_or_new(ax, 8.0, 1.9 + 0.42 * count)
    left = np.zeros(count)
    shares = [one["shares"] for one in found["searches"].values()]
    for name, told in OUTCOMES.items():
        width = np.array([100 * share[name]["value"] for share in shares])
        if not width.any():
            continue
        bars = ax.barh(
            range(count), width, left=left, height=0.66, label=told,
            color=COLOURS[name], hatch=HATCHES.get(name), edgecolor="white", linewidth=0.8,
        )  # fmt: skip
        shown = [f"{part:.1f}" if part >= 100 * WIDE_ENOUGH else "" for part in width]
        plain = name not in HATCHES
        ax.bar_label(
            bars, shown, label_type="center", fontsize=8.5, color="white" if plain else "black",
            bbox=None if plain else {"boxstyle": "round,pad=0.15", "fc": "white", "lw": 0},
        )  # fmt: skip
        left += width
    for place, share in enumerate(shares):
        ax.annotate(
            _told_errors(estimate_from_json(share["missed_argmax"])), (100, place),
            (8, 0), textcoords="offset points", va="center", fontsize=9, annotation_clip=False,
        )  # fmt: skip
    ax.annotate(
        "argmax missed", (1, 1), (8, 3), xycoords="axes fraction",
        textcoords="offset points", va="bottom", fontsize=9, annotation_clip=False,
    )  # fmt: skip
    ax.set_yticks(range(count), names)
    ax.invert_yaxis()
    ax.set_xlim(0, 100)
    ax.set_xlabel(f"% of {found['count']:,} instances")
    ax.spines["left"].set_visible(False)
    ax.tick_params(left=False)
    return ax


def _told(diagnosis: Diagnosis) -> Mapping[str, Any]:
    return diagnosis.to_json() if isinstance(diagnosis, SearchDiagnosis) else diagnosis


def _told_errors(share: Estimate) -> str:
    if np.isnan(share.value):
        return "unknown"
    return f"{100 * share.value:.1f} % ({100 * share.low:.1f} to {100 * share.high:.1f})"


@in_house_style
def outcome_picture(diagnosis: Diagnosis, title: str = "") -> Figure:
    """`outcome_bars` with its legend below, as a figure of its own."""
    found = _told(diagnosis)
    height = 1.6 + 0.42 * len(found["searches"])
    figure, axes = new_figure(width=8.4, height=height)
    ax = outcome_bars(found, axes[0, 0])
    ax.set_title(title, loc="left")
    handles, names = ax.get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=3)
    return figure


@in_house_style
def step_picture(exposures: Sequence[StepAccuracy], title: str = "") -> Figure:
    """Two charts over the steps: right choices after either prefix, and the drift between them.

    Known prefixes are solid lines, own ones dashed; bands are 95 % intervals. Those of the first
    chart are left out where there are several models, of which they would hide the lines.
    """
    figure, axes = new_figure(1, 2, 10.4, 4.2)
    accuracy, drift = axes[0]
    told = [_label_and_steps(exposure) for exposure in exposures]
    labels = _short([label for label, _ in told])
    for label, (_, steps), colour in zip(labels, told, cycle(PALETTE), strict=False):
        shade = 0.12 if len(exposures) == 1 else 0
        _curve(accuracy, steps, "known_prefix", colour, shade)
        _curve(accuracy, steps, "own_prefix", colour, shade, "--")
        _curve(drift, steps, "drift", colour, 0.15, label=label)
    drift.axhline(0, color=INK, linewidth=0.8)
    for ax, words in (
        (accuracy, "right choices (%)"),
        (drift, "drift: known minus own (points)"),
    ):
        ax.set_xlabel("step of the known answer")
        ax.set_ylabel(words)
        ax.xaxis.get_major_locator().set_params(integer=True)
        ax.grid(True)
        ax.set_axisbelow(True)
    kinds = [
        Line2D([], [], color=INK, linestyle="-", label="after known choices"),
        Line2D([], [], color=INK, linestyle="--", label="after its own"),
    ]
    accuracy.legend(handles=kinds, loc="best")
    figure.suptitle(title, x=0.01, ha="left", color=INK, fontsize=11)
    one_legend(figure, [drift], max(1, min(4, 110 // (max(map(len, labels), default=0) + 8))))
    return figure


def _label_and_steps(exposure: StepAccuracy) -> tuple[str, list[StepFigures]]:
    if isinstance(exposure, ExposureBias):
        return exposure.label, exposure.steps()
    return exposure["label"], [StepFigures.from_json(step) for step in exposure["steps"]]


def _short(labels: Sequence[str]) -> list[str]:
    """Names of files without what does not tell them apart; other labels as they are."""
    if any(not label.endswith(".safetensors") for label in labels):
        return list(labels)
    return short_labels([Path(label) for label in labels])


def _curve(
    ax: Axes,
    steps: Sequence[StepFigures],
    name: str,
    colour: str,
    shade: float,
    line: str = "-",
    label: str | None = None,
) -> None:
    """One figure over the steps, with its interval as a band of that opacity."""
    if not steps:
        return
    places = [step.step for step in steps]
    value, low, high = 100 * np.array([getattr(step, name) for step in steps]).T
    marker = "o" if len(steps) <= 30 else ""
    ax.plot(places, value, line, color=colour, marker=marker, markersize=4, label=label)
    if shade:
        ax.fill_between(places, low, high, color=colour, alpha=shade, linewidth=0)
