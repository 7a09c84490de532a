"""Weights of a network for one whose vocabularies begin with its own and go on."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from ptrnet_suite.model.heads.words import WordHead
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.task.spec import Spec

INPUT_ROWS = "encoder.network.embed.embed.weight"
"""The embeddings of input tokens, in an encoder that has them."""


def is_grown(spec: Spec, earlier: Spec) -> bool:
    """Whether a task reads and writes all that an earlier one does, with the same numbers."""
    features, choices = earlier.features, earlier.choices
    if spec.inputs == "tokens":
        features = max(features, spec.features)
    if spec.outputs == "vocabulary":
        choices = max(choices, spec.choices)
    return spec == replace(earlier, features=features, choices=choices)


@torch.no_grad()
def take_weights(model: Seq2Seq, earlier: Seq2Seq) -> None:
    """Gives a model the weights of an earlier one of the same config, of which `is_grown` holds.

    Old rows of embeddings and of the output layer stay bit for bit. A new one begins as the mean of
    the old ones (Hewitt 2021, "Initializing new word embeddings for pretrained language models"):
    the logit of a new word is the mean of the old words' logits, so its probability is at most the
    mean of theirs, and with `k` new words beside `n` the log-probability of any old word falls by
    at most log(1 + k / n). Raises ValueError for weights of another shape.
    """
    weights = model.state_dict()
    for name, old in earlier.state_dict().items():
        rows = _rows_behind(model, name)
        if old.shape != weights[name].shape and rows is not None:
            old = _with_mean_rows(old, len(weights[name]) - len(old), rows)
        if old.shape != weights[name].shape:
            raise ValueError(f"{name} has the shape {list(old.shape)}")
        weights[name].copy_(old)


def _rows_behind(model: Seq2Seq, name: str) -> int | None:
    """How many rows stand behind those of the vocabulary; None for weights that have no such."""
    if name == INPUT_ROWS and model.spec.inputs == "tokens":
        return 0
    if isinstance(model.head, WordHead):
        behind = {"embed.weight": model.head.extra_rows}
        behind |= dict.fromkeys(("project.weight", "project.bias", "bias"), 0)
        return behind.get(name.removeprefix("head.")) if name.startswith("head.") else None
    return None


def _with_mean_rows(rows: Tensor, count: int, behind: int) -> Tensor:
    """The rows with `count` more before the last `behind`, each the mean of those before them."""
    words = rows[: len(rows) - behind]
    new = words.mean(0, keepdim=True).expand(max(0, count), *words.shape[1:])
    return torch.cat([words, new, rows[len(words) :]])
