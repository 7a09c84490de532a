"""Weights read from a checkpoint's file, held against the model before any is read.

A file says the shape of each of its weights at its beginning, so one that does not fit, or that
would fill memory, is refused at the price of its header.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, NoReturn, final

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from ptrnet_suite.errors import InputError
from ptrnet_suite.model.config import ModelConfig
from ptrnet_suite.model.quantisation import SCALE, unpacked
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.task.spec import Spec

FORMER_NAMES = {
    r"head\.relations\.weight": "relations.features.weight",
    r"head\.relate": "relations.logit_weight",
    r"decoder\.(?:glimpses|layers)\.(\d+)(?:\.look)?\.relate": r"relations.layer_weights.\1",
}
"""Weights of checkpoints from before relations were a part of their own, and what they are now."""

FLOATS = ("F32", "F16", "BF16", "F64")
"""Types that a weight may be stored in as it is; `I8` has a scale for each row beside it."""

WHOLE_NUMBERS = {torch.int64: "I64", torch.int32: "I32", torch.bool: "BOOL"}


@final
class Stored(NamedTuple):
    """A tensor in a file: its type as safetensors says it, and its shape."""

    dtype: str
    shape: list[int]


def expected_weights(config: ModelConfig, spec: Spec) -> dict[str, Tensor]:
    """Names, shapes and types of a model's weights, at no cost of memory: on torch's meta device.

    Raises InputError for a config that no network can be made of.
    """
    with torch.device("meta"):
        return Seq2Seq(config, spec).state_dict()


def read_weights(path: Path, expected: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The weights in a checkpoint's file, float32 again, by their names in today's models.

    Raises InputError where they are not those that are expected, or hold what is no finite number.
    """
    try:
        with safe_open(path, "pt") as file:
            stored = {}
            for name in file.keys():  # noqa: SIM118
                part = file.get_slice(name)
                stored[name] = Stored(part.get_dtype(), part.get_shape())
            _check_shapes(path, stored, expected)
            tensors = {name: file.get_tensor(name) for name in stored}
    except (SafetensorError, OSError) as error:
        raise InputError(f"checkpoint {path}: its weights cannot be read ({error})") from None
    weights = {current_name(name): weight for name, weight in unpacked(tensors).items()}
    _check_finite(path, weights)
    return weights


def current_name(name: str) -> str:
    """A stored weight's name in today's models."""
    for former, now in FORMER_NAMES.items():
        if re.fullmatch(former, name):
            return re.sub(former, now, name)
    return name


def _check_shapes(path: Path, stored: Mapping[str, Stored], expected: Mapping[str, Tensor]) -> None:
    scales = {name for name in stored if _is_scale(name, stored)}
    names = {current_name(name): name for name in stored if name not in scales}
    if len(names) + len(scales) < len(stored):
        _refuse(path, "one of them stands twice, under its former name and today's")
    for name, weight in expected.items():
        if name not in names:
            _refuse(path, f"{name} is missing")
        found = stored[names[name]]
        if found.shape != list(weight.shape):
            _refuse(path, f"{name} has the shape {found.shape}, and needs {list(weight.shape)}")
        scale = stored.get(names[name] + SCALE) if names[name] + SCALE in scales else None
        if not _is_readable(found, scale, weight.dtype):
            _refuse(path, f"{name} is stored as {found.dtype}, and its scale as {scale}")
    for name in names:
        if name not in expected:
            _refuse(path, f"there is none called {name!r} in such a model")


def _is_scale(name: str, stored: Mapping[str, Stored]) -> bool:
    return name.endswith(SCALE) and name.removesuffix(SCALE) in stored


def _is_readable(found: Stored, scale: Stored | None, dtype: torch.dtype) -> bool:
    """Whether a stored tensor can become one of that type: whole numbers need a scale a row."""
    if not dtype.is_floating_point:
        return scale is None and found.dtype == WHOLE_NUMBERS.get(dtype)
    if found.dtype == "I8":
        return scale is not None and scale.dtype in FLOATS and scale.shape == found.shape[:1]
    return scale is None and found.dtype in FLOATS


def _check_finite(path: Path, weights: Mapping[str, Tensor]) -> None:
    for name, weight in weights.items():
        broken = weight.numel() - int(torch.isfinite(weight).sum())
        if broken:
            raise InputError(
                f"checkpoint {path}: {broken:,} of the {weight.numel():,} numbers in {name} are "
                "infinite or undefined, so it can answer nothing; accepted are finite weights"
            )


def _refuse(path: Path, reason: str) -> NoReturn:
    raise InputError(f"checkpoint {path}: weights do not fit its config ({reason})")
