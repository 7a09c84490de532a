"""The transformer decoder against its paper."""

from __future__ import annotations

import itertools

import pytest
import torch

from ptrnet_suite.model.config import DecoderConfig
from tests.model.decoders.by_hand import assert_equals_its_paper, case_name, transformer_by_hand

CASES = [
    DecoderConfig("transformer", 2, 2, 2, alignment=alignment, window=window)  # type: ignore[arg-type]
    for alignment, window in itertools.product(["global", "local_m", "local_p"], [1, 2])
]


@pytest.mark.parametrize("config", CASES, ids=case_name)
@torch.inference_mode()
def test_a_decoder_equals_its_paper_in_one_pass_and_step_by_step(config: DecoderConfig) -> None:
    assert_equals_its_paper(config, transformer_by_hand)
