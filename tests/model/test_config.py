"""Configs of networks: what can be built together, and what older checkpoints say."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ptrnet_suite.errors import InputError
from ptrnet_suite.model.checkpoint_files import read_header, shipped
from ptrnet_suite.model.config import (
    ALIGNMENTS,
    DECODERS,
    ENCODERS,
    SCORES,
    DecoderConfig,
    EncoderConfig,
    ModelConfig,
)
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.task.spec import Spec

WORDS = Spec("tokens", 6, "vocabulary", choices=4, ends=True)
IMAGES = Spec("images", 12, "vocabulary", choices=4, ends=True)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"width": 130}, "width is 130; accepted is a multiple of encoder.heads (4)"),
        (
            {"width": 6, "encoder": {"kind": "gru"}},
            "width is 6; accepted is a multiple of decoder.heads (4)",
        ),
        (
            {"width": 33, "encoder": {"kind": "lstm"}, "decoder": {"kind": "gru"}},
            "width is 33; accepted with encoder.bidirectional (true) is an even number",
        ),
        (
            {"width": 6, "encoder": {"kind": "cnn"}, "decoder": {"kind": "gru"}},
            "width is 6; accepted with encoder.kind ('cnn') is a multiple of 4",
        ),
        (
            {"width": 3, "encoder": {"kind": "gru", "bidirectional": False},
             "decoder": {"kind": "transformer", "heads": 1}},
            "width is 3; accepted with decoder.kind ('transformer') is an even number",
        ),
        (
            {"decoder": {"input_feeding": True}},
            "decoder.input_feeding is true; accepted with decoder.kind ('glimpse') and "
            "decoder.attention ('general') is false",
        ),
        (
            {"decoder": {"kind": "gru", "attention": "none", "alignment": "local_m"}},
            "decoder.alignment is 'local_m'; accepted with decoder.kind ('gru') and "
            "decoder.attention ('none') is global",
        ),
        (
            {"decoder": {"kind": "lstm", "attention": "location", "coverage": True}},
            "decoder.coverage is true; accepted with decoder.kind ('lstm') and "
            "decoder.attention ('location') is false",
        ),
        (
            {"decoder": {"kind": "bahdanau"}},
            "decoder.layers is 2; accepted with decoder.kind ('bahdanau') is 1",
        ),
        (
            {"decoder": {"kind": "bahdanau", "layers": 1, "attention": "none"}},
            "decoder.attention is 'none'; accepted with decoder.kind ('bahdanau') are dot,",
        ),
    ],
)  # fmt: skip
def test_values_that_do_not_go_together_name_each_other(
    values: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(InputError) as caught:
        ModelConfig.from_dict(values)
    assert str(caught.value).startswith(f"the config given: {sentence}")


def test_a_network_is_not_made_of_a_config_that_python_made_wrong() -> None:
    for config, sentence in (
        (ModelConfig(width=0), "width is 0; accepted are whole numbers from 1"),
        (ModelConfig(encoder=EncoderConfig(heads=0)), "encoder.heads is 0; accepted"),
        (ModelConfig(encoder=EncoderConfig("lstmm")), "encoder.kind is 'lstmm'; did you mean"),
        (ModelConfig(130), "width is 130; accepted is a multiple of encoder.heads"),
    ):
        with pytest.raises(InputError, match=sentence):
            Seq2Seq(config, WORDS)


@st.composite
def decoders(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "kind": draw(st.sampled_from(DECODERS.names())),
        "layers": draw(st.integers(1, 2)),
        "heads": draw(st.sampled_from([1, 2, 3])),
        "attention": draw(st.sampled_from(["none", *SCORES])),
        "input_feeding": draw(st.booleans()),
        "alignment": draw(st.sampled_from(ALIGNMENTS.names())),
        "coverage": draw(st.booleans()),
    }


@st.composite
def encoders(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "kind": draw(st.sampled_from(ENCODERS.names())),
        "layers": draw(st.integers(1, 2)),
        "heads": draw(st.sampled_from([1, 2, 3])),
        "bidirectional": draw(st.booleans()),
        "positions": draw(st.sampled_from(["none", "sinusoidal"])),
        "channels": draw(st.lists(st.integers(1, 4), min_size=1, max_size=2)),
    }


@settings(deadline=None, max_examples=60)
@given(st.integers(1, 13), encoders(), decoders())
def test_whatever_passes_the_check_can_be_built(
    width: int, encoder: dict[str, Any], decoder: dict[str, Any]
) -> None:
    try:
        config = ModelConfig.from_dict({"width": width, "encoder": encoder, "decoder": decoder})
    except InputError:
        return
    model = Seq2Seq(config, IMAGES if config.encoder.kind == "cnn" else WORDS)
    assert ModelConfig.from_dict(model.config.to_dict()) == config


@pytest.mark.parametrize("name", sorted(shipped()))
def test_the_config_of_every_shipped_checkpoint_is_read_as_it_was_written(name: str) -> None:
    written = read_header(shipped()[name])["model"]
    kept = ModelConfig.from_dict(written, name, "model").to_dict()
    for part, value in written.items():
        assert kept[part] == (kept[part] | value if isinstance(value, dict) else value)


def test_what_an_older_checkpoint_did_not_know_takes_its_default() -> None:
    values = ModelConfig(64, decoder=DecoderConfig("gru")).to_dict()
    del values["decoder"]["coverage"], values["encoder"]["channels"], values["head"]["tied"]
    assert ModelConfig.from_dict(values) == ModelConfig(64, decoder=DecoderConfig("gru"))
