"""A document of tables and pictures, neutral of how it is shown.

`write_report` makes three files of one document: report.md, report.html and results.json.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain, count
from typing import TYPE_CHECKING, Any, Literal, final

import numpy as np

from ptrnet_suite.evaluation.statistics import Estimate

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ColumnKind = Literal["text", "count", "rate", "number", "milliseconds"]
Cell = str | int | float | Estimate | None


@final
@dataclass(frozen=True)
class Column:
    """A column's heading and how its cells are read; rates are fractions, shown in per cent."""

    name: str
    kind: ColumnKind = "text"

    @property
    def heading(self) -> str:
        """The name with its unit."""
        return self.name + {"rate": " (%)", "milliseconds": " (ms)"}.get(self.kind, "")


@final
@dataclass(frozen=True)
class Table:
    """Rows under columns; `ours` are the rows of trained models, which are set off."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    note: str = ""
    ours: frozenset[int] = frozenset()


@final
@dataclass(frozen=True)
class Picture:
    """A figure, the stem of its file, and what it shows."""

    name: str
    caption: str
    figure: Figure


@final
@dataclass(frozen=True)
class Section:
    """A heading, a paragraph, tables and pictures."""

    title: str
    text: str = ""
    parts: Sequence[Table | Picture] = ()


@final
@dataclass(frozen=True)
class Document:
    """A whole report, with the machine and the command that made it.

    environment: facts of machine and versions, by name; data: what else results.json shall hold.
    """

    title: str
    text: str
    command: str
    environment: dict[str, str]
    sections: Sequence[Section]
    data: dict[str, Any] = field(default_factory=dict)


def cell_text(cell: Cell, kind: ColumnKind) -> str:
    """A cell's value as text, without its interval; a dash where it is not known."""
    value = cell.value if isinstance(cell, Estimate) else cell
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return "–"
    if isinstance(value, str):
        return value
    if kind == "count":
        return f"{value:,.0f}"
    if kind == "rate":
        return f"{round(100 * value, 2) + 0.0:.2f}"
    if kind == "milliseconds":
        return f"{1000 * value:.3g}" if value < 1 else f"{1000 * value:,.0f}"
    return f"{value:.4g}" if abs(value) < 1000 else f"{value:,.0f}"


def interval_text(cell: Cell, kind: ColumnKind) -> str:
    """A cell's interval as text, or an empty string."""
    if not isinstance(cell, Estimate) or not np.isfinite(cell).all():
        return ""
    # A bound is itself uncertain; a further digit would say nothing.
    low, high = (f"{round(100 * bound, 1) + 0.0:.1f}" if kind == "rate" else cell_text(bound, kind)
                 for bound in cell[1:])  # fmt: skip
    return f"[{low}, {high}]"


def numbered_names(names: Iterable[str]) -> list[str]:
    """The names in their order, with a number behind each that was there before."""
    unique: list[str] = []
    for name in names:
        candidates = chain([name], (f"{name}_{number}" for number in count(2)))
        unique.append(next(candidate for candidate in candidates if candidate not in unique))
    return unique
