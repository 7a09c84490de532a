"""Texts of which only some have a reference."""

from __future__ import annotations

import numpy as np
import pytest
from ptrnet_tasks.text.task import Text

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.evaluation.report import measure

TASK = Text("files")


def test_what_has_no_reference_weighs_nothing_in_any_figure() -> None:
    answers = ["the dog runs now .", "anything at all", "a cat sees the dog ."]
    references: list[list[str]] = [["the dog runs ."], [], ["a cat sees a dog .", "no"]]
    all_of_them = Instances(["x", "y", "z"], references)
    found = measure(TASK, TASK.evaluate(all_of_them, answers))
    known = Instances(["x", "z"], [references[0], references[2]])
    expected = measure(TASK, TASK.evaluate(known, [answers[0], answers[2]]))
    assert list(found) == list(expected)
    for name, figure in expected.items():
        assert found[name].estimate.value == pytest.approx(figure.estimate.value), name
    scores = TASK.evaluate(all_of_them, answers)
    for score in scores.values():
        assert len(score.values) == 3
        assert score.weights is not None
        assert score.weights[1] == 0
        assert score.weights[0] > 0
    corpus = scores["bleu"].corpus
    assert corpus is not None
    assert not corpus.counts[1].any()
    alone = TASK.evaluate(known, [answers[0], answers[2]])["bleu"].corpus
    assert alone is not None
    assert np.array_equal(corpus.counts[[0, 2]], alone.counts)


def test_where_nothing_has_a_reference_there_is_no_figure() -> None:
    assert TASK.evaluate(Instances(["x"], [[]]), ["y"]) == {}
