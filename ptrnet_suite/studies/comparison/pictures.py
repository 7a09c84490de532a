"""Curves over CPU time with the band that seeds make."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from ptrnet_suite.reporting.charts import MARKERS
from ptrnet_suite.reporting.style import (
    INK,
    MODEL,
    PALETTE,
    REFERENCE,
    in_house_style,
    new_figure,
    one_legend,
)
from ptrnet_suite.studies.comparison.curves import Band, TimeCurve, band
from ptrnet_suite.studies.comparison.lengths import LengthSpreads
from ptrnet_suite.studies.comparison.summary import CompletedRun
from ptrnet_suite.task.metric import Metric

COLUMNS = 4

MARKER_OFFSET = 0.05
"""Distance between markers of neighbours, so that equal figures do not hide each other."""

LINE_STYLES = ("-", "--", ":")
"""Line styles, a further one whenever all colours are taken."""

Runs = Mapping[str, Sequence[CompletedRun]]
"""Variant -> its runs of one task, one for each seed."""

STABILITY = {
    "loss": False,
    "entropy": False,
    "gradient_norm": True,
    "gradient_norm_spread": False,
    "gradient_noise": True,
}
"""Curves drawn beside validation, and whether their axis is logarithmic."""

TITLES = {
    "loss": "loss (each one's own)",
    "entropy": "entropy of the policy (nats)",
    "gradient_norm": "norm of the gradient",
    "gradient_norm_spread": "spread of that norm within 50 steps",
    "gradient_noise": "noise of the gradient (variance / signal)",
}


@in_house_style
def convergence(runs: Runs, metric: Metric) -> Figure:
    """Validation over CPU seconds: a panel for each variant beside the first one and all others.

    The line is the mean over seeds, the band goes from the smallest to the largest.
    """
    bands = {
        name: _band(variant_runs, f"validation {metric.name}")
        for name, variant_runs in runs.items()
    }
    rows = -(-len(bands) // COLUMNS)
    columns = min(COLUMNS, len(bands))
    figure, axes = new_figure(rows, columns, 3.1 * columns, 2.2 * rows + 0.5)
    first, reference = next(iter(bands.items()))
    all_axes = list(axes.flat)
    for ax, (name, variant_band) in zip(all_axes, bands.items(), strict=False):
        for other in bands.values():
            ax.plot(
                other.seconds, _factor(metric) * other.mean, color=INK, alpha=0.3, linewidth=0.7
            )
        _draw_band(ax, reference, REFERENCE, first, _factor(metric), filled=False)
        if name != first:
            _draw_band(ax, variant_band, MODEL, "the one named above", _factor(metric))
        ax.set_title(name, fontsize=9.5)
        ax.grid(True)
        _scale_y(ax, metric, list(bands.values()))
    _label_outer_axes(all_axes[: len(bands)], columns, _metric_label(metric))
    for ax in all_axes[len(bands) :]:
        ax.set_axis_off()
    one_legend(figure, all_axes)
    return figure


@in_house_style
def stability(runs: Runs, metric: Metric) -> Figure:
    """Validation, loss, entropy and gradients of up to six variants over CPU seconds."""
    figure, axes = new_figure(2, 3, 12.5, 6.6)
    logarithmic_by_name = {f"validation {metric.name}": False, **STABILITY}
    for ax, (name, logarithmic) in zip(axes.flat, logarithmic_by_name.items(), strict=True):
        factor = _factor(metric) if name.startswith("validation") else 1.0
        for (label, variant_runs), colour in zip(runs.items(), PALETTE, strict=False):
            if all(name in run.curves for run in variant_runs):
                _draw_band(ax, _band(variant_runs, name, logarithmic), colour, label, factor)
        ax.set_title(TITLES.get(name, f"validation: {_metric_label(metric)}"), fontsize=10)
        ax.grid(True)
        ax.set_xlabel("CPU seconds of training")
        if logarithmic:
            _logarithmic(ax)
    _scale_y(
        axes[0, 0],
        metric,
        [_band(variant_runs, f"validation {metric.name}") for variant_runs in runs.values()],
    )
    one_legend(figure, axes.flat, columns=3)
    return figure


@in_house_style
def lines_by_length(
    spreads_by_metric: LengthSpreads, ranges: Iterable[str], metrics: Sequence[Metric]
) -> Figure:
    """A line for each variant over ranges of input lengths; a panel for each of the metrics.

    Points are means over seeds, bars go one standard deviation to either side.
    """
    positions = {name: index for index, name in enumerate(ranges)}
    width = max(4.6, 0.75 * len(positions))
    figure, axes = new_figure(1, len(metrics), width * len(metrics), 3.8)
    for ax, metric in zip(axes.flat, metrics, strict=True):
        variants = spreads_by_metric[metric.name]
        for number, (label, spreads) in enumerate(variants.items()):
            repetition, colour = divmod(number, len(PALETTE))
            shift = MARKER_OFFSET * (number - (len(variants) - 1) / 2)
            ax.errorbar(
                [positions[name] + shift for name in spreads],
                [_factor(metric) * spread.mean for spread in spreads.values()],
                [_factor(metric) * spread.deviation for spread in spreads.values()],
                color=PALETTE[colour], marker=MARKERS[colour], label=label, capsize=3,
                linestyle=LINE_STYLES[repetition % len(LINE_STYLES)],
            )  # fmt: skip
        ax.set_xticks(list(positions.values()), list(positions))
        ax.set_xlabel("length of the input")
        ax.set_ylabel(_metric_label(metric))
        ax.grid(True)
        if metric.kind == "rate" and metric.higher_is_better:
            ax.set_ylim(-3, 103)
    one_legend(figure, axes.flat, columns=min(COLUMNS, len(spreads_by_metric[metrics[0].name])))
    return figure


def _band(runs: Sequence[CompletedRun], name: str, logarithmic: bool = False) -> Band:
    curves: list[TimeCurve] = [run.curves[name] for run in runs]
    return band(curves, logarithmic)


def _draw_band(
    ax: Axes, curve_band: Band, colour: str, label: str, factor: float, filled: bool = True
) -> None:
    ax.plot(
        curve_band.seconds, factor * curve_band.mean, color=colour, label=label,
        linestyle="-" if filled else "--", linewidth=1.8 if filled else 1.3,
    )  # fmt: skip
    if filled:
        ax.fill_between(
            curve_band.seconds, factor * curve_band.low, factor * curve_band.high,
            color=colour, alpha=0.22, linewidth=0,
        )  # fmt: skip


def _factor(metric: Metric) -> float:
    return 100.0 if metric.kind == "rate" else 1.0


def _metric_label(metric: Metric) -> str:
    return metric.name.replace("_", " ") + (" (%)" if metric.kind == "rate" else "")


def _scale_y(ax: Axes, metric: Metric, bands: Sequence[Band]) -> None:
    """Rates from 0 to 100 %; metrics that fall, logarithmic where they can be."""
    if metric.higher_is_better and metric.kind == "rate":
        ax.set_ylim(-3, 103)
    elif not metric.higher_is_better and min(curve_band.low.min() for curve_band in bands) > 0:
        _logarithmic(ax)


def _logarithmic(ax: Axes) -> None:
    ax.set_yscale("log")
    ax.yaxis.set_major_formatter("{x:g}")
    low, high = ax.get_ylim()
    if high < 20 * low:
        steps = [first * 10.0**power for power in range(-6, 7) for first in (1, 2, 5)]
        ax.set_yticks([tick for tick in steps if low <= tick <= high])
        ax.yaxis.set_minor_locator(NullLocator())


def _label_outer_axes(axes: Sequence[Axes], columns: int, words: str) -> None:
    """Names of the axes at the left and below the last panel of each column."""
    for index, ax in enumerate(axes):
        if index % columns == 0:
            ax.set_ylabel(words)
        if index + columns >= len(axes):
            ax.set_xlabel("CPU seconds of training")
