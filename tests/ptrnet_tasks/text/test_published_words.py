"""A shipped model on all 12,000 test words of the published CMUdict split, against the papers."""

from __future__ import annotations

from pathlib import Path

import pytest

from ptrnet_suite.evaluation.decode import solve_instances
from ptrnet_suite.model.checkpoint import find_checkpoint, load_checkpoint
from ptrnet_suite.search.sampling import Greedy

WORDS = Path(__file__).parents[4] / "shared/data/text/cmudict/g014b2b.test"
SMALL = 8_000_000
"""Bytes."""


@pytest.mark.skipif(not WORDS.is_file(), reason=f"the published test words are not at {WORDS}")
def test_one_small_model_makes_no_more_mistakes_than_the_papers_bi_lstms() -> None:
    checkpoint = load_checkpoint("g2p_transformer")
    words = checkpoint.task.formats.read(WORDS)
    answers = solve_instances(checkpoint.model, checkpoint.task, words, Greedy())
    scores = checkpoint.task.evaluate(words, answers)
    phones, whole = scores["per"], scores["wer"].values
    assert phones.weights is not None
    assert len(whole) == 12_000
    assert whole.mean() <= 0.235  # Yao & Zweig 2015, bi-LSTM: 23.55 %
    assert phones.values.sum() / phones.weights.sum() <= 0.0545  # the same: 5.45 %
    assert find_checkpoint("g2p_transformer").stat().st_size <= SMALL
