"""Sentences on standard error that whoever reads the answers should know, one line each."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ptrnet_suite.data.instances import Instances
    from ptrnet_suite.model.checkpoint import Checkpoint


def tell_notes(notes: Iterable[str]) -> None:
    """Prints notes beside the answers that they are about; an error has the line to itself."""
    for note in notes:
        print(f"note: {' '.join(note.split())}", file=sys.stderr)


def beyond_training(checkpoint: Checkpoint, instances: Instances) -> list[str]:
    """What to say of inputs of other sizes than those of training; nothing where there are none.

    An empty line has an empty answer whatever the model. Of images the record holds how many things
    they show, and not their widths.
    """
    trained = checkpoint.record.get("sizes")
    if not trained or checkpoint.task.spec.inputs == "images":
        return []
    low, high, sizes = trained[0], trained[-1], instances.sizes()
    other = sizes[((sizes < low) | (sizes > high)) & (sizes > 0)]
    if not len(other):
        return []
    theirs = _range(int(other.min()), int(other.max()))
    verb = "has" if len(other) == 1 else "have"
    which = "the input" if len(sizes) == 1 else f"{len(other):,} of {len(sizes):,} inputs"
    return [
        f"{which} {verb} a size ({theirs}) that {checkpoint.name} was not trained on "
        f"({_range(low, high)}); its answers may be worse there"
    ]


def _range(low: int, high: int) -> str:
    return str(low) if low == high else f"{low} to {high}"
