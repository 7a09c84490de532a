"""A metric of parts, put together, is the metric of the whole."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ptrnet_tasks.text.corpus_metrics import bleu

from ptrnet_suite.evaluation.joined import joined
from ptrnet_suite.evaluation.statistics import estimate
from ptrnet_suite.task.metric import MetricValues


@given(
    st.lists(st.tuples(st.floats(0, 9), st.integers(0, 3)), min_size=2, max_size=12),
    st.integers(0, 99),
)
def test_parts_in_any_order_give_the_whole(pairs: list[tuple[float, int]], seed: int) -> None:
    values, weights = map(np.array, zip(*pairs, strict=True))
    whole = MetricValues(values * weights, weights.astype(float), "exact")
    order = np.random.default_rng(seed).permutation(len(pairs))
    split = np.array_split(order, 3)
    together = joined([(indices, whole.subset(indices)) for indices in split])
    np.testing.assert_array_equal(together.values, whole.values)
    assert together.reference == "exact"
    np.testing.assert_array_equal(estimate(together), estimate(whole))


def test_a_corpus_of_parts_is_that_of_the_whole() -> None:
    answers = ["a b c d e", "a b x d", "p q r s t u"]
    references = [["a b c d f"], ["a b c d"], ["p q r s t u"]]
    whole = bleu(answers, references)
    parts = [np.array([2, 0]), np.array([1])]
    together = joined([(indices, whole.subset(indices)) for indices in parts])
    assert estimate(together).value == pytest.approx(estimate(whole).value)
    assert together.signature == whole.signature


def test_instances_of_a_part_without_the_metric_do_not_count() -> None:
    known = MetricValues(np.array([0.25, 0.75]), None, "exact")
    other = MetricValues(np.array([0.5]), None, "the file's solution", "why")
    together = joined([(np.array([3, 0]), known), (np.array([1]), None), (np.array([2]), other)])
    assert together.values.tolist() == [0.75, 0, 0.5, 0.25]
    assert together.weights is not None
    assert together.weights.tolist() == [1, 0, 1, 1]
    assert together.reference == "exact and the file's solution"
    assert together.failure == "why"
