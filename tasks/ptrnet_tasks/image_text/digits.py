"""The handwritten digits that come with scikit-learn, in parts that share no image.

They are the test part of the "optical recognition of handwritten digits" set (Alpaydin and Kaynak
1998): 1,797 images of 8x8 pixels by 13 writers. Who wrote which is not told. The parts are
contiguous in the file's order, so that a writer's digits are less often on both sides than in a
random split; some writers may still be.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from typing import NamedTuple, final

import numpy as np

from ptrnet_suite.errors import InputError

SIDE = 8
"""Pixels of a digit's side."""

PARTS = {"train": (0.0, 0.7), "valid": (0.7, 0.8), "test": (0.8, 1.0)}
"""Part -> the shares of the file between which it lies."""


@final
class Digits(NamedTuple):
    """Images `(count, 8, 8)` float32, 1 being full ink, and what each shows, `(count,)`."""

    images: np.ndarray
    labels: np.ndarray


def are_available() -> bool:
    """Whether scikit-learn is installed."""
    return find_spec("sklearn") is not None


@cache
def digits_of(part: str) -> Digits:
    """The digits of one of `PARTS`; raises InputError without scikit-learn."""
    if not are_available():
        raise InputError(
            "the task image_text needs scikit-learn for its digits, which is not installed; "
            "install it with: pip install 'ptrnet-suite[images]'"
        )
    from sklearn.datasets import load_digits

    scans = load_digits()
    first, last = (int(share * len(scans.images)) for share in PARTS[part])
    images = scans.images[first:last].astype(np.float32) / 16
    labels = scans.target[first:last].astype(np.int64)
    images.flags.writeable = labels.flags.writeable = False
    return Digits(images, labels)
