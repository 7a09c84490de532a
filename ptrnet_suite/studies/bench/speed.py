"""Throughput of the shipped checkpoints' networks on this machine, in training and decoding."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, final

import numpy as np
import torch

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.evaluation.decode import solve_instances
from ptrnet_suite.model.checkpoint import Checkpoint
from ptrnet_suite.reporting.document import Column, Table
from ptrnet_suite.runtime.precision import matrix_products
from ptrnet_suite.search.sampling import Greedy
from ptrnet_suite.task.base import Task
from ptrnet_suite.training.strategies.teacher_forcing import TeacherForcing

SEED = 1_000_033
DECODED = 256
"""Instances decoded at a time."""


@final
@dataclass(frozen=True)
class Throughput:
    """Instances per second of one checkpoint's network, at the middle of its training sizes."""

    checkpoint: str
    parameters: int
    size: int
    batch_size: int
    precision: str
    training: float
    decoding: float


def throughput(checkpoint: Checkpoint, seconds: float) -> Throughput:
    """Times training steps and greedy decoding, each for `seconds` and after one to warm up.

    A step is loss, gradient and AdamW on one batch of the recipe's size, in its precision; making
    and labelling the instances is in neither figure. Raises InputError where the task generates
    nothing and the data that the recipe validates on is not there.
    """
    config = checkpoint.record.get("config", {})
    batch_size = int(config.get("batch_size", 128))
    precision = str(config.get("precision", "float32"))
    size = int(np.mean(checkpoint.record.get("sizes", [20])))
    task = checkpoint.task
    instances = _instances(task, size, max(batch_size, DECODED), config)
    batch = task.batch(instances.subset(range(batch_size)), np.random.default_rng(SEED))
    decoded = instances.subset(range(DECODED))
    return Throughput(
        checkpoint.name,
        checkpoint.parameters,
        size,
        batch_size,
        precision,
        batch_size * _rate(_training_step(checkpoint, batch, precision), seconds),
        DECODED
        * _rate(lambda: solve_instances(checkpoint.model, task, decoded, Greedy()), seconds),
    )


def _instances(task: Task, size: int, count: int, config: dict[str, Any]) -> Instances:
    """Generated instances, or those of the recipe's validation, over and over if they are few."""
    try:
        return task.label(task.generate(size, count, SEED))
    except InputError:
        source = config.get("validation", {}).get("source")
        if not source:
            raise
        known = task.prepare(task.source(source))
        return known.subset([index % len(known) for index in range(count)])


def _training_step(checkpoint: Checkpoint, batch: Batch, precision: str) -> Callable[[], object]:
    """One optimiser step on a copy of the network."""
    model = deepcopy(checkpoint.network).train()
    batch = batch.to(next(model.parameters()).device)
    optimiser = torch.optim.AdamW(model.parameters(), 1e-4, fused=True)
    strategy = TeacherForcing()

    def step() -> object:
        with matrix_products(precision, batch.inputs.device):
            loss = strategy.loss(model, batch, checkpoint.task.constraint())
        loss.backward()
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        return loss.item()

    return step


def _rate(call: Callable[[], object], seconds: float) -> float:
    """Calls per second, at least two of them, after one that is not counted."""
    call()
    calls, began = 0, time.perf_counter()
    while calls < 2 or time.perf_counter() - began < seconds:
        call()
        calls += 1
    return calls / (time.perf_counter() - began)


def throughput_table(figures: list[Throughput], missing: Sequence[str] = ()) -> Table:
    """One row a checkpoint; missing: those whose data is not there."""
    columns = [
        Column("checkpoint"), Column("parameters", "count"), Column("items", "count"),
        Column("training batch", "count"), Column("training precision"),
        Column("training, instances per s", "count"), Column("greedy, instances per s", "count"),
    ]  # fmt: skip
    rows = [
        (figure.checkpoint, figure.parameters, figure.size, figure.batch_size, figure.precision,
         figure.training, figure.decoding)
        for figure in figures
    ]  # fmt: skip
    note = (
        "Optimiser steps (loss, gradient, AdamW) and greedy decoding in batches, each after one "
        "to warm up; making and labelling instances is not counted."
    )
    if missing:
        note += f" Not measured, as their data is not there: {', '.join(missing)}."
    return Table("", columns, rows, note)
