"""Answers as a solver gives them, and as it is given them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import torch

from ptrnet_suite.data.batch import END, Batch
from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.evaluation.decode import ScoredChoices
from ptrnet_suite.task.base import Task
from ptrnet_suite.task.constraint import Constraint

UNREADABLE = (AttributeError, IndexError, KeyError, RuntimeError, TypeError, ValueError)
"""What a task's batch may raise for an answer that is none of its own."""


@final
@dataclass(frozen=True, eq=False)
class Solution:
    """One of several answers to a problem.

    answer: as `Solver.solve` gives it. log_probability: the model's own, in nats. choices:
    `(length,)`, what the model chose, without END.
    """

    answer: Any
    log_probability: float
    choices: np.ndarray


def solutions_of(
    task: Task, instances: Instances, decoded: Sequence[Sequence[ScoredChoices]]
) -> list[list[Solution]]:
    """What several answers of each instance mean, in the same order."""
    indices = [index for index, several in enumerate(decoded) for _ in several]
    scored = [each for several in decoded for each in several]
    answers = iter(task.answers(instances.subset(indices), [each.choices for each in scored]))
    return [
        [Solution(next(answers), each.log_probability, each.choices) for each in several]
        for several in decoded
    ]


def with_answers(task: Task, instances: Instances, answers: Sequence[Any]) -> Instances:
    """The instances with answers, as `Solver.solve` gives them, in place of their solutions.

    Raises InputError for one that the task's constraint does not allow, or cannot be read.
    """
    # A text has as its solution a list of accepted ones.
    solutions = [[answer] if isinstance(answer, str) else _plain(answer) for answer in answers]
    for index, (answer, solution) in enumerate(zip(answers, solutions, strict=True)):
        single = instances.subset([index])
        about = f"{_shortened(answer)} is no answer of {task.name}"
        if len(answers) > 1:
            about = f"answer {index + 1}, {about}"
        if task.spec.outputs == "pointer":
            _check_positions(task, single, solution, about)
        try:
            task.batch(single.with_solutions([solution]))
        except InputError as error:
            raise InputError(f"{about}: {error}") from error
        except UNREADABLE as error:
            raise InputError(f"{about}; accepted is what solve gives") from error
    return instances.with_solutions(solutions)


def _plain(answer: Any) -> Any:
    """Numbers as an array, of int64 where they are whole; anything else as it is."""
    if isinstance(answer, torch.Tensor):
        answer = answer.detach().cpu().numpy()
    try:
        array = np.asarray(answer)
    except (ValueError, TypeError):
        return answer
    if array.dtype.kind not in "iuf":
        return answer
    return array.astype(np.int64) if bool((array == np.round(array)).all()) else array


def _check_positions(task: Task, one: Instances, answer: Any, about: str) -> None:
    """Raises InputError where positions, one after the other, are not what may be chosen."""
    if not isinstance(answer, np.ndarray) or answer.ndim != 1:
        return  # A form of the task's own, which its batch must know.
    if answer.dtype.kind == "f":
        raise InputError(f"{about}: positions are whole numbers")
    batch, constraint = task.batch(one), task.constraint()
    size = batch.inputs.shape[1]
    outside = answer[(answer < 0) | (answer >= size)]
    if len(outside):
        raise InputError(f"{about}: position {outside[0]} is none of 0 to {size - 1}")
    choices = [*(answer + int(constraint.ends)).tolist(), *([END] if constraint.ends else [])]
    if _is_target(task, one, answer):
        return
    allowed = _allowed_steps(constraint, batch, batch.inputs.shape[1] + constraint.ends, choices)
    if allowed is None:
        raise InputError(f"{about}: it stops before it is complete")
    if allowed < len(answer):
        raise InputError(f"{about}: position {answer[allowed]} may not follow there")
    if allowed < len(choices):
        raise InputError(f"{about}: it may not end there")


def _is_target(task: Task, one: Instances, answer: np.ndarray) -> bool:
    """Whether the choices that a task makes of an answer are allowed, whatever the answer looks
    like: a path is chosen as the tour that it makes with one edge more.
    """
    if task.spec.ends or len(np.unique(answer)) < len(answer):
        return False
    try:
        batch = task.batch(one.with_solutions([answer]))
    except (InputError, *UNREADABLE):
        return False
    if batch.targets is None or batch.targets.shape != (1, len(answer)):
        return False
    made = batch.targets[0].tolist()
    return _allowed_steps(task.constraint(), batch, batch.inputs.shape[1], made) == len(made)


def _allowed_steps(
    constraint: Constraint, batch: Batch, count: int, choices: Sequence[int]
) -> int | None:
    """How many of the choices are allowed one after the other; None where more must follow.

    The first may be any from which an equal answer begins, such as a tour's from another city.
    """
    state = constraint.start(batch, count)
    for step, choice in enumerate(choices):
        allowed = constraint.allowed(state) if step else constraint.starts(batch, count)
        if bool(state.ended) or not bool(allowed[0, choice]):
            return step
        state = constraint.advance(state, torch.tensor([choice]))
    return len(choices) if bool(state.ended) else None


def _shortened(answer: Any, most: int = 60) -> str:
    """The answer in one line."""
    if isinstance(answer, np.ndarray | torch.Tensor):
        answer = answer.tolist()
    text = repr(answer)
    return text if len(text) <= most else f"{text[: most - 4]} ..."
