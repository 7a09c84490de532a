"""Where a run begins: from nothing, or from a checkpoint whose vocabulary it keeps and adds to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import NamedTuple, final

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.model.checkpoint import load_checkpoint
from ptrnet_suite.model.checkpoint_files import find_checkpoint, read_header
from ptrnet_suite.model.growth import is_grown, take_weights
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.task.base import Task
from ptrnet_suite.task.registry import load_task
from ptrnet_suite.training.config import TrainingConfig
from ptrnet_suite.training.run_folder import LAST
from ptrnet_suite.training.validation import untrained_network


@final
class FirstTask(NamedTuple):
    """The task that a run trains, and a note on what it kept and added; empty without one."""

    task: Task
    note: str = ""


def first_task(task: Task, config: TrainingConfig, folder: Path, resume: bool) -> FirstTask:
    """The task with what it learns from training data, behind what the config's `initial` learned.

    A run that is resumed keeps what its own checkpoint in `folder` has. Raises InputError for a
    checkpoint that the task cannot go on from.
    """
    if not config.initial:
        return FirstTask(task.fitted(config.data.sources))
    own = folder / LAST
    path = own if resume and own.is_file() else find_checkpoint(config.initial)
    header = read_header(path)
    if header["task"] != task.name:
        raise _of_another_shape(config.initial)
    earlier = load_task(header["task"], header["options"])
    try:
        fitted = task.continued(earlier).fitted(config.data.sources)
    except InputError as error:
        raise InputError(f"initial {config.initial!r}: {error}") from error
    additions = fitted.additions_to(earlier)
    return FirstTask(fitted, additions and f"from {config.initial}: {additions}")


def first_model(task: Task, config: TrainingConfig, validation: Instances, resume: bool) -> Seq2Seq:
    """The network before the first step; one that resumes gets its weights later."""
    if not (resume or config.initial):
        return untrained_network(task, config.model, validation)
    model = Seq2Seq(config.model, task.spec)
    if not resume:
        begin_from(model, task, config)
    return model


def begin_from(model: Seq2Seq, task: Task, config: TrainingConfig) -> None:
    """Gives the model the weights of the config's `initial`; InputError for another shape."""
    checkpoint = load_checkpoint(config.initial)
    shape = replace(checkpoint.network.config, dropout=config.model.dropout)
    if not is_grown(task.spec, checkpoint.task.spec) or shape != config.model:
        raise _of_another_shape(config.initial)
    try:
        take_weights(model, checkpoint.network)
    except ValueError as error:
        raise _of_another_shape(config.initial, f" ({error})") from None


def _of_another_shape(initial: str, reason: str = "") -> InputError:
    return InputError(
        f"initial {initial!r} is a model of another shape than the one to train{reason}"
    )
