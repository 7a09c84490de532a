"""A document as files and in a terminal: report.md, report.html, results.json, pictures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ptrnet_suite.evaluation.statistics import Estimate
from ptrnet_suite.reporting.document import (
    Cell,
    Document,
    Picture,
    Table,
    cell_text,
    interval_text,
    numbered_names,
)

if TYPE_CHECKING:
    from rich.console import RenderableType


def to_json(document: Document) -> dict[str, Any]:
    """Everything machine readable; rates as fractions, times in seconds."""
    return {
        "title": document.title,
        "command": document.command,
        "environment": document.environment,
        "sections": [
            {
                "title": section.title,
                "tables": [_table_json(part) for part in section.parts if isinstance(part, Table)],
                "pictures": [
                    {"file": f"{part.name}.png", "caption": part.caption}
                    for part in section.parts
                    if isinstance(part, Picture)
                ],
            }
            for section in document.sections
        ],
        **document.data,
    }


def _table_json(table: Table) -> dict[str, Any]:
    names = [column.name for column in table.columns]
    return {
        "title": table.title,
        "note": table.note,
        "rows": [
            {name: _cell_json(cell) for name, cell in zip(names, row, strict=True)}
            for row in table.rows
        ],
    }


def _cell_json(cell: Cell) -> Any:
    if isinstance(cell, Estimate):
        return {name: _cell_json(value) for name, value in cell._asdict().items()}
    return None if isinstance(cell, float) and not np.isfinite(cell) else cell


def to_markdown(document: Document) -> str:
    """The document in GitHub's markdown; pictures are files beside it."""
    lines = [f"# {document.title}", "", document.text, "", "```", document.command, "```", ""]
    for section in document.sections:
        lines += [f"## {section.title}", ""] + ([section.text, ""] if section.text else [])
        for part in section.parts:
            lines += _markdown_table(part) if isinstance(part, Table) else _markdown_picture(part)
    lines += ["## Environment", "", "| | |", "|---|---|"]
    lines += [f"| {name} | {_escaped(value)} |" for name, value in document.environment.items()]
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


def _markdown_picture(picture: Picture) -> list[str]:
    return [f"![{picture.caption}]({picture.name}.png)", "", f"*{picture.caption}*", ""]


def _markdown_table(table: Table) -> list[str]:
    lines = [f"**{table.title}**", ""] if table.title else []
    lines.append("| " + " | ".join(column.heading for column in table.columns) + " |")
    marks = ("---" if column.kind == "text" else "---:" for column in table.columns)
    lines.append("|" + "|".join(marks) + "|")
    for index, row in enumerate(table.rows):
        cells = []
        for cell, column in zip(row, table.columns, strict=True):
            text, interval = (
                _escaped(cell_text(cell, column.kind)),
                interval_text(cell, column.kind),
            )
            text = f"**{text}**" if index in table.ours and text != "–" else text
            cells.append(f"{text} <sub>{interval}</sub>" if interval else text)
        lines.append("| " + " | ".join(cells) + " |")
    return [*lines, "", *([table.note, ""] if table.note else [])]


def to_rich(table: Table, intervals: bool = True) -> RenderableType:
    """The table for a terminal, without its note and, where that is narrow, without intervals."""
    from rich import box
    from rich.table import Table as RichTable
    from rich.text import Text

    drawn = RichTable(
        title=table.title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD
    )
    for column in table.columns:
        text = column.kind == "text"
        drawn.add_column(column.heading, justify="left" if text else "right", no_wrap=not text)
    for index, row in enumerate(table.rows):
        cells = []
        for cell, column in zip(row, table.columns, strict=True):
            value = Text(cell_text(cell, column.kind), "bold" if index in table.ours else "")
            interval = interval_text(cell, column.kind) if intervals else ""
            cells.append(value.append(f" {interval}", "not bold dim") if interval else value)
        drawn.add_row(*cells)
    return drawn


def _with_distinct_pictures(document: Document) -> Document:
    """The same document without two pictures of one name, which would share a file."""
    parts = [part for section in document.sections for part in section.parts]
    names = iter(numbered_names(part.name for part in parts if isinstance(part, Picture)))

    def renamed(part: Table | Picture) -> Table | Picture:
        return replace(part, name=next(names)) if isinstance(part, Picture) else part

    sections = [
        replace(section, parts=[renamed(part) for part in section.parts])
        for section in document.sections
    ]
    return replace(document, sections=sections)


def write_report(document: Document, folder: Path) -> list[Path]:
    """Writes report.md, report.html, results.json and every picture as PNG; returns their paths.

    Pictures of the same name are numbered.
    """
    from ptrnet_suite.reporting.html import to_html
    from ptrnet_suite.reporting.style import save
    from ptrnet_suite.runtime.files import atomic_write, write_json

    document = _with_distinct_pictures(document)
    pages = {"report.md": to_markdown(document), "report.html": to_html(document)}
    for name, text in pages.items():
        with atomic_write(folder / name) as temporary:
            temporary.write_text(text, encoding="utf-8")
    write_json(folder / "results.json", to_json(document))
    pictures = [part for section in document.sections for part in section.parts]
    return [folder / "results.json", *(folder / name for name in pages)] + [
        save(part.figure, folder / f"{part.name}.png")
        for part in pictures
        if isinstance(part, Picture)
    ]
