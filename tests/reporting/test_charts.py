"""Charts with their units and intervals."""

from __future__ import annotations

import numpy as np
import pytest

from ptrnet_suite.evaluation.statistics import Estimate
from ptrnet_suite.reporting.charts import (
    TradeOffPoint,
    gap_against_time,
    lines_with_intervals,
    training_curves,
)
from ptrnet_suite.reporting.style import new_figure
from tests.reporting.methods import METHODS, around


def test_a_chart_draws_into_the_axes_it_is_given() -> None:
    _, axes = new_figure(1, 3)
    charts = [
        lines_with_intervals({"ours": {5: around(0.9)}}, ax=axes[0, 0]),
        gap_against_time(METHODS, ax=axes[0, 1]),
        training_curves({"run": {"x": [1, 2], "y": [3.0, 2.0]}}, ax=axes[0, 2]),
    ]
    assert charts == list(axes.flat)


def test_accuracy_is_drawn_in_per_cent_with_its_interval_beside_published_figures() -> None:
    ax = lines_with_intervals(
        {"ours": {50: Estimate(0.9, 0.88, 0.91), 5: Estimate(1.0, 0.99, 1.0)}},
        {"Ptr-Net (2015)": {50: 0.726}},
    )
    bars, (line, dashed) = ax.containers[0], [ax.lines[0], ax.lines[-1]]
    assert line.get_xydata() == pytest.approx(np.array([[5, 100], [50, 90]]))
    ends = np.array(bars.lines[2][0].get_segments())
    assert ends[:, :, 1] == pytest.approx(np.array([[99, 100], [88, 91]]))
    assert dashed.get_xydata() == pytest.approx(np.array([[50, 72.6]]))
    legend = [text.get_text() for text in ax.get_legend().get_texts()]
    assert legend == ["ours", "Ptr-Net (2015)"]


def test_a_method_without_an_interval_is_drawn_as_a_point() -> None:
    alone = TradeOffPoint("alone", 0.01, Estimate(0.04, np.nan, np.nan), ours=True)
    with_interval = TradeOffPoint("solver", 0.1, Estimate(0.01, 0.005, 0.012))
    ax = gap_against_time([alone, with_interval])
    drawn = [line.get_xydata().tolist() for line in ax.lines if line.get_marker() in ("o", "s")]
    assert drawn == [[[10, pytest.approx(4)]], [[100, pytest.approx(1)]]]
    assert {text.get_text() for text in ax.texts} == {"alone", "solver"}
    assert np.isfinite([text.get_window_extent().get_points() for text in ax.texts]).all()
    assert ax.get_yticks().max() == pytest.approx(5)


def test_a_spread_is_drawn_as_a_band() -> None:
    curve = {"x": [1, 2], "y": [2.0, 3.0], "low": [1.0, 2.5], "high": [3.0, 4.0]}
    ax = training_curves({"run": curve})
    (band,) = ax.collections
    corners = band.get_paths()[0].vertices
    for place, low, high in ((1, 1.0, 3.0), (2, 2.5, 4.0)):
        heights = corners[corners[:, 0] == place][:, 1]
        assert (heights.min(), heights.max()) == (low, high)
