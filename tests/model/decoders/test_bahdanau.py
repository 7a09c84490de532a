"""Bahdanau's decoder against its paper."""

from __future__ import annotations

import itertools

import pytest
import torch

from ptrnet_suite.errors import InputError
from ptrnet_suite.model.config import DecoderConfig
from ptrnet_suite.model.decoders import make_decoder
from tests.model.decoders.by_hand import LOOKS, assert_equals_its_paper, bahdanau_by_hand, case_name
from tests.model.layers.by_hand import WIDTH

CASES = [
    DecoderConfig("bahdanau", 1, readout=readout, **look)
    for readout, look in itertools.product(["paper", "tanh"], LOOKS)
]


@pytest.mark.parametrize("config", CASES, ids=case_name)
@torch.inference_mode()
def test_a_decoder_equals_its_paper_in_one_pass_and_step_by_step(config: DecoderConfig) -> None:
    assert_equals_its_paper(config, bahdanau_by_hand)


@pytest.mark.parametrize(
    ("config", "told"),
    [
        (DecoderConfig("bahdanau", 2), "layers 2"),
        (DecoderConfig("bahdanau", 1, attention="none"), "attention 'none'"),
        (DecoderConfig("bahdanau", 1, input_feeding=True), "input_feeding True"),
    ],
)
def test_a_bahdanau_decoder_of_another_build_is_refused(config: DecoderConfig, told: str) -> None:
    with pytest.raises(InputError, match=f"one layer, an attention and no input feeding.*{told}"):
        make_decoder(config, WIDTH, 0.0)
