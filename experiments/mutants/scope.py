"""What is mutated: what decides whether an answer or a figure is right."""

from __future__ import annotations

from pathlib import Path

SCOPE = (
    "ptrnet_suite/search/*.py",
    "ptrnet_suite/task/constraint.py",
    "ptrnet_suite/task/constraints.py",
    "ptrnet_suite/task/edit_distance.py",
    "ptrnet_suite/task/metric.py",
    "tasks/ptrnet_tasks/*/scores.py",
    "tasks/ptrnet_tasks/text/corpus_metrics.py",
    "tasks/ptrnet_tasks/text/metrics.py",
    "tasks/ptrnet_tasks/text/scoring.py",
    "ptrnet_suite/training/baselines/*.py",
    "ptrnet_suite/training/policy_gradient.py",
    "ptrnet_suite/training/strategies/*.py",
    "ptrnet_suite/evaluation/statistics.py",
    "ptrnet_suite/model/heads/copying.py",
    "ptrnet_suite/model/layers/alignments.py",
)

TESTS = (
    "tests/search",
    "tests/task",
    "tests/ptrnet_tasks",
    "tests/training",
    "tests/evaluation",
    "tests/model",
)
"""Where the tests stand that are tried on them; others run commands, which takes longer."""


def scope(root: Path) -> list[str]:
    """Paths of the mutated files below the root."""
    found = [path for pattern in SCOPE for path in sorted(root.glob(pattern))]
    return [str(path.relative_to(root)) for path in found if path.name != "__init__.py"]


def mirror(path: str) -> str:
    """The file of tests that is named by a mutated one."""
    inside = Path(path.removeprefix("ptrnet_suite/").removeprefix("tasks/"))
    return str(Path("tests") / inside.with_name(f"test_{inside.name}"))


def module(path: str) -> str:
    """The module's name."""
    return path.removeprefix("tasks/").removesuffix(".py").replace("/", ".")
