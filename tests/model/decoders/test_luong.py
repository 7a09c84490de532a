"""Luong's decoder against its paper."""

from __future__ import annotations

import itertools

import pytest
import torch

from ptrnet_suite.model.config import DecoderConfig
from tests.model.decoders.by_hand import (
    CELLS,
    LOOKS,
    assert_equals_its_paper,
    case_name,
    luong_by_hand,
)

CASES = [
    *(DecoderConfig(kind, layers, attention="none") for kind, layers in CELLS),
    *(
        DecoderConfig(kind, layers, input_feeding=fed, **look)
        for (kind, layers), fed, look in itertools.product(CELLS, [False, True], LOOKS)
    ),
    *(DecoderConfig(kind, layers, readout="maxout", **LOOKS[2]) for kind, layers in CELLS),
]


@pytest.mark.parametrize("config", CASES, ids=case_name)
@torch.inference_mode()
def test_a_decoder_equals_its_paper_in_one_pass_and_step_by_step(config: DecoderConfig) -> None:
    assert_equals_its_paper(config, luong_by_hand)
