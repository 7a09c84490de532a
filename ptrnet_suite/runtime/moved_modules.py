"""Modules under the names that they had once: each import still works, with a warning."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING, cast, final

if TYPE_CHECKING:
    from importlib.abc import Loader

ROOT = "ptrnet_suite"

MOVED = {
    "alignments": "model.layers.alignments",
    "attending": "evaluation.attention_trace",
    "attention": "model.layers.attention",
    "attention_map": "reporting.heatmap",
    "averaging": "model.averaging",
    "batching": "training.batching",
    "bench": "studies.bench",
    "by_length": "evaluation.length_buckets",
    "charts": "reporting.charts",
    "checkpoint": "model.checkpoint",
    "columns": "data.concatenation",
    "comparison": "studies.comparison",
    "constraints": "task.constraints",
    "datasets": "data.public",
    "decoders": "model.decoders",
    "decoders.look": "model.layers.attention",
    "decoders.recurrent": "model.decoders.luong",
    "decoders.stepwise": "model.decoders.recurrent",
    "decoding_pictures": "reporting.decoding",
    "diagnosis": "studies.diagnosis",
    "diagnosis.exposure": "studies.diagnosis.exposure_bias",
    "diagnosis.following": "studies.diagnosis.step_accuracy",
    "diagnosis.probability": "studies.diagnosis.model_errors",
    "diagnosis.verdict": "studies.diagnosis.correctness",
    "dropout": "model.layers.dropout",
    "edits": "task.edit_distance",
    "encoders": "model.encoders",
    "ensemble": "model.ensemble",
    "fetch": "data.download",
    "film": "reporting.animation",
    "heads": "model.heads",
    "labels": "reporting.run_labels",
    "leading": "model.layers.topk",
    "likelihood": "evaluation.perplexity",
    "lookup": "model.layers.embedding_table",
    "metric": "task.metric",
    "outcome": "evaluation.report",
    "plotting": "reporting.style",
    "pointing": "reporting.pointer",
    "recorded_pictures": "studies.recorded",
    "registry": "task.registry",
    "relations": "model.layers.relations",
    "report": "reporting.document",
    "report_page": "reporting.html",
    "result_files": "evaluation.result_files",
    "result_pictures": "reporting.results",
    "scores": "model.layers.scores",
    "sight": "model.interfaces",
    "solver": "studies.solver",
    "statistics": "evaluation.statistics",
    "stream": "training.stream",
    "training.critic": "training.baselines.critic",
    "training.distillation": "training.strategies.distillation",
    "training.free_running": "training.strategies.free_running",
    "training.greedy_rollout": "training.baselines.greedy_rollout",
    "training.imitation": "training.strategies.losses",
    "training.minimum_risk": "training.strategies.minimum_risk",
    "training.pomo": "training.strategies.pomo",
    "training.reinforce": "training.strategies.reinforce",
    "training.run": "training.run_folder",
    "training.scheduled_sampling": "training.strategies.scheduled_sampling",
    "training.self_critical": "training.strategies.self_critical",
    "training.self_improvement": "training.strategies.self_improvement",
    "training.strategy": "training.strategies.base",
    "training.teacher_forcing": "training.strategies.teacher_forcing",
    "training_log": "studies.training_curves",
    "weights": "model.quantisation",
}
"""Where a module was -> where it is, both within the package."""


@final
class MovedModules:
    """Finds and loads the modules of `MOVED`, and modules within them, where they are now."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        return (
            None if present_name(fullname) is None else ModuleSpec(fullname, cast("Loader", self))
        )

    def create_module(self, spec: ModuleSpec) -> None:
        """Leaves the module that is made for the old name to Python."""

    def exec_module(self, module: ModuleType) -> None:
        """Puts the module of today in place of the one that was made for the old name."""
        name = module.__name__
        present = str(present_name(name))
        # The frames of the import system do not count: this is the line that imports.
        warnings.warn(f"{name} has moved to {present}", DeprecationWarning, stacklevel=2)
        sys.modules[name] = import_module(present)


def present_name(fullname: str) -> str | None:
    """The name of today of a module that has moved, or is within one; else None."""
    package, _, path = fullname.partition(".")
    if package != ROOT:
        return None
    parts = path.split(".")
    for count in range(len(parts), 0, -1):
        moved = MOVED.get(".".join(parts[:count]))
        if moved is not None:
            return ".".join([ROOT, moved, *parts[count:]])
    return None


def redirect_imports() -> None:
    """Makes the old names importable, once.

    First among the finders: within a package that has moved, Python would else find the files and
    load them a second time under the old name.
    """
    if not any(isinstance(finder, MovedModules) for finder in sys.meta_path):
        sys.meta_path.insert(0, MovedModules())
