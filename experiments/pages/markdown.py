"""Result files and markdown: what the modules beside this one have in common."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parents[2] / "results"

Row = tuple[str, ...]


def read(name: str) -> dict[str, Any]:
    """One result file."""
    found: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
    return found


def interval(name: str, metric: str, digits: int, factor: float = 100, unit: str = "") -> str:
    """A figure with its interval."""
    told = read(name)["metrics"][metric]
    value, low, high = (f"{factor * told[key]:.{digits}f}" for key in ("value", "low", "high"))
    return f"{value}{unit} [{low}, {high}]"


def percent(name: str, metric: str, digits: int = 1) -> str:
    """A rate with its interval."""
    return interval(name, metric, digits, unit=" %")


def table(head: Row, rows: Sequence[Row]) -> str:
    """A markdown table."""
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
