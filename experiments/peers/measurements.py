"""What the scripts beside this one write: medians of repeats, JSON, and a table in markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from ptrnet_suite.runtime.files import atomic_write, write_json
from ptrnet_suite.runtime.provenance import command_line, git_commit, machine, versions

Row = Sequence[str]


def several(values: Sequence[float]) -> dict[str, Any]:
    """Median, smallest and largest of repeated measurements, and all of them in their order."""
    found = {"median": median(values), "low": min(values), "high": max(values)}
    return {**found, "repeats": list(values)}


def shown(told: Mapping[str, Any], digits: int = 0) -> str:
    """The median, and the range of the repeats."""
    value, low, high = (f"{told[key]:,.{digits}f}" for key in ("median", "low", "high"))
    return f"{value} ({low} to {high})" if len(told["repeats"]) > 1 else value


def percent(told: Mapping[str, Any]) -> str:
    """A rate with its 95 % interval."""
    value, low, high = (f"{100 * told[key]:.2f}" for key in ("value", "low", "high"))
    return f"{value} [{low}, {high}]"


def table(head: Row, rows: Sequence[Row]) -> str:
    """A table in markdown; all columns but the first are numbers."""
    marks = ["---", *["---:"] * (len(head) - 1)]
    return "".join(f"| {' | '.join(line)} |\n" for line in (head, marks, *rows))


def write(path: Path, content: Mapping[str, Any], markdown: str) -> None:
    """Writes FILE.json with the facts of the machine, and the table as FILE.md beside it."""
    facts = {"machine": machine(), "versions": versions(), "commit": git_commit()}
    write_json(path, {**content, **facts, "command": command_line()})
    with atomic_write(path.with_suffix(".md")) as temporary:
        temporary.write_text(markdown, encoding="utf-8")
