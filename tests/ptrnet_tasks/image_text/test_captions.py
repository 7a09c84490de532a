"""Captions count digits."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from ptrnet_tasks.image_text.captions import PLURAL, SINGULAR, caption_of

pytest.importorskip("sklearn", reason="the digits come with scikit-learn")


def test_a_caption_counts_every_kind_from_zeros_to_nines() -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        labels = rng.integers(10, size=rng.integers(1, 10))
        counts = Counter(labels.tolist())
        expected = ", ".join(
            f"{SINGULAR[counts[kind]]} {(SINGULAR if counts[kind] == 1 else PLURAL)[kind]}"
            for kind in sorted(counts)
        )
        assert caption_of(labels) == expected
    assert caption_of([7, 2, 7, 6, 6, 7]) == "one two, two sixes, three sevens"
