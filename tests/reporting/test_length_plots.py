"""Figures by length are drawn at the mean length of each range."""

from __future__ import annotations

import numpy as np
import pytest

from ptrnet_suite.evaluation.length_buckets import by_length
from ptrnet_suite.reporting.length_plots import draw_by_length, picture_by_length
from ptrnet_suite.reporting.style import save
from tests.evaluation.sentences import SENTENCES, some_text


def test_lines_stand_at_the_mean_length_in_the_metrics_own_unit(tmp_path) -> None:
    instances, answers = some_text()
    scores = SENTENCES.evaluate(instances, answers)
    buckets = by_length(SENTENCES, SENTENCES.lengths(instances), scores, [4, 8])
    metrics = {metric.name: metric for metric in SENTENCES.metrics}
    for name, factor in (("bleu", 1), ("wer", 100)):
        ax = draw_by_length({"greedy": buckets}, metrics[name])
        x, y = ax.containers[0].lines[0].get_data()
        assert np.asarray(x) == pytest.approx([bucket.mean_length for bucket in buckets], abs=0.05)
        values = [factor * bucket.metrics[name].estimate.value for bucket in buckets]
        assert np.asarray(y) == pytest.approx(values)
    figure = picture_by_length(SENTENCES, {"greedy": buckets})
    shown = [ax for ax in figure.axes if ax.axison]
    assert len(shown) == len(scores)
    assert save(figure, tmp_path / "by_length.png").stat().st_size > 10_000
