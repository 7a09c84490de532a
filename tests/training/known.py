"""A batch with known answers."""

from __future__ import annotations

import torch

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.task.constraint import Constraint
from tests.networks import SPECS, make_batch

ANSWERS = {
    "tour": ([[0, 2, 1, 3], [0, 2, 1, 0]], [4, 3]),
    "hull": ([[2, 1, 4, 3, 0], [3, 1, 2, 0, 0]], [5, 4]),
    "sorting": ([[2, 3, 1, 0], [1, 0, 2, 0]], [4, 3]),
    "text": ([[1, 3, 2, 0], [2, 0, 0, 0]], [4, 2]),
}


def known_batch(name: str) -> tuple[Batch, Constraint]:
    """Two instances of 4 and 3 inputs with known answers."""
    spec, constraint = SPECS[name]
    rows, lengths = ANSWERS[name]
    targets = torch.tensor(rows)
    mask = torch.arange(targets.shape[1]) < torch.tensor(lengths)[:, None]
    return make_batch(spec, [4, 3])._replace(targets=targets, target_mask=mask), constraint
