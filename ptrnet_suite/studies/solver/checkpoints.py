"""Which checkpoint solves which problem, on which device."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, final

import numpy as np
import torch

from ptrnet_suite.errors import InputError
from ptrnet_suite.model.checkpoint import Checkpoint, load_checkpoint
from ptrnet_suite.model.checkpoint_files import (
    checkpoints_by_size,
    default_checkpoint,
    shipped,
    shipped_headers,
)
from ptrnet_suite.model.ensemble import load_checkpoints
from ptrnet_suite.runtime.registry import unknown
from ptrnet_suite.task.base import Task
from ptrnet_suite.task.registry import TASKS, load_task, task_names

Named = str | Path | Checkpoint
"""A shipped name, a file, a training run's folder, several of these joined by +, or one loaded."""


@final
class CheckpointChoice:
    """The checkpoint that was named, or of the shipped ones what suits the size of an input.

    name: a task, or what names a checkpoint, which then must not be named again. Raises InputError
    for what is not known, and for a checkpoint of another task.
    """

    def __init__(self, name: Named, checkpoint: Named | None, device: torch.device) -> None:
        self.device = device
        self._loaded: dict[str, Checkpoint] = {}
        self.fixed: Checkpoint | None = None
        self._ends: dict[str, Any] | None = None
        if checkpoint is not None:
            TASKS.check(name)
            self.task_name = str(name)
            self.fixed = self._placed(_of_task(checkpoint, self.task_name))
        elif name in task_names():
            self.task_name = str(name)
            self._usual = default_checkpoint(self.task_name)
        else:
            self.fixed = self._placed(_named(name))
            self.task_name = self.fixed.task.name

    @cached_property
    def task(self) -> Task:
        """The task with the options of the checkpoint for any size; loads no weights."""
        if self.fixed is not None:
            return self.fixed.task
        task = load_task(self.task_name, shipped_headers()[self._usual]["options"])
        return task if self._ends is None else task.with_ends(**self._ends)

    def with_ends(self, **ends: Any) -> CheckpointChoice:
        """The same checkpoints for answers that begin and end where asked: `Task.with_ends`."""
        changed = copy(self)
        changed.__dict__.pop("task", None)
        changed._ends = ends
        if self.fixed is not None:
            changed.fixed = changed._asked(self.fixed)
        return changed

    def for_size(self, size: int | None) -> Checkpoint:
        """The checkpoint for inputs of that size; without one, for any."""
        if self.fixed is not None:
            return self.fixed
        return self._shipped(
            self._usual if size is None else default_checkpoint(self.task_name, size)
        )

    def by_size(
        self, sizes: np.ndarray, options: dict[str, Any] | None = None
    ) -> list[tuple[Checkpoint, np.ndarray]]:
        """The checkpoints for inputs of these sizes, each with the indices of its inputs.

        Their tasks have the same options, see `checkpoints_by_size`.
        """
        if self.fixed is not None:
            return [(self.fixed, np.arange(len(sizes)))]
        chosen = checkpoints_by_size(self.task_name, sizes, options)
        return [(self._shipped(name), indices) for name, indices in chosen.items()]

    def _shipped(self, name: str) -> Checkpoint:
        if name not in self._loaded:
            self._loaded[name] = self._placed(load_checkpoint(name))
        return self._asked(self._loaded[name])

    def _asked(self, checkpoint: Checkpoint) -> Checkpoint:
        """The checkpoint with the task of the ends that are asked for."""
        if self._ends is None:
            return checkpoint
        return replace(checkpoint, task=checkpoint.task.with_ends(**self._ends))

    def _placed(self, checkpoint: Checkpoint) -> Checkpoint:
        checkpoint.model.to(self.device).eval()
        return checkpoint


def _named(name: Named) -> Checkpoint:
    if isinstance(name, Checkpoint):
        return name
    if not isinstance(name, str | Path):
        raise InputError(
            f"{name!r} names no solver; accepted are a task, a checkpoint by name or file, or a "
            "training run's folder"
        )
    if not Path(name).exists() and "+" not in str(name) and str(name) not in shipped():
        known = list(dict.fromkeys([*task_names(), *shipped()]))
        raise InputError(unknown("task and no checkpoint", str(name), known))
    return load_checkpoints(name)


def _of_task(name: Named, task: str) -> Checkpoint:
    if isinstance(name, str | Path):
        checkpoint = load_checkpoints(name)
    else:
        checkpoint = _named(name)
    if checkpoint.task.name != task:
        raise InputError(
            f"checkpoint {checkpoint.name!r} is for task {checkpoint.task.name!r}, not {task!r}"
        )
    return checkpoint
