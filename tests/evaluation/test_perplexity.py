"""Perplexity against the probability of each known answer, taken alone and by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from ptrnet_tasks.sorting.task import Sorting
from ptrnet_tasks.text.task import Text

import ptrnet_suite.evaluation.perplexity as likelihood
from ptrnet_suite.data.instances import Instances
from ptrnet_suite.evaluation.perplexity import likelihood_scores, log_probabilities, perplexity
from ptrnet_suite.evaluation.report import measure
from tests.networks import make_model, score_of

TASK = Text("reverse", list("abcd"), list("abcd"))
STRINGS = TASK.label(Instances(["abc", "d", "bb", "dcbad", "a", "cabbd"]))


def model() -> torch.nn.Module:
    return make_model(TASK.spec, "lstm", "lstm")


def nats_alone(index: int) -> float:
    one = TASK.batch(STRINGS.subset([index]))
    assert one.targets is not None
    return -score_of(model(), one, TASK.constraint(), one.targets[0].tolist())  # type: ignore[arg-type]


@pytest.mark.parametrize("together", [1, 2, 100])
@pytest.mark.parametrize("held", [1, 2**24])
def test_perplexity_is_that_of_all_known_tokens_with_their_ends(
    together: int, held: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(likelihood, "MAX_SCORES", held)
    score = perplexity(model(), TASK, STRINGS, together)  # type: ignore[arg-type]
    nats = [nats_alone(index) for index in range(len(STRINGS))]
    tokens = [len(text) + 1 for text in STRINGS.inputs]
    expected = math.exp(sum(nats) / sum(tokens))
    found = measure(TASK, {"perplexity": score})["perplexity"].estimate
    assert found.value == pytest.approx(expected, rel=1e-4)
    assert found.low < found.value < found.high
    alone = [math.exp(one / count) for one, count in zip(nats, tokens, strict=True)]
    assert score.values == pytest.approx(np.array(alone), rel=1e-4)


@pytest.mark.parametrize("together", [1, 3, None])
def test_log_probabilities_are_those_of_each_answer_alone(together: int | None) -> None:
    expected = [-nats_alone(index) for index in range(len(STRINGS))]
    found = log_probabilities(model(), TASK, STRINGS, together)  # type: ignore[arg-type]
    assert found == pytest.approx(np.array(expected), abs=1e-3)


def test_what_the_constraint_forbids_has_no_probability() -> None:
    task = Sorting()
    twice = Instances(np.array([[[0.3], [0.1]]] * 2), np.array([[1, 0], [1, 1]]))
    found = log_probabilities(make_model(task.spec), task, twice)
    assert np.isfinite(found).tolist() == [True, False]


def test_a_model_that_knows_nothing_is_as_perplexed_as_it_has_choices() -> None:
    unsure = model()
    with torch.no_grad():
        for name, weight in unsure.named_parameters():
            if name.startswith("head"):
                weight.zero_()
    score = perplexity(unsure, TASK, STRINGS)  # type: ignore[arg-type]
    assert score.values == pytest.approx(np.full(len(STRINGS), 5.0))


def test_only_vocabularies_with_known_answers_have_one() -> None:
    unknown = Instances(["abc"])
    assert likelihood_scores(model(), TASK, unknown) == {}  # type: ignore[arg-type]
    sorting = Sorting()
    numbers = sorting.label(sorting.generate(4, 3, 0))
    assert likelihood_scores(make_model(sorting.spec), sorting, numbers) == {}
