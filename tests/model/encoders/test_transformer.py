"""What grows with the square of the positions is made row by row."""

from __future__ import annotations

import pytest
import torch

from ptrnet_suite.model.layers import relations
from tests.networks import SPECS, make_batch, make_model


@pytest.mark.parametrize("task", ["tour", "hull"])
@pytest.mark.parametrize("lengths", [[9, 9], [9, 6]])
@pytest.mark.parametrize("pairs", [1, 2 * 9 * 2, 2 * 9 * 4])
@torch.inference_mode()
def test_rows_one_after_the_other_are_as_all_at_once(monkeypatch, task, lengths, pairs):
    spec, _ = SPECS[task]
    model, batch = make_model(spec, encoder="transformer"), make_batch(spec, lengths)
    whole = model.encode(batch)
    monkeypatch.setattr(relations, "PAIRS_AT_ONCE", pairs)
    assert len(relations.row_blocks(batch.inputs)) > 1
    by_rows = model.encode(batch)
    torch.testing.assert_close(by_rows.memory.states, whole.memory.states)
    torch.testing.assert_close(by_rows.memory.summary, whole.memory.summary)
    if whole.relations is not None and whole.relations.unit is not None:
        assert torch.equal(by_rows.relations.unit, whole.relations.unit)
        torch.testing.assert_close(by_rows.relations.neighbours, whole.relations.neighbours)


def test_blocks_hold_every_row_once(monkeypatch):
    monkeypatch.setattr(relations, "PAIRS_AT_ONCE", 60)
    for positions in (0, 1, 3, 7, 100):
        blocks = relations.row_blocks(torch.zeros(2, positions, 2))
        rows = [row for block in blocks for row in range(positions)[block]]
        assert rows == list(range(positions))
