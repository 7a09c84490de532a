"""The record of training in checkpoints, and the state that resumes a run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

import torch
from torch import Tensor

from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.config_fields import number
from ptrnet_suite.runtime.parse_config import parse_config
from ptrnet_suite.runtime.provenance import command_line, git_commit, machine, versions
from ptrnet_suite.runtime.random_state import random_state, set_random_state
from ptrnet_suite.training.config import TrainingConfig
from ptrnet_suite.training.log_window import LogWindow
from ptrnet_suite.training.state_file import on_device

if TYPE_CHECKING:
    from ptrnet_suite.training.loop import Trainer


def origin() -> dict[str, Any]:
    """Machine, versions and command of a run, which takes too long to ask for at every save."""
    return {
        "machine": machine(),
        "versions": versions(),
        "git_commit": git_commit(),
        "command": command_line(),
    }


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
        "device": str(trainer.device),
        **trainer.origin,
        "validation": trainer.figures,
    }


@final
@dataclass(frozen=True)
class Counters:
    """How far a run has come."""

    step: int = number(0, low=0)
    instances: int = number(0, low=0)
    skipped: int = number(0, low=0)
    """successive steps up to this one whose gradient was not finite"""
    seconds: float = number(0.0, low=0)
    cpu_seconds: float = number(0.0, low=0)

    def to_dict(self) -> dict[str, float]:
        """Plain JSON."""
        return dict(vars(self))


def resuming_state(trainer: Trainer) -> dict[str, Any]:
    """All that the next step depends on, from which the run continues exactly."""
    counters = {name: getattr(trainer, name) for name in vars(Counters())}
    return {
        "model": trainer.model.state_dict(),
        "optimiser": trainer.optimiser.state_dict()["state"],
        "counters": counters,
        "best": trainer.best,
        "figures": trainer.figures,
        "config": trainer.config.to_dict(),
        "earlier": trainer.earlier,
        "strategy": trainer.strategy.state(),
        "window": trainer.window.to_dict(),
        "random": random_state(),
    }


def restore(trainer: Trainer, state: Any, path: Path) -> None:
    """Puts the trainer where `resuming_state` was taken; raises InputError for another state.

    path: where the state was read, for messages.
    """
    try:
        _restore_weights(trainer, state["model"], state["optimiser"])
    except (KeyError, TypeError, AttributeError, ValueError, RuntimeError) as error:
        raise InputError(f"{path} is the state of another model ({_reason(error)})") from None
    try:
        _restore_rest(trainer, state, str(path))
    except InputError:
        raise
    except (KeyError, TypeError, AttributeError, ValueError, RuntimeError) as error:
        raise InputError(f"{path} is not the state of this run ({_reason(error)})") from None


def _reason(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"it lacks {error}"
    return str(error).splitlines()[-1].strip() if str(error) else type(error).__name__


def _restore_weights(
    trainer: Trainer, weights: dict[str, Tensor], moments: dict[int, dict[str, Tensor]]
) -> None:
    _check_finite(weights, "weights")
    trainer.model.load_state_dict(weights)
    parameters = [weight for group in trainer.optimiser.param_groups for weight in group["params"]]
    for index, parts in moments.items():
        _check_finite(parts, "moments of the optimiser")
        for name, part in parts.items():
            if name != "step" and part.shape != parameters[index].shape:
                raise ValueError(f"{name} of weight {index} has the shape {list(part.shape)}")
    # Groups hold what the config says today, such as the decay of weights.
    groups = trainer.optimiser.state_dict()["param_groups"]
    trainer.optimiser.load_state_dict({"state": moments, "param_groups": groups})


def _check_finite(tensors: dict[str, Tensor], kind: str) -> None:
    for name, tensor in tensors.items():
        if not bool(torch.isfinite(tensor).all()):
            raise ValueError(f"its {kind} are not finite: {name}")


def _restore_rest(trainer: Trainer, state: dict[str, Any], source: str) -> None:
    counters = parse_config(Counters, state["counters"], source)
    for name, value in counters.to_dict().items():
        setattr(trainer, name, value)
    trainer.best = float(state["best"])
    trainer.figures = {str(name): float(value) for name, value in state["figures"].items()}
    trainer.earlier = list(state["earlier"])
    trainer.window = LogWindow(**state["window"])
    if state["config"].get("strategy") == trainer.config.strategy:
        trainer.strategy.load_state(on_device(state["strategy"], trainer.device))
    # A config from before some value existed had that value's default.
    if TrainingConfig().to_dict() | state["config"] != trainer.config.to_dict():
        trainer.earlier.append({"until_step": trainer.step, "config": state["config"]})
    set_random_state(state["random"])
