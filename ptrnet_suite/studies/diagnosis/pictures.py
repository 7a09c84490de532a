"""Pictures of diagnoses: outcomes of answers, and accuracy of choices at each step."""

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
"""Hatches, so that outcomes differ without colours as well."""

SearchFigures = SearchDiagnosis | Mapping[str, Any]
"""A diagnosis, or what its `to_json` wrote."""

ExposureFigures = ExposureBias | Mapping[str, Any]
"""An exposure, or what its `to_json` wrote."""

MIN_LABELLED_SHARE = 0.05
"""Share from which a part of a bar has room for its number."""


@in_house_style
def outcome_bars(diagnosis: SearchFigures, ax: Axes | None = None) -> Axes:
    """A bar for each search: shares of the outcomes, and how often it missed the argmax."""
    content = _content(diagnosis)
    names, count = list(content["searches"]), len(content["searches"])
    ax = axes_or_new(ax, 8.0, 1.9 + 0.42 * count)
    shares = [search_figures["shares"] for search_figures in content["searches"].values()]
    _stack_bars(ax, shares)
    _note_missed_argmax(ax, shares)
    ax.set_yticks(range(count), names)
    ax.invert_yaxis()
    ax.set_xlim(0, 100)
    ax.set_xlabel(f"% of {content['count']:,} instances")
    ax.spines["left"].set_visible(False)
    ax.tick_params(left=False)
    return ax


def _stack_bars(ax: Axes, shares: Sequence[Mapping[str, Any]]) -> None:
    """A bar for each search, a part of it for each outcome that any search has."""
    left = np.zeros(len(shares))
    for name, outcome_label in OUTCOMES.items():
        width = np.array([100 * share[name]["value"] for share in shares])
        if not width.any():
            continue
        bars = ax.barh(
            range(len(shares)), width, left=left, height=0.66, label=outcome_label,
            color=COLOURS[name], hatch=HATCHES.get(name), edgecolor="white", linewidth=0.8,
        )  # fmt: skip
        part_labels = [
            f"{percentage:.1f}" if percentage >= 100 * MIN_LABELLED_SHARE else ""
            for percentage in width
        ]
        plain = name not in HATCHES
        ax.bar_label(
            bars, part_labels, label_type="center", fontsize=8.5,
            color="white" if plain else "black",
            bbox=None if plain else {"boxstyle": "round,pad=0.15", "fc": "white", "lw": 0},
        )  # fmt: skip
        left += width


def _note_missed_argmax(ax: Axes, shares: Sequence[Mapping[str, Any]]) -> None:
    """The share of instances whose argmax was missed, to the right of each bar."""
    for index, share in enumerate(shares):
        ax.annotate(
            _share_text(estimate_from_json(share["missed_argmax"])), (100, index),
            (8, 0), textcoords="offset points", va="center", fontsize=9, annotation_clip=False,
        )  # fmt: skip
    ax.annotate(
        "argmax missed", (1, 1), (8, 3), xycoords="axes fraction",
        textcoords="offset points", va="bottom", fontsize=9, annotation_clip=False,
    )  # fmt: skip


def _content(diagnosis: SearchFigures) -> Mapping[str, Any]:
    return diagnosis.to_json() if isinstance(diagnosis, SearchDiagnosis) else diagnosis


def _share_text(share: Estimate) -> str:
    if np.isnan(share.value):
        return "unknown"
    if np.isnan(share.low):
        return f"{100 * share.value:.1f} %"
    return f"{100 * share.value:.1f} % ({100 * share.low:.1f} to {100 * share.high:.1f})"


@in_house_style
def outcome_picture(diagnosis: SearchFigures, title: str = "") -> Figure:
    """`outcome_bars` with its legend below, as a figure of its own."""
    content = _content(diagnosis)
    height = 1.6 + 0.42 * len(content["searches"])
    figure, axes = new_figure(width=8.4, height=height)
    ax = outcome_bars(content, axes[0, 0])
    ax.set_title(title, loc="left")
    handles, names = ax.get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=3)
    return figure


@in_house_style
def step_picture(exposures: Sequence[ExposureFigures], title: str = "") -> Figure:
    """Two charts over the steps: right choices after either prefix, and the drift between them.

    Known prefixes are solid lines, own ones dashed; bands are 95 % intervals. Those of the first
    chart are left out where there are several models, of which they would hide the lines.
    """
    figure, axes = new_figure(1, 2, 10.4, 4.2)
    accuracy, drift = axes[0]
    labelled_steps = [_label_and_steps(exposure) for exposure in exposures]
    labels = _short_names([label for label, _ in labelled_steps])
    for label, (_, steps), colour in zip(labels, labelled_steps, cycle(PALETTE), strict=False):
        opacity = 0.12 if len(exposures) == 1 else 0
        _draw_steps(accuracy, steps, "known_prefix", colour, opacity)
        _draw_steps(accuracy, steps, "own_prefix", colour, opacity, "--")
        _draw_steps(drift, steps, "drift", colour, 0.15, label=label)
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


def _label_and_steps(exposure: ExposureFigures) -> tuple[str, list[StepFigures]]:
    if isinstance(exposure, ExposureBias):
        return exposure.label, exposure.steps()
    return exposure["label"], [StepFigures.from_json(step) for step in exposure["steps"]]


def _short_names(labels: Sequence[str]) -> list[str]:
    """Short distinct names of checkpoint files; other labels as they are."""
    if any(not label.endswith(".safetensors") for label in labels):
        return list(labels)
    return short_labels([Path(label) for label in labels])


def _draw_steps(
    ax: Axes,
    steps: Sequence[StepFigures],
    name: str,
    colour: str,
    opacity: float,
    line: str = "-",
    label: str | None = None,
) -> None:
    """One figure over the steps, with its interval as a band of that opacity."""
    if not steps:
        return
    step_numbers = [step.step for step in steps]
    value, low, high = 100 * np.array([getattr(step, name) for step in steps]).T
    marker = "o" if len(steps) <= 30 else ""
    ax.plot(step_numbers, value, line, color=colour, marker=marker, markersize=4, label=label)
    if opacity:
        ax.fill_between(step_numbers, low, high, color=colour, alpha=opacity, linewidth=0)
