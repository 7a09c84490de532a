"""Metrics of answers to some instances, and all that is needed to get them again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, final

import numpy as np

from ptrnet_suite.evaluation.statistics import Estimate, estimate
from ptrnet_suite.runtime.files import file_sha256
from ptrnet_suite.runtime.provenance import machine, versions
from ptrnet_suite.task.base import Task
from ptrnet_suite.task.metric import Metric, MetricValues

if TYPE_CHECKING:
    from ptrnet_suite.evaluation.answerer import Answered, Answerer, AnswererFacts
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
class RunSettings:
    """What else is needed to get answers again: the seed, the data and the command.

    data: as `data_facts` tells it.
    """

    seed: int = 0
    data: Mapping[str, Any] = field(default_factory=lambda: {"path": None, "sha256": None})
    command: str | None = None


@final
@dataclass(frozen=True)
class EvaluationReport:
    """The answers of models or of a classical solver to some instances, and their metrics.

    answered: the answers and their time, from instances to answers; reading and scoring are not in
    it. without_reference: metrics that need a known answer and have none.
    """

    task: str
    answerer: AnswererFacts
    answered: Answered
    scores: Mapping[str, MetricValues]
    metrics: dict[str, Measured]
    without_reference: tuple[str, ...]
    settings: RunSettings
    versions: dict[str, str]
    machine: dict[str, Any]

    @property
    def answers(self) -> list[Any]:
        """The best answer to each instance; none where they were scored and not kept."""
        return self.answered.best

    @property
    def seconds(self) -> float:
        """Seconds from instances to answers."""
        return self.answered.seconds

    @property
    def count(self) -> int:
        """Number of instances."""
        return self.answered.count

    def to_json(self) -> dict[str, Any]:
        """Everything but the answers and single scores, as plain JSON."""
        warm_up = (
            "one warm-up batch before is not counted"
            if self.answered.warmed_up
            else "without a warm-up"
        )
        return {
            "task": self.task,
            "count": self.count,
            "metrics": {name: measured.to_json() for name, measured in self.metrics.items()},
            "seconds": self.seconds,
            "seconds_note": f"decoding alone; {warm_up}",
            "instances_per_second": self.count / self.seconds if self.seconds > 0 else None,
            **self.answerer.to_json(),
            "data": dict(self.settings.data),
            "seed": self.settings.seed,
            "versions": self.versions,
            "machine": self.machine,
            "command": self.settings.command,
        }


def report_of(
    answerer: Answerer,
    answered: Answered,
    scores: Mapping[str, MetricValues],
    settings: RunSettings,
    without_reference: Sequence[str] = (),
) -> EvaluationReport:
    """Figures with their intervals, and the facts of answerer, data and machine."""
    facts = answerer.facts
    return EvaluationReport(
        task=answerer.task.name,
        answerer=facts,
        answered=answered,
        scores=scores,
        metrics=measure(answerer.task, scores, settings.seed),
        without_reference=tuple(without_reference),
        settings=settings,
        versions=versions(),
        machine=machine(with_accelerator=facts.device != "cpu" or bool(facts.checkpoints)),
    )


def checkpoint_facts(checkpoint: Checkpoint) -> dict[str, Any]:
    """Name, checksum and size of a checkpoint, for results."""
    return {
        "name": checkpoint.name,
        "sha256": checkpoint.sha256,
        "parameters": checkpoint.parameters,
    }


def data_facts(task: Task, path: Path | None) -> dict[str, Any]:
    """Path and checksum of a data file or named data; None where there was none."""
    files = [] if path is None else task.files(str(path))
    return file_facts(None if path is None else str(path), files)


def file_facts(name: str | None, files: Sequence[Path]) -> dict[str, Any]:
    """A data source's name, and the checksum of all its files, one after the other."""
    return {"path": name, "sha256": file_sha256(*files) if files else None}


def machine_facts(checkpoint: Checkpoint) -> dict[str, Any]:
    """Device, threads, versions and machine that a checkpoint runs on."""
    import torch

    return {
        "device": str(next(checkpoint.model.parameters()).device),
        "threads": torch.get_num_threads(),
        "versions": versions(),
        "machine": machine(),
    }
