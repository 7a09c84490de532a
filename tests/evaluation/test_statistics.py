"""Intervals: coverage on simulated data, agreement with scipy, honesty at 0 and 1."""

import numpy as np
import pytest
from scipy import stats

from ptrnet_suite.evaluation import statistics
from ptrnet_suite.evaluation.report import Measured
from ptrnet_suite.evaluation.statistics import (
    binomial_interval,
    bootstrap_interval,
    corpus_estimate,
    estimate,
    resampled_sums,
)
from ptrnet_suite.task.metric import Corpus, MetricValues


@pytest.mark.parametrize(("successes", "trials"), [(0, 10), (3, 10), (10, 10), (999, 1000)])
def test_binomial_interval_equals_scipys(successes: int, trials: int) -> None:
    expected = stats.binomtest(successes, trials).proportion_ci(method="exact")
    assert binomial_interval(successes, trials) == pytest.approx((expected.low, expected.high))


def test_bootstrap_agrees_with_scipys_percentile_bootstrap() -> None:
    rng = np.random.default_rng(1)
    weights = rng.integers(1, 20, 300).astype(float)
    values = rng.binomial(weights.astype(int), 0.1).astype(float)
    ours = bootstrap_interval(values, weights, resamples=5000)
    theirs = stats.bootstrap(
        (values, weights),
        lambda v, w, axis: v.sum(axis) / w.sum(axis),
        paired=True,
        n_resamples=5000,
        method="percentile",
        rng=2,
    ).confidence_interval
    assert ours == pytest.approx((theirs.low, theirs.high), abs=2e-3)


def test_counting_distinct_outcomes_and_gathering_give_the_same_interval() -> None:
    rng = np.random.default_rng(3)
    values = rng.integers(0, 4, 400).astype(float)
    counted = bootstrap_interval(values, np.ones(400), resamples=20_000)
    # A jitter far below the interval's width makes all outcomes distinct.
    gathered = bootstrap_interval(values + rng.normal(0, 1e-9, 400), np.ones(400), resamples=20_000)
    assert counted == pytest.approx(gathered, abs=0.01)


def test_the_interval_covers_the_truth_about_95_times_in_100() -> None:
    rng = np.random.default_rng(4)
    covered = 0
    for trial in range(300):
        score = MetricValues(rng.exponential(2.0, 100))
        low, high = estimate(score, resamples=400, seed=trial)[1:]
        covered += low <= 2.0 <= high
    assert 0.90 <= covered / 300 <= 0.98


def test_a_perfect_rate_is_not_claimed_to_be_certain() -> None:
    result = estimate(MetricValues(np.ones(1000, bool)), share=True)
    assert result.value == 1.0
    assert result.high == 1.0
    assert 0.996 < result.low < 0.9965


def test_a_perfect_weighted_rate_counts_instances_as_trials() -> None:
    result = estimate(MetricValues(np.full(50, 7.0), np.full(50, 7.0)), share=True)
    assert result == pytest.approx((1.0, *binomial_interval(50, 50)))


def test_a_gap_of_zero_is_not_taken_for_a_share() -> None:
    assert estimate(MetricValues(np.zeros(20), reference="optimum")) == (0.0, 0.0, 0.0)


def test_the_same_seed_gives_the_same_interval() -> None:
    score = MetricValues(np.random.default_rng(5).normal(size=200))
    assert estimate(score, seed=1) == estimate(score, seed=1)
    assert estimate(score, seed=1) != estimate(score, seed=2)


def test_no_weight_at_all_gives_nan() -> None:
    assert np.isnan(estimate(MetricValues(np.zeros(3), np.zeros(3)), share=True)).all()


