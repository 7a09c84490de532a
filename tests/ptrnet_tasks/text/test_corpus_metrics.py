"""BLEU and chrF against sacrebleu itself, on whole corpora and on resampled ones."""

from itertools import zip_longest

import numpy as np
import pytest
import sacrebleu
from hypothesis import given, settings
from hypothesis import strategies as st
from ptrnet_tasks.text.corpus_metrics import bleu, chrf
from ptrnet_tasks.text.task import Text

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.evaluation.report import measure
from ptrnet_suite.evaluation.statistics import corpus_estimate, estimate
from ptrnet_suite.task.metric import MetricValues

WORDS = ["the", "a", "dog", "cat", "sees", "runs", "quickly,", "Don't", "(now)", "Über", "."]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join)
CORPORA = st.lists(
    st.tuples(TEXTS, st.lists(TEXTS, min_size=1, max_size=3)), min_size=1, max_size=6
).map(lambda rows: ([row[0] for row in rows], [row[1] for row in rows]))
SETTINGS = settings(max_examples=60, deadline=None)


def streams(references: list[list[str]]) -> list[list[str]]:
    """As sacrebleu takes them: all first references, then all second ones."""
    return [list(stream) for stream in zip_longest(*references)]


def sentences(count: int, seed: int, kept: float) -> tuple[list[str], list[list[str]]]:
    """Random references, and answers that keep that share of their words."""
    rng = np.random.default_rng(seed)
    rows = [rng.choice(WORDS, rng.integers(3, 15)).tolist() for _ in range(count)]
    answers = [[word for word in row if rng.random() < kept] for row in rows]
    return [" ".join(row) for row in answers], [[" ".join(row)] for row in rows]


def value(score: MetricValues) -> float:
    assert score.corpus is not None
    return float(score.corpus.figure(score.corpus.counts.sum(0)))


@SETTINGS
@given(CORPORA, st.booleans())
def test_corpus_figures_are_sacrebleus_own(
    corpus: tuple[list[str], list[list[str]]], cased: bool
) -> None:
    answers, references = corpus
    known = streams(references)
    expected = sacrebleu.corpus_bleu(answers, known, lowercase=not cased).score
    assert value(bleu(answers, references, cased)) == pytest.approx(expected, rel=1e-9, abs=1e-9)
    expected = sacrebleu.CHRF(lowercase=not cased).corpus_score(answers, known).score
    assert value(chrf(answers, references, cased)) == pytest.approx(expected, rel=1e-9, abs=1e-9)


@SETTINGS
@given(CORPORA)
def test_an_answers_own_figure_is_sacrebleus_of_the_sentence(
    corpus: tuple[list[str], list[list[str]]],
) -> None:
    answers, references = corpus
    single = sacrebleu.BLEU(effective_order=True)
    own = zip(bleu(*corpus).values, chrf(*corpus).values, answers, references, strict=True)
    for ours, characters, answer, known in own:
        expected = single.sentence_score(answer, known).score
        assert ours == pytest.approx(expected, rel=1e-9, abs=1e-9)
        expected = sacrebleu.sentence_chrf(answer, known).score
        assert characters == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_a_resampled_figure_is_that_of_a_corpus_with_repeats() -> None:
    answers, references = sentences(40, seed=1, kept=0.8)
    drawn = np.random.default_rng(2).integers(0, 40, 40)
    again = [answers[place] for place in drawn], streams([references[place] for place in drawn])
    for ours, theirs in ((bleu, sacrebleu.corpus_bleu), (chrf, sacrebleu.corpus_chrf)):
        score = ours(answers, references).subset(drawn)
        assert value(score) == pytest.approx(theirs(*again).score, rel=1e-9)


def test_the_interval_is_that_of_sacrebleus_own_bootstrap() -> None:
    answers, references = sentences(300, seed=3, kept=0.8)
    theirs = sacrebleu.BLEU().corpus_score(answers, streams(references), n_bootstrap=2000)
    ours = estimate(bleu(answers, references), resamples=4000)
    middle, half = (ours.low + ours.high) / 2, (ours.high - ours.low) / 2
    assert ours.value == pytest.approx(theirs.score)
    assert half == pytest.approx(theirs._ci, rel=0.1)
    assert middle == pytest.approx(theirs._mean, abs=0.2 * half)
    assert ours.low < ours.value < ours.high


def test_a_corpus_of_nothing_has_no_figure() -> None:
    for figure in (bleu, chrf):
        score = figure([], [])
        assert score.corpus is not None
        assert np.isnan(corpus_estimate(score.corpus)).all()


def test_the_signature_names_version_references_and_case() -> None:
    answers, references = ["A dog runs .", "now"], [["a dog runs .", "it runs"], ["now"]]
    told = bleu(answers, references, cased=False).signature
    assert told == f"nrefs:var|case:lc|eff:no|tok:13a|smooth:exp|version:{sacrebleu.__version__}"
    assert "nrefs:1|case:mixed|eff:yes|nc:6" in str(chrf(answers, [["a"], ["b"]]).signature)


def test_sentences_of_files_are_scored_in_the_tasks_case() -> None:
    references = [["The dog runs quickly, now ."], ["A cat sees the dog .", "the cat sees a dog ."]]
    answers = ["the dog runs quickly, now .", "A cat sees a dog ."]
    instances = Instances(["x", "y"], references)
    for case, lowercase in (("keep", False), ("lower", True)):
        task = Text("files", case=case)  # type: ignore[arg-type]
        found = measure(task, task.evaluate(instances, answers))
        expected = sacrebleu.corpus_bleu(answers, streams(references), lowercase=lowercase).score
        assert found["bleu"].estimate.value == pytest.approx(expected, rel=1e-9)
        assert 0 < expected <= 100
        told = found["bleu"].to_json()["signature"]
        assert f"case:{'lc' if lowercase else 'mixed'}" in told
        assert next(iter(found)) == "wer"


def test_letters_and_phones_have_no_bleu() -> None:
    assert not {"bleu", "chrf"} & {metric.name for metric in Text("g2p").metrics}
    assert not {"bleu", "chrf"} & {metric.name for metric in Text("reverse").metrics}


def test_what_is_counted_of_nothing_has_the_columns_of_what_is_counted_of_something() -> None:
    for figure in (bleu, chrf):
        some, none = figure(["a b"], [["a c"]]).corpus, figure([], []).corpus
        assert some is not None
        assert none is not None
        assert none.counts.shape == (0, some.counts.shape[1])
        assert float(none.figure(none.counts.sum(0))) == 0
