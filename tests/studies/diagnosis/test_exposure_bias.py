"""Known and own prefixes: models whose drift is known by construction, and brute force."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.studies.diagnosis.exposure_bias import FIGURES, ExposureBias, diagnose_exposure
from ptrnet_suite.studies.diagnosis.step_accuracy import StepAccuracy, continues, step_accuracy
from ptrnet_suite.task.registry import load_task
from tests.networks import make_model
from tests.studies.diagnosis.markov import Markov, checkpoint_of, line

KNOWN = "pqrs"
ASTRAY = {**line(KNOWN, "x"), "x": {"x": 1.0}}
RECOVERS = {**line(KNOWN, "x"), "x": {"q": 1.0}}
INSERTS = {**line(KNOWN, "x"), "x": {"p": 1.0}}
DELETES = line(KNOWN, "q")
PERFECT = line(KNOWN)


def exposed(chain: dict[str, dict[str, float]], count: int = 30) -> ExposureBias:
    instances = Instances([letter * 4 for letter in "a" * count], [[KNOWN]] * count)
    return diagnose_exposure(checkpoint_of(Markov({"a": chain})), "made", instances)


@pytest.mark.parametrize(
    ("chain", "expected"),
    [
        # Four letters and the end: five choices.
        (PERFECT, {"known_prefix": 1, "own_prefix": 1, "drift": 0, "drift_in_place": 0}),
        (ASTRAY, {"known_prefix": 4 / 5, "own_prefix": 0, "drift": 4 / 5, "drift_in_place": 4 / 5}),
        (RECOVERS, {"known_prefix": 4 / 5, "own_prefix": 4 / 5, "drift": 0, "drift_in_place": 0}),
        (INSERTS, {"own_prefix": 4 / 5, "drift": 0, "own_in_place": 0, "drift_in_place": 4 / 5}),
        # It ends one choice early; that choice is missing, and counts in place alone.
        (DELETES, {"own_prefix": 3 / 4, "drift": 0, "own_in_place": 0, "drift_in_place": 4 / 5}),
        (ASTRAY, {"no_error_before": 0, "after_error": 0, "after_error_known_prefix": 1}),
        (INSERTS, {"after_error": 1, "edit_rate": 1 / 4, "without_error": 0}),
        (DELETES, {"after_error": 1, "edit_rate": 1 / 4, "without_error": 0}),
        (PERFECT, {"edit_rate": 0, "without_error": 1}),
    ],
)
def test_drift_is_what_the_model_was_made_to_have(chain, expected) -> None:
    figures = exposed(chain).figures()
    assert set(figures) == set(FIGURES)
    assert {name: figures[name].value for name in expected} == pytest.approx(expected)
    for found in figures.values():
        assert np.isnan(found.value) or found.low <= found.value <= found.high


def test_no_error_leaves_nothing_to_say_of_what_comes_after_one() -> None:
    told = exposed(PERFECT).to_json()["metrics"]
    assert told["after_error"]["value"] is None
    assert told["drift"]["low"] < 0 < told["drift"]["high"]


def test_the_drift_of_two_kinds_of_inputs_is_their_mean_and_grows_step_by_step() -> None:
    chains = {"a": PERFECT, "b": ASTRAY}
    instances = Instances(["aaaa", "bbbb"] * 60, [[KNOWN]] * 120)
    exposure = diagnose_exposure(checkpoint_of(Markov(chains)), "made", instances)
    drift = exposure.figures()["drift"]
    assert drift.value == pytest.approx(0.4)
    assert 0.3 < drift.low < 0.4 < drift.high < 0.5
    steps = exposure.steps()
    assert [step.step for step in steps] == [1, 2, 3, 4, 5]
    # The first choice has no prefix yet.
    assert [step.drift.value for step in steps] == pytest.approx([0, 0.5, 0.5, 0.5, 0.5])
    assert [step.known_prefix.value for step in steps] == pytest.approx([0.5, 1, 1, 1, 1])


def test_steps_that_few_instances_have_are_left_out() -> None:
    long = [["pqrs"]] * 4 + [["pq"]] * 96
    instances = Instances(["aaaa"] * 100, long)
    exposure = diagnose_exposure(checkpoint_of(Markov({"a": PERFECT})), "made", instances)
    assert [step.step for step in exposure.steps()] == [1, 2, 3]
    assert [step.instances for step in exposure.steps()] == [100, 100, 100]


def test_of_several_references_the_nearest_to_the_models_own_answer_counts() -> None:
    told = [["xy", "pqrt", KNOWN, "qq"]] * 3 + [["xy"]]
    instances = Instances(["aaaa"] * 4, told)
    made = checkpoint_of(Markov({"a": PERFECT}))
    accuracy = step_accuracy(made.model, made.task, instances)
    assert accuracy.in_place.sum(1).tolist() == [5, 5, 5, 0]
    assert accuracy.edits.tolist() == [0, 0, 0, 4]


def test_nearest_is_by_edits_before_it_is_by_what_is_followed_first() -> None:
    # The model's pqrs leaves ptuv last, yet xqrs is one edit away.
    instances = Instances(["aaaa"], [["ptuv", "xqrs"]])
    made = checkpoint_of(Markov({"a": PERFECT}))
    accuracy = step_accuracy(made.model, made.task, instances)
    assert accuracy.in_place.tolist() == [[False, True, True, True, True]]
    assert accuracy.edits.tolist() == [1]


def turned(task_name: str, instances: Instances) -> Instances:
    """Solutions that mean the same: tours backwards, hulls from another corner on."""
    if task_name == "tsp":
        return instances.with_solutions([np.asarray(tour)[::-1] for tour in instances.solutions])
    return instances.with_solutions([np.roll(hull, 1) for hull in instances.solutions])


@pytest.mark.parametrize("name", ["tsp", "convex_hull"])
def test_how_a_closed_curve_is_told_changes_nothing(name: str) -> None:
    task = load_task(name)
    model = make_model(task.spec, seed=5)
    instances = task.label(task.generate(7, 40, 4))
    one, other = (step_accuracy(model, task, part) for part in (instances, turned(name, instances)))
    for field in ("counted", "known", "in_place", "own_counted", "continued", "edits"):
        assert np.array_equal(getattr(one, field), getattr(other, field))


def some(name: str) -> tuple[StepAccuracy, Instances]:
    task = load_task(name)
    model = make_model(task.spec, "gru", seed=2)
    inputs = [task.generate(size, 1, size).inputs[0] for size in (4, 9, 6, 5, 8, 7) * 5]
    instances = task.label(Instances(inputs))
    return step_accuracy(model, task, instances, batch_size=7), instances


@pytest.mark.parametrize("name", ["tsp", "convex_hull", "sorting", "text"])
def test_until_the_first_error_both_prefixes_are_the_same(name: str) -> None:
    accuracy, instances = some(name)
    before = accuracy.counted & ~accuracy.erred
    assert before.any()
    assert (accuracy.known[before] == accuracy.in_place[before]).all()
    assert (accuracy.continued[before] == accuracy.in_place[before]).all()
    assert (accuracy.in_place <= accuracy.own_counted).all()
    assert (accuracy.continued <= accuracy.own_counted).all()
    assert (accuracy.own_counted <= accuracy.counted).all()
    assert len(accuracy.counted) == len(instances)


@pytest.mark.parametrize("name", ["tsp", "sorting"])
def test_choices_that_are_forced_do_not_count(name: str) -> None:
    accuracy, instances = some(name)
    free = instances.sizes() - 1 - (name == "tsp")
    assert accuracy.counted.sum(1).tolist() == free.tolist()


WORDS = st.lists(st.integers(1, 3), max_size=5)


def fewest(begun: list[int], known: list[int]) -> int:
    """Edits of the best completion of `begun`, whose rest is the end of `known`."""
    return min(Levenshtein.distance(begun, known[:end]) for end in range(len(known) + 1))


@settings(max_examples=60, deadline=None)
@given(WORDS, WORDS)
def test_a_choice_is_right_if_it_keeps_the_fewest_edits_within_reach(
    known: list[int], own: list[int]
) -> None:
    time = len(known) + 1
    targets, made = (torch.tensor([(word + [0] * 9)[:time]]) for word in (known, own))
    mask = torch.arange(time).unsqueeze(0) <= len(known)
    free = torch.ones(1, time, 4, dtype=torch.bool)
    found = continues(made, targets, mask, free)[0].tolist()
    for place in range(min(time, len(own) + 1)):
        begun = own[:place]
        choice = made[0, place].item()
        # The end gives up what could still be added.
        after = (
            Levenshtein.distance(begun, known) if choice == 0 else fewest([*begun, choice], known)
        )
        assert found[place] == (after == fewest(begun, known))


@settings(max_examples=30, deadline=None)
@given(st.permutations(range(5)), st.permutations(range(5)))
def test_a_position_that_was_taken_is_no_way_on(known: list[int], own: list[int]) -> None:
    targets, made = torch.tensor([known]), torch.tensor([own])
    taken = torch.nn.functional.one_hot(made, 5).cumsum(1).roll(1, 1)
    taken[:, 0] = 0
    mask = torch.ones(1, 5, dtype=torch.bool)
    found = continues(made, targets, mask, taken == 0)[0].tolist()
    for place in range(5):
        begun = own[:place]
        distances = {
            choice: Levenshtein.distance(begun, known[:end])
            for end, choice in enumerate(known)
            if choice not in begun
        }
        nearest = {one for one, far in distances.items() if far == min(distances.values())}
        assert found[place] == (own[place] in nearest)
    assert found[-1]