@pytest.mark.parametrize(
    ("score", "share"),
    [
        (MetricValues(np.array([3.5])), False),
        (MetricValues(np.array([True])), True),
        (MetricValues(np.array([0.0, 7.0, 0.0]), np.array([0.0, 2.0, 0.0])), False),
        (
            MetricValues(np.ones(1), corpus=Corpus(np.array([[3.0, 6.0]]), lambda s: s[..., 0])),
            False,
        ),
        (MetricValues(np.ones(2), corpus=Corpus(np.eye(2)[:1] * 3, lambda s: s[..., 0])), False),
    ],
    ids=[
        "a length",
        "a share",
        "one that counts",
        "a corpus of one",
        "a corpus of one that counts",
    ],
)
def test_one_instance_has_a_value_and_no_interval(score: MetricValues, share: bool) -> None:
    result = estimate(score, share)
    assert result.value in (3.5, 1.0, 3.0)
    assert np.isnan([result.low, result.high]).all()
    content = Measured(result).to_json()
    assert (content["low"], content["high"]) == (None, None)


def test_two_instances_have_an_interval() -> None:
    result = estimate(MetricValues(np.array([1.0, 2.0])))
    assert (result.low, result.high) == (1.0, 2.0)


def test_resamples_drawn_in_portions_are_those_drawn_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counts = np.random.default_rng(6).normal(size=(50, 3))
    at_once = resampled_sums(counts, resamples=100)
    monkeypatch.setattr(statistics, "MAX_DRAWS", 350)
    draw, portions = statistics._draw_counts, list[int]()

    def noted(rng: np.random.Generator, count: int, rows: int) -> np.ndarray:
        portions.append(rows)
        return draw(rng, count, rows)

    monkeypatch.setattr(statistics, "_draw_counts", noted)
    assert resampled_sums(counts, resamples=100) == pytest.approx(at_once)
    assert portions == [7] * 14 + [2]
    assert at_once.shape == (100, 3)
    assert at_once.std(0) == pytest.approx(counts.std(0) * 50**0.5, rel=0.3)


YES_OR_NO = np.array([1.0, 0, 1, 1, 0, 1, 1, 1, 0, 1])


def test_only_yes_or_no_of_whole_instances_has_an_exact_interval() -> None:
    exact = (0.7, *binomial_interval(7, 10))
    ones = np.ones(10)
    assert estimate(MetricValues(YES_OR_NO), share=True) == pytest.approx(exact)
    assert estimate(MetricValues(YES_OR_NO, ones), share=True) == pytest.approx(exact)
    once_twice = np.array([1.0] * 9 + [2.0])
    others = ((YES_OR_NO, 2 * ones), (YES_OR_NO, once_twice), (YES_OR_NO / 2, ones))
    for values, weights in (*others, (2 * YES_OR_NO, ones)):
        resampled = bootstrap_interval(values, weights)
        found = estimate(MetricValues(values, weights), share=True)
        assert found == pytest.approx((values.sum() / weights.sum(), *resampled))
        assert found[1:] != pytest.approx(exact[1:], abs=1e-3)
    # What is no share is resampled whatever it is made of.
    plain = estimate(MetricValues(YES_OR_NO))
    assert plain == pytest.approx((0.7, *bootstrap_interval(YES_OR_NO, ones)))


def test_a_share_at_its_end_counts_the_instances_that_weigh_anything() -> None:
    weights = np.array([3.0, 0, 2, 5])
    for values, successes in ((weights, 3), (0 * weights, 0)):
        expected = (successes / 3, *binomial_interval(successes, 3))
        assert estimate(MetricValues(values, weights), share=True) == pytest.approx(expected)
    # Values on both sides of nothing are no share that came out at 0.
    either = np.array([1.0, -1.0, 0.5, -0.5])
    found = estimate(MetricValues(either, np.ones(4)), share=True)
    assert found == pytest.approx((0, *bootstrap_interval(either, np.ones(4))))


def test_resamples_without_any_weight_do_not_count() -> None:
    values, weights = np.array([3.0, 0.0]), np.array([4.0, 0.0])
    assert bootstrap_interval(values, weights) == (0.75, 0.75)


