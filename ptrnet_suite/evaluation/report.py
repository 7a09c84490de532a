"""Metrics of a checkpoint on some instances, and all that is needed to get them again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, final

import numpy as np

from ptrnet_suite.evaluation.statistics import Estimate, estimate
from ptrnet_suite.runtime.files import file_sha256
from ptrnet_suite.runtime.provenance import machine, versions
from ptrnet_suite.task.base import Task
from ptrnet_suite.task.metric import Metric, MetricValues

if TYPE_CHECKING:
    from ptrnet_suite.model.checkpoint import Checkpoint


PERPLEXITY = Metric(
    "perplexity",
    "per token of the first reference, by this checkpoint's vocabulary (its end token and unknown "
    "tokens count too): figures of different vocabularies cannot be compared",
    False,
    "number",
)
"""The one metric that needs the model itself, not only its answers (`perplexity.perplexity`)."""


@final
class Measured(NamedTuple):
    """A metric's estimate, its reference, and the reason why it failed, where it did.

    signature: the implementation that computed it, as in `MetricValues`.
    """

    estimate: Estimate
    reference: str | None = None
    failure: str | None = None
    signature: str | None = None

    def to_json(self) -> dict[str, Any]:
        """value, low, high; reference, signature, and a note on a failure, where there is one."""
        content: dict[str, Any] = {
            name: None if np.isnan(bound) else bound
            for name, bound in self.estimate._asdict().items()
        }
        if self.reference is not None:
            content["reference"] = self.reference
        if self.signature is not None:
            content["signature"] = self.signature
        if self.failure is not None:
            content["note"] = f"FAIL: {self.failure}"
        return content


def estimate_from_json(content: Mapping[str, Any]) -> Estimate:
    """The estimate of which `Measured.to_json` wrote value, low and high."""
    bounds = (content[name] for name in Estimate._fields)
    return Estimate(*(float("nan") if bound is None else float(bound) for bound in bounds))


def measure(task: Task, scores: Mapping[str, MetricValues], seed: int = 0) -> dict[str, Measured]:
    """Every score with its 95 % interval, in the task's order of metrics, perplexity last."""
    return {
        metric.name: _measured(metric, scores[metric.name], seed)
        for metric in (*task.metrics, PERPLEXITY)
        if metric.name in scores
    }


def _measured(metric: Metric, score: MetricValues, seed: int) -> Measured:
    # An excess over a reference is a rate, too, but a share of nothing.
    share = metric.kind == "rate" and (metric.higher_is_better or score.reference is None)
    figure = estimate(score, share, seed=seed)
    return Measured(figure, score.reference, score.failure, score.signature)


@final
@dataclass(frozen=True)
class DecodingSettings:
    """Settings of a search for answers: enough to repeat it."""

    search: str = "greedy"
    seed: int = 0
    data_path: Path | None = None
    command: str | None = None


@final
@dataclass(frozen=True)
class EvaluationReport:
    """A checkpoint's answers to some instances, and their metrics.

    seconds: decoding alone, from instances to answers; reading and scoring are not in it.
    warmed_up: whether a batch was decoded before the clock started.
    """

    task: str
    answers: Sequence[Any]
    scores: Mapping[str, MetricValues]
    metrics: dict[str, Measured]
    seconds: float
    warmed_up: bool
    settings: DecodingSettings
    checkpoint: dict[str, Any]
    data: dict[str, Any]
    device: str
    threads: int
    versions: dict[str, str]
    machine: dict[str, Any]

    @property
    def count(self) -> int:
        """Number of instances."""
        return len(self.answers)

    def to_json(self) -> dict[str, Any]:
        """Everything but the answers and single scores, as plain JSON."""
        warm_up = (
            "one warm-up batch before is not counted" if self.warmed_up else "without a warm-up"
        )
        return {
            "task": self.task,
            "count": self.count,
            "metrics": {name: measured.to_json() for name, measured in self.metrics.items()},
            "seconds": self.seconds,
            "seconds_note": f"decoding alone; {warm_up}",
            "instances_per_second": self.count / self.seconds if self.seconds > 0 else None,
            "search": self.settings.search,
            "checkpoint": self.checkpoint,
            "data": self.data,
            "seed": self.settings.seed,
            "device": self.device,
            "threads": self.threads,
            "versions": self.versions,
            "machine": self.machine,
            "command": self.settings.command,
        }


def report_of(
    checkpoint: Checkpoint,
    answers: Sequence[Any],
    scores: Mapping[str, MetricValues],
    seconds: float,
    settings: DecodingSettings,
    warmed_up: bool = True,
) -> EvaluationReport:
    """Figures with their intervals, and the facts of checkpoint, data and machine."""
    return EvaluationReport(
        task=checkpoint.task.name,
        answers=answers,
        scores=scores,
        metrics=measure(checkpoint.task, scores, settings.seed),
        seconds=seconds,
        warmed_up=warmed_up,
        settings=settings,
        checkpoint=checkpoint_facts(checkpoint),
        data=data_facts(checkpoint.task, settings.data_path),
        **machine_facts(checkpoint),
    )


def checkpoint_facts(checkpoint: Checkpoint) -> dict[str, Any]:
    """Name, checksum and size of a checkpoint, for results."""
    return {
        "name": checkpoint.name,
        "sha256": checkpoint.sha256,
        "parameters": checkpoint.parameters,
    }


def data_facts(task: Task, path: Path | None) -> dict[str, Any]:
    """Path and checksum of a data file or named data; None where there was none.

    The checksum is that of all its files, one after the other.
    """
    files = [] if path is None else task.files(str(path))
    return {
        "path": None if path is None else str(path),
        "sha256": file_sha256(*files) if files else None,
    }


def machine_facts(checkpoint: Checkpoint) -> dict[str, Any]:
    """Device, threads, versions and machine that a checkpoint runs on."""
    import torch

    return {
        "device": str(next(checkpoint.model.parameters()).device),
        "threads": torch.get_num_threads(),
        "versions": versions(),
        "machine": machine(),
    }
