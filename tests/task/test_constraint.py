"""Which constraints can rule the answers of which specs."""

from __future__ import annotations

import re

import pytest

from ptrnet_suite.errors import InputError
from ptrnet_suite.task.constraint import Constraint, check_constraint
from ptrnet_suite.task.constraints import Permutation, Polygon, UntilEnd
from ptrnet_suite.task.registry import load_task, task_names
from ptrnet_suite.task.spec import Spec

POINTER = Spec("vectors", 2, "pointer")
ENDING = Spec("vectors", 2, "pointer", ends=True)
WORDS = Spec("tokens", 9, "vocabulary", choices=5, ends=True)


@pytest.mark.parametrize(
    ("constraint", "spec", "problem"),
    [
        (Permutation(), ENDING, "have END, and its constraint Permutation never lets one"),
        (Polygon(), POINTER, "have no END, and its constraint Polygon waits for one"),
        (UntilEnd(), POINTER, "have no END, and its constraint UntilEnd waits for one"),
        (Polygon(), WORDS, "Polygon is one of positions in the input, and its outputs are words"),
    ],
)
def test_a_pair_that_has_no_answers_is_refused(
    constraint: Constraint, spec: Spec, problem: str
) -> None:
    with pytest.raises(InputError, match=f"^the task mine cannot be: .*{re.escape(problem)}"):
        check_constraint(constraint, spec, "mine")


@pytest.mark.parametrize(
    ("constraint", "spec"),
    [
        (Permutation(), POINTER),
        (Permutation(fixed_start=True), POINTER),
        (Polygon(), ENDING),
        (UntilEnd(), ENDING),
        (UntilEnd(), WORDS),
    ],
)
def test_a_pair_that_has_answers_is_accepted(constraint: Constraint, spec: Spec) -> None:
    check_constraint(constraint, spec, "mine")


@pytest.mark.parametrize("name", task_names())
def test_every_task_has_a_constraint_that_fits(name: str) -> None:
    task = load_task(name)
    check_constraint(task.constraint(), task.spec, name)


@pytest.mark.parametrize(
    "given",
    [
        ("images", 8, "pointer"),
        ("tokens", 8, "pointer", 0, True, False, True),
        ("vectors", 2, "vocabulary", 5, True, False, True),
    ],
)
def test_a_spec_that_no_model_can_have_is_refused(given: tuple[object, ...]) -> None:
    with pytest.raises(InputError, match="cannot"):
        Spec(*given)  # type: ignore[arg-type]
