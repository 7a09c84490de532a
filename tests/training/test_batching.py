"""Which instances share a batch."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ptrnet_suite.training.batching import ByCount, ByTokens

LENGTHS = st.lists(st.tuples(st.integers(1, 30), st.integers(0, 30)), min_size=1, max_size=80).map(
    np.array
)


@given(LENGTHS, st.integers(60, 200), st.integers(0, 3))
def test_batches_of_tokens_hold_every_instance_once_and_no_more_than_fits(
    lengths: np.ndarray, most: int, seed: int
) -> None:
    batching = ByTokens(lengths, most)
    found = batching.epoch(np.random.default_rng(seed))
    assert len(found) == batching.per_epoch
    assert sorted(np.concatenate(found).tolist()) == [*range(len(lengths))]
    for batch in found:
        assert len(batch) * lengths[batch].max(0).sum() <= most
        longer = lengths[batch].max(1)
        assert longer.max() < max(longer.min() + 1, longer.min() * 1.1 + 1)


@given(LENGTHS, st.integers(1, 20))
def test_batches_by_count_hold_every_instance_once(lengths: np.ndarray, count: int) -> None:
    batching = ByCount(lengths[:, 0], count)
    found = batching.epoch(np.random.default_rng(0))
    assert len(found) == batching.per_epoch
    assert sorted(np.concatenate(found).tolist()) == [*range(len(lengths))]
    assert sorted(map(len, found))[1:] == [count] * (len(found) - 1)


def test_like_lengths_share_batches_that_are_nearly_full() -> None:
    rng = np.random.default_rng(0)
    source = rng.poisson(15, 20_000) + 1
    lengths = np.stack([source, np.maximum(1, source + rng.integers(-3, 4, 20_000))], 1)
    found = ByTokens(lengths, 4096).epoch(rng)
    padded = [len(batch) * lengths[batch].max(0).sum() for batch in found]
    assert lengths.sum() / sum(padded) > 0.85
    assert np.median(padded) > 0.9 * 4096
    assert max(map(len, found)) > 2 * min(map(len, found))
