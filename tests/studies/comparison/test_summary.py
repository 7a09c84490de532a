"""What is said of all runs together."""

from __future__ import annotations

import numpy as np
import pytest

from ptrnet_suite.studies.comparison.summary import largest_fall, spread


def test_a_fall_is_measured_from_the_best_before_it() -> None:
    assert largest_fall(np.array([0.1, 0.9, 0.4, 1.0, 0.7]), True) == pytest.approx(0.5)
    assert largest_fall(np.array([0.9, 0.2, 0.5, 0.1]), False) == pytest.approx(0.3)
    assert spread([2.0]).deviation == 0.0
