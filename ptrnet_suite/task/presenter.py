"""What a task shows people of its answers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class AttentionTrace(NamedTuple):
    """The last look at the memory before each choice, and where a pointer then points.

    weights: `(heads, steps, positions)`, of a pointer without attention where it points, as one
    head; centres: `(steps,)`, the middles of a local alignment's windows, or None; window:
    positions to either side of a centre. pointed: `(steps, positions)`, how probable each position
    is as the next choice, None unless choices are positions; what is left of 1 is END's.
    """

    weights: np.ndarray
    centres: np.ndarray | None
    window: int | None
    pointed: np.ndarray | None = None
