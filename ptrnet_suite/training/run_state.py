"""The record of training in checkpoints, and the state that resumes a run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import torch

from ptrnet_suite.errors import InputError
from ptrnet_suite.model.checkpoint import load_checkpoint
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.runtime.provenance import command_line, git_commit, machine, versions
from ptrnet_suite.task.base import Task
from ptrnet_suite.training.config import TrainingConfig

if TYPE_CHECKING:
    from ptrnet_suite.training.loop import Trainer


def begin_from(model: Seq2Seq, task: Task, config: TrainingConfig) -> None:
    """Gives the model the weights of the config's `initial`; InputError for another shape."""
    checkpoint = load_checkpoint(config.initial)
    shape = replace(checkpoint.network.config, dropout=config.model.dropout)
    if checkpoint.task.spec != task.spec or shape != config.model:
        raise InputError(
            f"initial {config.initial!r} is a model of another shape than the one to train"
        )
    model.load_state_dict(checkpoint.network.state_dict())


def training_record(trainer: Trainer) -> dict[str, Any]:
    """The record of a run for its checkpoints, as plain JSON."""
    config = trainer.config
    return {
        "strategy": config.strategy["kind"],
        "config": config.to_dict(),
        "earlier_configs": trainer.earlier,
        "sizes": trainer.stream.size_range(),
        "step": trainer.step,
        "instances": trainer.instances,
        "seconds": round(trainer.seconds, 1),
        "cpu_seconds": round(trainer.cpu_seconds, 1),
        "threads": trainer.threads,
        "machine": machine(),
        "device": str(trainer.device),
        "versions": versions(),
        "git_commit": git_commit(),
        "command": command_line(),
        "validation": trainer.figures,
    }


def resuming_state(trainer: Trainer) -> dict[str, Any]:
    """Weights, optimiser, counters and random state, from which the run continues exactly."""
    return {
        "model": trainer.model.state_dict(),
        "optimiser": trainer.optimiser.state_dict(),
        "step": trainer.step,
        "instances": trainer.instances,
        "seconds": trainer.seconds,
        "cpu_seconds": trainer.cpu_seconds,
        "best": trainer.best,
        "figures": trainer.figures,
        "config": trainer.config.to_dict(),
        "earlier": trainer.earlier,
        "strategy": trainer.strategy.state(),
        "rng": torch.get_rng_state(),
    }


def restore(trainer: Trainer, state: dict[str, Any]) -> None:
    """Puts the trainer where `resuming_state` was taken."""
    trainer.model.load_state_dict(state["model"])
    trainer.optimiser.load_state_dict(state["optimiser"])
    trainer.step, trainer.seconds, trainer.best = state["step"], state["seconds"], state["best"]
    trainer.cpu_seconds = state.get("cpu_seconds", 0.0)
    trainer.instances = state.get("instances", trainer.step * trainer.config.batch_size)
    trainer.figures, trainer.earlier = state["figures"], state["earlier"]
    if state["config"].get("strategy") == trainer.config.strategy:
        trainer.strategy.load_state(state["strategy"])
    # A config from before some value existed had that value's default.
    if TrainingConfig().to_dict() | state["config"] != trainer.config.to_dict():
        trainer.earlier.append({"until_step": trainer.step, "config": state["config"]})
    torch.set_rng_state(state["rng"])
