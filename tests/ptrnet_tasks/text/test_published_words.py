"""A shipped model on all 12,000 test words of the published CMUdict split, against the papers."""

from __future__ import annotations

from ptrnet_suite.evaluation.decode import solve_instances
from ptrnet_suite.model.checkpoint import find_checkpoint, load_checkpoint
from ptrnet_suite.search.sampling import Greedy
from tests.locations import SHARED, needs_data

WORDS = SHARED / "text/cmudict/g014b2b.test"
SMALL = 8_000_000
"""Bytes."""


@needs_data
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
