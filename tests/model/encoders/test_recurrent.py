"""Inputs with gaps between them."""

from __future__ import annotations

import pytest
import torch

from tests.networks import SPECS, make_batch, make_model


@pytest.mark.parametrize("encoder", ["lstm", "gru forward", "transformer"])
@torch.inference_mode()
def test_what_is_masked_in_between_is_as_if_it_were_not_there(encoder: str) -> None:
    spec, constraint = SPECS["hull"]
    model, batch = make_model(spec, encoder=encoder), make_batch(spec, [7, 5])
    kept = torch.tensor([[0, 2, 3, 6], [1, 2, 4, 5]])
    mask = torch.zeros_like(batch.input_mask).scatter_(1, kept, True) & batch.input_mask
    gapped = batch._replace(inputs=batch.inputs + 9.0 * ~mask.unsqueeze(2), input_mask=mask)
    rows = torch.arange(2).unsqueeze(1)
    dense = batch._replace(inputs=batch.inputs[rows, kept], input_mask=mask[rows, kept])
    read, expected = model.encode(gapped).memory, model.encode(dense).memory
    assert torch.equal(read.mask, mask)
    torch.testing.assert_close(read.summary, expected.summary)
    torch.testing.assert_close(
        read.states[rows, kept] * dense.input_mask.unsqueeze(2),
        expected.states * dense.input_mask.unsqueeze(2),
    )
    targets = torch.tensor([[3, 1, 4, 0], [2, 1, 3, 0]])
    there = torch.where(targets > 0, kept.gather(1, (targets - 1).clamp_min(0)) + 1, 0)
    along = [
        model(each, made, constraint.masks_along(each, model.num_choices_of(each), made))
        for each, made in ((dense, targets), (gapped, there))
    ]
    picked = [
        scores.gather(2, made.unsqueeze(2))
        for scores, made in zip(along, (targets, there), strict=True)
    ]
    torch.testing.assert_close(*picked, atol=1e-5, rtol=1e-4)
