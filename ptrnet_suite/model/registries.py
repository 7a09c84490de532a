"""Names of the parts that a model can be made of, and where each is; imports none of them."""

from __future__ import annotations

from typing import Any

from ptrnet_suite.runtime.registry import Registry

_HOME = "ptrnet_suite.model"

ENCODERS: Registry[Any] = Registry(
    "encoder",
    "ptrnet_suite.encoders",
    {
        "transformer": f"{_HOME}.encoders.transformer:TransformerEncoder",
        "lstm": f"{_HOME}.encoders.recurrent:RecurrentEncoder",
        "gru": f"{_HOME}.encoders.recurrent:RecurrentEncoder",
        "cnn": f"{_HOME}.encoders.cnn:ConvolutionalEncoder",
    },
)
"""`encoder.kind` -> an `EncoderNetwork`, made of config, spec of the task, width, dropout rate."""

DECODERS: Registry[Any] = Registry(
    "decoder",
    "ptrnet_suite.decoders",
    {
        "glimpse": f"{_HOME}.decoders.glimpse:GlimpseDecoder",
        "transformer": f"{_HOME}.decoders.transformer:TransformerDecoder",
        "lstm": f"{_HOME}.decoders.luong:LuongDecoder",
        "gru": f"{_HOME}.decoders.luong:LuongDecoder",
        "bahdanau": f"{_HOME}.decoders.bahdanau:BahdanauDecoder",
    },
)
"""`decoder.kind` -> a `Decoder`, made of config, width and dropout rate."""

SCORES: Registry[Any] = Registry(
    "score",
    "ptrnet_suite.scores",
    {
        "dot": f"{_HOME}.layers.scores:DotScore",
        "general": f"{_HOME}.layers.scores:GeneralScore",
        "concat": f"{_HOME}.layers.scores:ConcatScore",
        "location": f"{_HOME}.layers.scores:LocationScore",
        "scaled_dot": f"{_HOME}.layers.scores:ScaledDotScore",
    },
)
"""`decoder.attention` and `head.score` -> an `AttentionScore`, made of the width."""

ALIGNMENTS: Registry[Any] = Registry(
    "alignment",
    "ptrnet_suite.alignments",
    {
        "global": f"{_HOME}.layers.alignments:everywhere",
        "local_m": f"{_HOME}.layers.alignments:Monotonic",
        "local_p": f"{_HOME}.layers.alignments:Predictive",
    },
)
"""`decoder.alignment` -> an `Alignment`, made of width and window; None attends everywhere."""
