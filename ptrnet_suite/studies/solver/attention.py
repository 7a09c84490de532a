"""Where a model looks and points while it answers, as arrays and for pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np

from ptrnet_suite.evaluation.attention_trace import TracedAnswer, answer_of, decode_with_trace
from ptrnet_suite.studies.solver.running import Run


@final
@dataclass(frozen=True, eq=False)
class AttentionMap:
    """Where a model looked, and where it pointed, before each choice of one answer.

    weights: `(heads, steps, positions)`, of the last look at the inputs; of a pointer that does
    not look, its probabilities as one head. pointer: `(steps, positions)`, how probable each
    position was as the next choice, None unless choices are positions; what is left of 1 is END's.
    centres: `(steps,)` middles of a local alignment's windows, and window: positions to either
    side of them; else None. positions, steps: names of the inputs and of the choices.
    """

    answer: Any
    weights: np.ndarray
    pointer: np.ndarray | None
    centres: np.ndarray | None
    window: int | None
    positions: tuple[str, ...]
    steps: tuple[str, ...]


def traced(run: Run, index: int) -> TracedAnswer:
    """The answer to one problem and the attention along it; raises InputError for an ensemble."""
    model, task, instances = run.checkpoint.network, run.task, run.instances
    return decode_with_trace(model, task, instances, index, run.search, run.generator)


def attention_map(run: Run, index: int) -> AttentionMap:
    """The same with the names of what was looked at and chosen."""
    choices, trace = traced(run, index)
    positions, steps = run.task.presenter.positions_and_steps(
        run.task.by_position(run.instances), index, choices
    )
    return AttentionMap(
        answer_of(run.task, run.instances, index, choices),
        trace.weights,
        trace.pointed,
        trace.centres,
        trace.window,
        tuple(positions),
        tuple(steps),
    )
