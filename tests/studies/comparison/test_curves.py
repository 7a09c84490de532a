"""Curves against time, and bands of several."""

from __future__ import annotations

import numpy as np
import pytest

from ptrnet_suite.studies.comparison.curves import LARGEST_NOISE, TimeCurve, band, noise_curve


def test_a_band_is_the_mean_and_the_range_of_runs_where_all_have_values() -> None:
    one = TimeCurve(np.array([0.0, 10.0]), np.array([0.0, 10.0]))
    other = TimeCurve(np.array([2.0, 8.0]), np.array([4.0, 10.0]))
    found = band([one, other])
    assert (found.seconds[0], found.seconds[-1]) == (2.0, 8.0)
    assert found.mean == pytest.approx(found.seconds + 1)
    assert found.low == pytest.approx(found.seconds)
    assert found.high == pytest.approx(found.seconds + 2)
    flat = [TimeCurve(one.seconds, np.array([value, value])) for value in (1.0, 100.0)]
    geometric = band(flat, logarithmic=True)
    assert geometric.mean == pytest.approx(10.0)


def test_noise_without_signal_stops_at_its_largest_value() -> None:
    seconds = np.arange(4.0)
    variance = TimeCurve(seconds, np.full(4, 6.0))
    assert noise_curve(variance, TimeCurve(seconds, np.full(4, 3.0))).values == pytest.approx(2.0)
    hidden = noise_curve(variance, TimeCurve(seconds, np.full(4, -1.0)))
    assert hidden.values == pytest.approx(LARGEST_NOISE)
