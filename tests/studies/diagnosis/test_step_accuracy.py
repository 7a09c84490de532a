"""Accuracy of every step after known and after own choices."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import Levenshtein

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.studies.diagnosis.step_accuracy import StepAccuracy, continues, step_accuracy
from ptrnet_suite.task.registry import load_task
from tests.networks import make_model
from tests.studies.diagnosis.markov import Markov, checkpoint_of, line

KNOWN = "pqrs"
PERFECT = line(KNOWN)
WORDS = st.lists(st.integers(1, 3), max_size=5)


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
