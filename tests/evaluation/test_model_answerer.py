"""Models as answerers: each instance by its checkpoint, in the order of the instances."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from ptrnet_tasks.text.task import Text
from ptrnet_tasks.tsp.task import TravellingSalesman

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.evaluation.answerer import answer
from ptrnet_suite.evaluation.decode import decode_n_best, solve_instances
from ptrnet_suite.evaluation.model_answerer import ModelAnswerer, Share, only
from ptrnet_suite.evaluation.report import RunSettings
from ptrnet_suite.evaluation.scoring import evaluate, score, with_reference
from ptrnet_suite.model.checkpoint import Checkpoint
from ptrnet_suite.search import learning
from ptrnet_suite.search.base import Problem
from ptrnet_suite.search.efficient_active_search import EfficientActiveSearch
from ptrnet_suite.search.spec import parse_search
from ptrnet_suite.search.wrappers import Augment
from ptrnet_suite.task.base import Task
from tests.networks import make_model

TSP = TravellingSalesman()
TEXT = Text("reverse", list("abcd"), list("abcd"))
STRINGS = TEXT.label(Instances(["abc", "d", "bb", "dcbad", "a", "cabbd"]))


def checkpoint(task: Task, name: str, seed: int) -> Checkpoint:
    recurrent = ("lstm", "lstm") if task is TEXT else ()
    model = make_model(task.spec, *recurrent, seed=seed)
    return Checkpoint(model, task, {}, Path(name), name, f"sum of {name}", 10 + seed)


def test_each_instance_is_answered_by_its_checkpoint_and_answers_keep_their_order() -> None:
    rng = np.random.default_rng(0)
    instances = Instances([rng.random((size, 2)) for size in (9, 5, 7, 5, 9)])
    small, large = checkpoint(TSP, "small", 1), checkpoint(TSP, "large", 2)
    shares = [Share(large, np.array([4, 0])), Share(small, np.array([1, 2, 3]))]
    told: list[int] = []
    answerer = ModelAnswerer(shares)
    answered = answer(answerer, instances, warm_up=True, progress=told.append)
    assert answered.warmed_up
    assert sum(told) == 5
    for share in shares:
        for index in share.indices:
            alone = instances.subset([index])
            expected = solve_instances(share.checkpoint.model, TSP, alone, parse_search("greedy"))
            np.testing.assert_array_equal(answered.best[index], expected[0])
    facts = answerer.facts.to_json()
    assert facts["checkpoint"] is None
    assert [(each["name"], each["count"]) for each in facts["checkpoints"]] == [
        ("large", 2), ("small", 3),
    ]  # fmt: skip
    assert answerer.label == "large and small, greedy"


def test_several_answers_come_with_the_models_log_probabilities() -> None:
    model = checkpoint(TEXT, "one", 1)
    answerer = ModelAnswerer(only(model, STRINGS), "beam:4")
    several = answer(answerer, STRINGS, n_best=3).hypotheses
    expected = decode_n_best(model.model, TEXT, STRINGS, parse_search("beam:4"), 3)
    assert {len(each) for each in several} == {3}
    for ours, theirs in zip(several, expected, strict=True):
        assert [each.log_probability for each in ours] == [each.log_probability for each in theirs]
        assert [each.answer for each in ours] == TEXT.answers(
            STRINGS.subset([0] * 3), [each.choices for each in theirs]
        )


def test_perplexity_of_shares_is_that_of_the_whole() -> None:
    model = checkpoint(TEXT, "one", 3)
    whole = evaluate(model, STRINGS).metrics
    shares = [Share(model, np.array([5, 1, 0])), Share(model, np.array([2, 4, 3]))]
    answerer = ModelAnswerer(shares)
    answered = answer(answerer, STRINGS)
    report = score(answerer, [with_reference(TEXT, STRINGS)], answered, RunSettings())
    assert set(report.metrics) == set(whole)
    for name, measured in report.metrics.items():
        assert measured.estimate.value == pytest.approx(whole[name].estimate.value)


def test_only_one_batch_of_greedy_answers_warms_up_what_learns() -> None:
    sizes: list[int] = []

    class Watched(EfficientActiveSearch):
        """Remembers whether it was asked."""

        def find(self, problem: Problem) -> learning.Hypotheses:
            sizes.append(problem.batch.size)
            return super().find(problem)

    instances = replace(TSP.generate(5, 3, 0))
    answerer = ModelAnswerer(only(checkpoint(TSP, "one", 0), instances))
    answerer.search = Augment(Watched(1), 2)
    torch.manual_seed(0)
    assert answerer.warm_up(instances)
    assert not sizes