@pytest.mark.parametrize("level", [0.5, 0.8, 0.95])
def test_the_interval_leaves_as_much_below_as_above(level: float) -> None:
    values = np.random.default_rng(7).exponential(size=40)
    figures = resampled_sums(np.stack([values, np.ones(40)], 1))[:, 0] / 40
    expected = np.quantile(figures, [(1 - level) / 2, (1 + level) / 2])
    assert bootstrap_interval(values, np.ones(40), level) == pytest.approx(tuple(expected))
    corpus = Corpus(values[:, None], lambda sums: sums[..., 0] / 40)
    found = corpus_estimate(corpus, level)
    assert found.value == pytest.approx(values.mean())
    assert found[1:] == pytest.approx(
        np.quantile(resampled_sums(values[:, None])[:, 0] / 40, [(1 - level) / 2, (1 + level) / 2])
    )
    assert estimate(MetricValues(values, corpus=corpus), level=level) == found


def test_ninety_five_per_cent_by_two_thousand_resamples_of_seed_0_where_nothing_is_said() -> None:
    values, rest = np.random.default_rng(8).normal(size=60), (0.95, 2000, 0)
    score, ones = MetricValues(values), np.ones(60)
    corpus = Corpus(values[:, None], lambda sums: sums[..., 0])
    assert estimate(score) == estimate(score, False, *rest)
    assert bootstrap_interval(values, ones) == bootstrap_interval(values, ones, *rest)
    assert corpus_estimate(corpus) == corpus_estimate(corpus, *rest)
    assert binomial_interval(3, 9) == binomial_interval(3, 9, 0.95)
    drawn, again = resampled_sums(values[:, None]), resampled_sums(values[:, None], *rest[1:])
    assert np.array_equal(drawn, again)


def test_a_corpus_whose_figure_says_nothing_has_none() -> None:
    def ratio(sums: np.ndarray) -> np.ndarray:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(sums[..., 1] > 0, sums[..., 0] / sums[..., 1], np.nan)

    none = Corpus(np.zeros((0, 2)), ratio)
    assert np.isnan(corpus_estimate(none)).all()
    nothing = corpus_estimate(Corpus(np.array([[1.0, 0.0], [2.0, 0.0]]), ratio))
    assert np.isnan(nothing).all()
    # A resample may say nothing where the corpus does; the others make the interval.
    rare = corpus_estimate(Corpus(np.array([[3.0, 4.0], [1.0, 0.0]]), ratio))
    assert rare == (1.0, 0.75, 1.0)

    # The sum of all twelve comes out only where a resample draws each of them once.
    powers = 2.0 ** np.arange(12)[:, None]
    whole = Corpus(powers, lambda sums: np.where(sums[..., 0] == powers.sum(), 1.0, np.nan))
    alone = corpus_estimate(whole, resamples=20)
    assert alone.value == 1.0
    assert np.isnan(alone[1:]).all()
    others = Corpus(powers, lambda sums: np.where(sums[..., 0] == powers.sum(), np.nan, 1.0))
    assert np.isnan(corpus_estimate(others, resamples=20)).all()


def test_one_row_is_resampled_to_itself() -> None:
    assert resampled_sums(np.array([[5.0, 2.0]]), resamples=3).tolist() == [[5.0, 2.0]] * 3


def test_what_weighs_nothing_changes_no_figure_and_no_interval() -> None:
    rng = np.random.default_rng(0)
    for values in (rng.random(30), (rng.random(30) < 0.3).astype(float)):
        weights = np.ones(30)
        padded = MetricValues(np.append(values, np.zeros(70)), np.append(weights, np.zeros(70)))
        assert estimate(padded, share=True) == estimate(MetricValues(values, weights), share=True)
    counts = rng.integers(1, 9, (30, 2))
    ratio = lambda sums: sums[..., 0] / sums[..., 1]  # noqa: E731
    both = [
        MetricValues(values, corpus=Corpus(each, ratio))
        for each in (counts, np.append(counts, np.zeros((70, 2)), 0))
    ]
    assert estimate(both[0]) == estimate(both[1])


def test_distinct_outcomes_are_counted_piece_by_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = np.random.default_rng(0).integers(0, 3, (500, 2)).astype(float)
    whole = resampled_sums(rows, 50)
    monkeypatch.setattr(statistics, "PIECE", 7)
    np.testing.assert_array_equal(resampled_sums(rows, 50), whole)
