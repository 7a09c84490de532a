"""What `ptrnet bench` prints, from the figures that it wrote: whole tables, or an excerpt."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from rich.console import Console

from pages.markdown import read
from ptrnet_suite.evaluation.statistics import Estimate
from ptrnet_suite.reporting.document import Cell, Column, ColumnKind, Table
from ptrnet_suite.reporting.write import to_rich
from ptrnet_suite.studies.bench.engine import WIDTH

KINDS: dict[str, ColumnKind] = {
    "instances": "text",
    "method": "text",
    "count": "count",
    "length": "number",
    "time each": "milliseconds",
}
"""How a column is read; every other one holds a rate."""

NARROW = 100
"""Columns of the excerpt."""

HULLS, TOURS = ("convex hull", "uniform points"), ("tsp", "uniform, 50 cities")
EXCERPT = {
    HULLS: (
        ("instances", "method", "count", "exact"),
        ("convex_hull, greedy", "scipy", "Ptr-Net 50 (2015)"),
    ),
    TOURS: (
        ("instances", "method", "count", "gap", "time each"),
        (
            *("tsp50, greedy", "tsp50, beam:8", "exact", "fast-tsp", "2-opt"),
            *("attention model, greedy (2019)", "POMO, one start (2020)"),
        ),
    ),
}
"""Table -> the columns and the methods of it that the excerpt shows."""

SIZE = "n = 50"
"""The instances that the excerpt shows."""


def bench() -> str:
    """Two of the benchmark's tables, whole."""
    return _fenced([_printed(heads, _rows(heads), WIDTH) for heads in EXCERPT])


def bench_excerpt() -> str:
    """Some rows and columns of these tables, in few columns."""
    parts = []
    for heads, (columns, methods) in EXCERPT.items():
        chosen = [
            {name: row[name] for name in columns}
            for row in _rows(heads)
            if row["instances"] == SIZE and row["method"] in methods
        ]
        parts.append(_printed(heads, chosen, NARROW))
    return _fenced(parts)


def _rows(heads: tuple[str, str]) -> list[dict[str, Any]]:
    section, table = heads
    (found,) = (
        part["rows"]
        for one in read("bench/results")["sections"]
        for part in one["tables"]
        if (one["title"], part["title"]) == (section, table)
    )
    return list(found)


def _printed(heads: tuple[str, str], rows: list[dict[str, Any]], width: int) -> str:
    """The table as a terminal of that width shows it; nothing may be cut or broken."""
    columns = [Column(name, KINDS.get(name, "rate")) for name in rows[0]]
    cells = [[_cell(value) for value in row.values()] for row in rows]
    console = Console(width=width, file=io.StringIO(), markup=False)
    console.print(to_rich(Table(", ".join(heads), columns, cells)))
    assert isinstance(console.file, io.StringIO)
    lines = [line.rstrip() for line in console.file.getvalue().splitlines() if line.strip()]
    assert len(lines) == len(rows) + 3, "a row of the benchmark is broken"
    return "\n".join(lines)


def _cell(value: Cell | Mapping[str, float]) -> Cell:
    return Estimate(**value) if isinstance(value, Mapping) else value


def _fenced(parts: list[str]) -> str:
    return "\n".join(["```", "\n\n".join(parts), "```"])
