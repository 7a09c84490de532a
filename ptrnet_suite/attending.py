"""Where a model looks at its inputs while it writes an answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch

from ptrnet_suite.data import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.model import Seq2Seq
from ptrnet_suite.search.base import Search
from ptrnet_suite.task import Task


class Looks(NamedTuple):
    """The last look at the memory before each choice.

    weights: `(heads, steps, positions)`; centres: `(steps,)`, the middles of a local alignment's
    windows, or None; window: positions to either side of a centre.
    """

    weights: np.ndarray
    centres: np.ndarray | None
    window: int | None


@torch.inference_mode()
def looks_along(
    model: Seq2Seq, task: Task, instances: Instances, index: int, choices: Sequence[int]
) -> Looks:
    """Looks of `model` at instance `index` along `choices`, END included where it was chosen.

    Raises InputError for a decoder that does not look.
    """
    decoder = model.config.decoder
    batch = task.batch(instances.subset([index])).plain
    targets = torch.tensor([list(choices)])
    encoded = model.eval().encode(batch)
    allowed = task.constraint().along(batch, model.choices(encoded), targets)
    made = model.trace(encoded, targets, allowed)
    if made.weights is None:
        raise InputError(
            f"this {decoder.kind} decoder has attention {decoder.attention!r}, so there is none to "
            "draw; accepted are models that attend"
        )
    centres = None if made.centres is None else made.centres[0].float().numpy()
    window = None if centres is None else decoder.window
    return Looks(made.weights[0].float().numpy(), centres, window)


@torch.inference_mode()
def answered(
    model: Seq2Seq, task: Task, instances: Instances, index: int, search: Search
) -> tuple[np.ndarray, Looks]:
    """The best answer that `search` finds, `(steps,)` choices with END, and the looks along it."""
    batch = task.batch(instances.subset([index])).plain
    found = search(model.eval(), batch, task.constraint())
    choices = found.choices[0, 0, : int(found.lengths[0, 0])].numpy()
    return choices, looks_along(model, task, instances, index, choices.tolist())
