"""Where a model looks at its inputs while it writes an answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, final

import numpy as np
import torch
from torch import Generator

from ptrnet_suite.data.batch import END
from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.evaluation.decode import decode_instances
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.search.base import Search
from ptrnet_suite.task.base import Task
from ptrnet_suite.task.presenter import AttentionTrace


@final
class TracedAnswer(NamedTuple):
    """The `choices (steps,)` that made an answer, END included of a pointer, and the trace."""

    choices: np.ndarray
    trace: AttentionTrace


@torch.inference_mode()
def trace_along(
    model: Seq2Seq, task: Task, instances: Instances, index: int, choices: Sequence[int]
) -> AttentionTrace:
    """Attention of `model` to instance `index` along `choices`, END included where it was chosen.

    Raises InputError for a decoder that does not look and does not point.
    """
    decoder, device = model.config.decoder, next(model.parameters()).device
    batch = task.batch(instances.subset([index])).without_targets.to(device)
    targets = torch.tensor([list(choices)], device=device)
    encoded = model.eval().encode(batch)
    allowed = task.constraint().masks_along(batch, model.num_choices(encoded), targets)
    made = model.trace(encoded, targets, allowed)
    pointed = None
    if task.spec.outputs == "pointer":
        pointed = made.log_probabilities[0, :, int(task.spec.ends) :].exp().cpu().numpy()
    if made.weights is not None:
        weights = made.weights[0].float().cpu().numpy()
    elif pointed is not None:
        weights = pointed[None]
    else:
        raise InputError(
            f"this {decoder.kind} decoder has attention {decoder.attention!r}, so there is none to "
            "draw; accepted are models that attend"
        )
    centres = None if made.centres is None else made.centres[0].float().cpu().numpy()
    return AttentionTrace(weights, centres, None if centres is None else decoder.window, pointed)


def decode_with_trace(
    model: Seq2Seq,
    task: Task,
    instances: Instances,
    index: int,
    search: Search,
    generator: Generator | None = None,
) -> TracedAnswer:
    """The best answer that `search` finds to instance `index`, and the attention along it.

    Raises InputError as `trace_along`.
    """
    single = instances.subset([index])
    choices = decode_instances(model, task, single, search, generator=generator)[0].choices
    if _can_end(task):
        choices = np.append(choices, END)
    return TracedAnswer(choices, trace_along(model, task, instances, index, choices.tolist()))


def answer_of(task: Task, instances: Instances, index: int, choices: np.ndarray) -> Any:
    """What the choices of `decode_with_trace` mean, as `Task.answers` tells it."""
    said = choices[:-1] if _can_end(task) else choices
    return task.answers(instances.subset([index]), [said])[0]


def _can_end(task: Task) -> bool:
    return task.spec.outputs == "pointer" and task.spec.ends
