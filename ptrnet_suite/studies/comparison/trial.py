"""One run in a process of its own: training, then the test."""

from __future__ import annotations

import sys
import traceback
from typing import Any

from ptrnet_suite.evaluation.decode import solve_instances
from ptrnet_suite.evaluation.report import measure
from ptrnet_suite.model.checkpoint import load_checkpoint
from ptrnet_suite.runtime.files import atomic_write, write_json
from ptrnet_suite.search.spec import parse_search
from ptrnet_suite.studies.comparison.lengths import kept_by_length
from ptrnet_suite.studies.comparison.trials import RESULT, Trial
from ptrnet_suite.training.loop import Trainer
from ptrnet_suite.training.run_folder import STATE
from ptrnet_suite.training.stream import read_sources

FAILURE = "failure.txt"
"""File of a failed run with the error and where it was raised."""

FAILED, STOPPED = 1, 3


def work(trial: Trial) -> None:
    """Makes or resumes the run and writes its result; a failure is written into its folder."""
    failure = trial.folder / FAILURE
    failure.unlink(missing_ok=True)
    try:
        _train_and_test(trial)
    except KeyboardInterrupt:
        sys.exit(STOPPED)
    except Exception:
        with atomic_write(failure) as partial:
            partial.write_text(traceback.format_exc(), encoding="utf-8")
        sys.exit(FAILED)


def _train_and_test(trial: Trial) -> None:
    resume = (trial.folder / STATE).is_file()
    trainer = Trainer(trial.task, trial.config, trial.folder, resume, overwrite=not resume)
    trainer.train()
    test_results = {name: evaluate_checkpoint(trial, name) for name in ("best", "last")}
    result = {
        "task": trial.label,
        "variant": trial.variant,
        "seed": trial.seed,
        "steps": trainer.step,
        "instances": trainer.instances,
        "cpu_seconds": trainer.cpu_seconds,
        "seconds": trainer.seconds,
        "parameters": trainer.model.parameters_count,
        "test": {name: metrics for name, (metrics, _) in test_results.items()},
        "config": trial.config_json(),
    }
    if trial.by_length:
        buckets = {name: figures for name, (_, figures) in test_results.items()}
        result["by_length"] = {"limits": trial.by_length, **buckets}
    write_json(trial.folder / RESULT, result)


def evaluate_checkpoint(trial: Trial, name: str) -> tuple[dict[str, float], list[dict[str, Any]]]:
    """Metrics of the run's checkpoint `best` or `last` on the test instances, and by length."""
    checkpoint = load_checkpoint(trial.folder / f"{name}.safetensors")
    task = checkpoint.task
    instances = read_sources(task, trial.test)
    search = parse_search(trial.config.validation.search)
    answers = solve_instances(checkpoint.model, task, instances, search)
    scores = task.evaluate(instances, answers)
    metrics = {
        name: float(measured.estimate.value) for name, measured in measure(task, scores).items()
    }
    return metrics, kept_by_length(task, task.lengths(instances), scores, trial.by_length)
