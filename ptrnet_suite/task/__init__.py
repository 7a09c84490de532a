"""Tasks: what they read and write, what may be chosen next, how answers are scored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ptrnet_suite.runtime.lazy import public_names

if TYPE_CHECKING:
    from ptrnet_suite.task.answer import ScoredAnswer as ScoredAnswer
    from ptrnet_suite.task.base import Task as Task
    from ptrnet_suite.task.bench_case import BenchCase as BenchCase
    from ptrnet_suite.task.constraint import Constraint as Constraint
    from ptrnet_suite.task.constraint import ConstraintState as ConstraintState
    from ptrnet_suite.task.constraints import Permutation as Permutation
    from ptrnet_suite.task.constraints import Polygon as Polygon
    from ptrnet_suite.task.constraints import UntilEnd as UntilEnd
    from ptrnet_suite.task.formats import Formats as Formats
    from ptrnet_suite.task.formats import NpzFormats as NpzFormats
    from ptrnet_suite.task.metric import Corpus as Corpus
    from ptrnet_suite.task.metric import Metric as Metric
    from ptrnet_suite.task.metric import MetricValues as MetricValues
    from ptrnet_suite.task.presenter import AttentionTrace as AttentionTrace
    from ptrnet_suite.task.presenter import Presenter as Presenter
    from ptrnet_suite.task.reference import Reference as Reference
    from ptrnet_suite.task.registry import load_task as load_task
    from ptrnet_suite.task.registry import task_class as task_class
    from ptrnet_suite.task.registry import task_names as task_names
    from ptrnet_suite.task.spec import Spec as Spec
else:
    __getattr__, __dir__, __all__ = public_names(
        __name__,
        {
            "answer": "ScoredAnswer",
            "base": "Task",
            "bench_case": "BenchCase",
            "constraint": "Constraint ConstraintState",
            "constraints": "Permutation Polygon UntilEnd",
            "metric": "Corpus Metric MetricValues",
            "formats": "Formats NpzFormats",
            "presenter": "AttentionTrace Presenter",
            "reference": "Reference",
            "registry": "load_task task_class task_names",
            "spec": "Spec",
        },
    )
