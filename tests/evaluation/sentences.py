"""Sentences of many lengths, and answers that leave out some words."""

from __future__ import annotations

import numpy as np
from ptrnet_tasks.text.task import Text

from ptrnet_suite.data.instances import Instances

SENTENCES = Text("files")

WORDS = ["a", "dog", "sees", "the", "cat", "."]


def some_text(count: int = 60) -> tuple[Instances, list[str]]:
    rng = np.random.default_rng(1)
    rows = [rng.choice(WORDS, size).tolist() for size in rng.integers(1, 12, count)]
    answers = [" ".join(word for word in row if rng.random() < 0.8) for row in rows]
    texts = [" ".join(row) for row in rows]
    return Instances(texts, [[text] for text in texts]), answers
