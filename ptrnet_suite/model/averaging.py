"""Averages the weights of checkpoints that were trained on from each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch

from ptrnet_suite.errors import InputError
from ptrnet_suite.model.checkpoint import Checkpoint, save_checkpoint
from ptrnet_suite.runtime.provenance import command_line, git_commit, versions


def average(checkpoints: Sequence[Checkpoint], shares: Sequence[float], path: Path) -> None:
    """Writes the mean of the checkpoints' weights, each with its share; shares are scaled to 1.

    A policy that was trained on from another often loses diversity that a mean of both keeps
    (Wortsman et al. 2022, robust fine-tuning). The record is the last one's, without its figures.
    Raises InputError where models are not of one shape, or shares do not fit.
    """
    first = checkpoints[0]
    if len(shares) != len(checkpoints) or min(shares) < 0 or not sum(shares) > 0:
        raise InputError(
            f"shares {list(shares)} do not fit {len(checkpoints)} checkpoints; "
            "accepted is one number from 0 on for each, not all 0"
        )
    for other in checkpoints[1:]:
        # Weights are of one shape whatever dropout they were trained with.
        alike = replace(other.network.config, dropout=first.network.config.dropout)
        if alike != first.network.config or other.task.spec != first.task.spec:
            raise InputError(
                f"{other.name} is a model of another shape than {first.name}; only checkpoints "
                "of one shape can be averaged"
            )
    scaled = [share / sum(shares) for share in shares]
    states = [checkpoint.network.state_dict() for checkpoint in checkpoints]
    mean = {
        name: torch.stack(
            [share * state[name].double() for share, state in zip(scaled, states, strict=True)]
        )
        .sum(0)
        .to(weight.dtype)
        for name, weight in states[0].items()
    }
    parts = [
        {"name": part.name, "sha256": part.sha256, "share": share}
        for part, share in zip(checkpoints, scaled, strict=True)
    ]
    averaging = {"averaged": parts, "validation": {}, "command": command_line()}
    provenance = {"git_commit": git_commit(), "versions": versions()}
    first.network.load_state_dict(mean)
    record = {**checkpoints[-1].record, **averaging, **provenance}
    save_checkpoint(path, first.network, first.task, record)
