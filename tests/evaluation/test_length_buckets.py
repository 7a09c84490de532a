"""Figures by length: every instance in one range, every range scored as if it were alone."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ptrnet_tasks.sorting.task import Sorting
from ptrnet_tasks.text.task import Text

from ptrnet_suite.errors import InputError
from ptrnet_suite.evaluation.length_buckets import by_length
from ptrnet_suite.evaluation.report import measure
from tests.evaluation.sentences import SENTENCES, some_text

SORTING = Sorting()


@given(
    st.lists(st.integers(1, 40), min_size=1, max_size=50),
    st.sets(st.integers(1, 45), min_size=1, max_size=6).map(sorted),
)
def test_each_instance_is_in_the_one_range_that_its_length_is_in(
    sizes: list[int], limits: list[int]
) -> None:
    buckets = by_length(SORTING, np.array(sizes), {}, limits)
    for bucket in buckets:
        inside = [size for size in sizes if bucket.low <= size and size <= (bucket.high or 10**9)]
        assert bucket.count == len(inside) > 0
        assert bucket.mean_length == pytest.approx(np.mean(inside))
    assert sum(bucket.count for bucket in buckets) == len(sizes)


def test_a_range_has_the_figures_of_its_instances_alone() -> None:
    instances, answers = some_text()
    lengths = SENTENCES.lengths(instances)
    assert lengths.tolist() == [len(text.split()) for text in instances.inputs]
    scores = SENTENCES.evaluate(instances, answers)
    buckets = by_length(SENTENCES, lengths, scores, [4, 8])
    assert [bucket.name for bucket in buckets] == ["1 to 4", "5 to 8", "9 and more"]
    for bucket in buckets:
        inside = (lengths >= bucket.low) & (lengths <= (bucket.high or 99))
        chosen = np.flatnonzero(inside)
        alone = SENTENCES.evaluate(instances.subset(chosen), [answers[place] for place in chosen])
        assert bucket.metrics == measure(SENTENCES, alone)
        assert {"bleu", "wer"} <= set(bucket.metrics)
    told = json.loads(json.dumps([bucket.to_json() for bucket in buckets]))
    assert told[2]["high"] is None
    assert set(told[0]["metrics"]["bleu"]) == {"value", "low", "high", "signature"}


def test_encoded_and_plain_sources_have_the_same_lengths() -> None:
    instances, _ = some_text(10)
    fitted = Text.from_training_data(instances, problem="files")
    assert np.array_equal(fitted.lengths(fitted.prepare(instances)), fitted.lengths(instances))


@pytest.mark.parametrize("limits", [[], [0, 5], [5, 5], [9, 3]])
def test_limits_that_do_not_rise_are_refused(limits: list[int]) -> None:
    with pytest.raises(InputError, match="rising whole numbers"):
        by_length(SORTING, np.array([3]), {}, limits)
