"""What is answered and scored stretch by stretch has the figures of one pass, to the last digit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ptrnet_tasks.convex_hull.task import ConvexHullTask
from ptrnet_tasks.sorting.task import Sorting
from ptrnet_tasks.text.task import Text
from ptrnet_tasks.tsp.task import TravellingSalesman

from ptrnet_suite.data.concatenation import merged
from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.evaluation import decode
from ptrnet_suite.evaluation.answerer import Answerer, SolverAnswerer, answer, find_solver
from ptrnet_suite.evaluation.model_answerer import ModelAnswerer, Share, only
from ptrnet_suite.evaluation.report import RunSettings
from ptrnet_suite.evaluation.scoring import score, with_reference
from ptrnet_suite.evaluation.stretches import References, evaluate_by_stretches
from ptrnet_suite.model.checkpoint import Checkpoint
from ptrnet_suite.task.base import Task
from tests.networks import make_model

SORTING, HULL, TSP = Sorting(), ConvexHullTask(), TravellingSalesman()
LETTERS = list("abcdefgh")
TEXT = Text("reverse", LETTERS, LETTERS)
WORDS = ["red", "green", "blue", "grey", "pink"]


def checkpoint(task: Task, seed: int = 0) -> Checkpoint:
    recurrent = ("lstm", "lstm") if task.spec.inputs == "tokens" else ()
    model = make_model(task.spec, *recurrent, seed=seed)
    return Checkpoint(model, task, {}, Path("one"), f"seed {seed}", "sum", 10)


def mixed(sizes: Sequence[int], columns: int, seed: int = 0) -> Instances:
    rng = np.random.default_rng(seed)
    return Instances([rng.random((size, columns)) for size in sizes])


def figures(report: Any) -> dict[str, Any]:
    """All that a report tells but the time."""
    content = report.to_json()
    return {name: content[name] for name in content if "second" not in name}


def check(answerer: Answerer, parts: Sequence[Instances], most: int, ahead: bool = False) -> Any:
    """The figures by stretches, held against those of one pass over all; whether they are made
    `ahead` of the answers is tried both ways where that is asked for.
    """
    task, whole, settings = answerer.task, merged(parts), RunSettings(3)
    answered = answer(answerer, whole, warm_up=True)
    expected = score(answerer, [with_reference(task, part) for part in parts], answered, settings)
    told: list[int] = []
    references = References(task, parts, len(whole) if ahead else 0)
    found = evaluate_by_stretches(answerer, whole, references, settings, told.append, most)
    assert figures(found) == figures(expected)
    assert sum(told) == len(whole) == found.count
    assert set(found.scores) == set(expected.scores)
    for name, values in expected.scores.items():
        np.testing.assert_array_equal(found.scores[name].values, values.values)
    assert not found.answers
    return found


@pytest.mark.parametrize("search", ["greedy", "sample:3"])
@pytest.mark.parametrize("most", [1, 7, 1000])
def test_orders_of_numbers(search: str, most: int) -> None:
    instances = mixed(np.random.default_rng(0).integers(2, 9, 40).tolist(), 1)
    answerer = ModelAnswerer(only(checkpoint(SORTING), instances), search, 4)
    check(answerer, [instances], most)


@pytest.mark.parametrize("most", [5, 12])
def test_hulls_fail_where_all_of_them_do(most: int) -> None:
    """An untrained model draws polygons that cross themselves; solved ones are among them."""
    parts = [mixed([5, 30, 12, 9, 5], 2), HULL.label(mixed([20, 3, 11], 2, 1)), mixed([7] * 4, 2)]
    answerer = ModelAnswerer(only(checkpoint(HULL), merged(parts)), "sample:2", 3)
    report = check(answerer, parts, most)
    assert report.metrics["area_ratio"].failure


@pytest.mark.parametrize(("wrong", "fails"), [(2, False), (3, True)])
def test_a_failure_is_that_of_all_and_not_of_a_stretch(wrong: int, fails: bool) -> None:
    """2 of 200 polygons are 1 %, but more of the 64 that are scored together."""

    def solve(part: Instances) -> list[np.ndarray]:
        crossed = [np.array([0, 2, 1, 3]), np.array([0, 1, 2, 3])]
        return [crossed[int(points[0, 0] >= 0)] for points in part.inputs]

    square = np.array([[0.0, 0], [1, 0], [1, 1], [0, 1]])
    first = np.arange(200) < wrong
    inputs = np.where(first[:, None, None], square - 2, square)
    solver = find_solver(HULL, "scipy") if "scipy" in HULL.references() else None
    assert solver is not None
    drawn = SolverAnswerer(HULL, type(solver)("drawn", "for the test", solve))
    report = check(drawn, [Instances(inputs)], 64)
    assert bool(report.metrics["area_ratio"].failure) == fails


@pytest.mark.parametrize("search", ["sample:4", "multistart/greedy", "augment:2/sample:2"])
@pytest.mark.parametrize("ahead", [True, False])
def test_tours_by_two_models(search: str, ahead: bool) -> None:
    """Stretches know which of the models' random numbers are each instance's, and sizes that are
    solved exactly and those that are not are named together.
    """
    sizes = np.random.default_rng(1).choice([5, 6, 7, 13, 14], 24)
    instances = mixed(sizes.tolist(), 2)
    large = np.flatnonzero(sizes > 9)
    shares = [
        Share(checkpoint(TSP, 1), np.setdiff1d(np.arange(24), large)),
        Share(checkpoint(TSP, 2), large),
    ]
    report = check(ModelAnswerer(shares, search, seed=5), [instances], 5, ahead)
    assert report.metrics["gap"].reference == "exact and fast-tsp"


def test_texts_and_their_perplexity() -> None:
    """BLEU of a corpus, whose signature tells of one or of several references, and perplexity."""
    rng = np.random.default_rng(2)
    texts = ["".join(rng.choice(LETTERS, size)) for size in rng.integers(1, 7, 30)]
    model = ModelAnswerer(only(checkpoint(TEXT), Instances(texts)), "sample:2", 4)
    report = check(model, [Instances(texts)], 6)
    assert {"perplexity", "exact"} <= set(report.metrics)

    words = Text("files", WORDS, WORDS)
    lines = [" ".join(rng.choice(WORDS, size)) for size in rng.integers(2, 7, 30)]
    known = [[line] if index % 3 else [line, "red"] for index, line in enumerate(lines)]
    pairs = Instances(lines, known)
    several = ModelAnswerer(only(checkpoint(words), pairs), "greedy", 4)
    assert "nrefs:var" in str(check(several, [pairs], 6).metrics["bleu"].signature)


def test_solvers_and_what_nobody_can_score() -> None:
    numbers = mixed([3, 4, 2] * 50, 1)
    check(SolverAnswerer(SORTING, find_solver(SORTING, "numpy")), [numbers], 64)
    unknown = Text("files", WORDS, WORDS)
    nothing = Instances(["red blue"] * 3)
    answerer = ModelAnswerer(only(checkpoint(unknown), nothing))
    with pytest.raises(InputError, match="no targets"):
        check(answerer, [nothing], 2)
    with pytest.raises(InputError, match="no targets"):
        evaluate_by_stretches(answerer, nothing, References(unknown, [nothing]), RunSettings())


def test_the_same_instances_are_decoded_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a start at each city, the largest of all tours says how many fit into a batch."""
    batches: list[list[tuple[int, int]]] = []

    def watched(model: object, count: int, size: int, search: object) -> None:
        batches[-1].append((count, size))

    monkeypatch.setattr(decode, "_check_room", watched)
    instances = mixed([4] * 100 + [30, 30], 2)
    answerer = ModelAnswerer(only(checkpoint(TSP), instances), "multistart/greedy")
    for most in (1000, 40):
        batches.append([])
        for chosen in answerer.stretches(instances, most):
            answerer.hypotheses(instances, chosen=chosen)
    batches.append([])
    answerer.hypotheses(instances)
    assert batches[0] == batches[1] == batches[2] == [(34, 4), (34, 4), (34, 30)]


@pytest.mark.parametrize("task", [SORTING, HULL])
def test_labels_of_many_are_made_for_a_stretch_alone(
    task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    labelled: list[int] = []
    label = type(task).label

    def watched(self: Task, instances: Instances) -> Instances:
        labelled.append(len(instances))
        return label(self, instances)

    monkeypatch.setattr(type(task), "label", watched)
    instances = mixed([5] * 30, task.spec.features)
    answerer = ModelAnswerer(only(checkpoint(task), instances), "greedy", 5)
    evaluate_by_stretches(answerer, instances, References(task, [instances], 29), RunSettings(),
                          most=10)  # fmt: skip
    assert labelled == [10, 10, 10]
    References(task, [instances], 30)
    assert labelled[3:] == [30]
