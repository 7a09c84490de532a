"""A report as one HTML file that needs nothing else: style, pictures and sorting are in it."""

from __future__ import annotations

import io
import re
from html import escape

from matplotlib import rc_context
from matplotlib.figure import Figure

from ptrnet_suite.evaluation.statistics import Estimate
from ptrnet_suite.reporting.document import (
    Cell,
    Document,
    Picture,
    Section,
    Table,
    cell_text,
    interval_text,
    numbered_names,
)
from ptrnet_suite.reporting.style import INK, STYLE

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; --ink: #1c2128; --soft: #59636e; --page: #fff; --band: #f3f5f7;
  --rule: #d8dee4; --ours: #b04e00; }}
@media (prefers-color-scheme: dark) {{ :root {{ --ink: #e6e9ed; --soft: #9aa4af; --page: #0f1317;
  --band: #181d23; --rule: #30363d; --ours: #ff9d57; }} }}
body {{ margin: 0 auto; padding: 2rem 1.2rem 4rem; max-width: 66rem; color: var(--ink);
  background: var(--page); font: 16px/1.55 system-ui, sans-serif; }}
h1 {{ line-height: 1.2; margin: 0 0 .6rem; }}
h2 {{ margin: 2.8rem 0 .6rem; border-bottom: 1px solid var(--rule); padding-bottom: .25rem; }}
nav a {{ margin-right: 1.1rem; }}
a {{ color: inherit; }}
pre {{ background: var(--band); padding: .7rem .9rem; overflow-x: auto; border-radius: 6px; }}
.wide {{ overflow-x: auto; margin: 1.2rem 0; }}
table {{ border-collapse: collapse; font-size: .92rem; font-variant-numeric: tabular-nums; }}
caption {{ text-align: left; font-weight: 600; padding-bottom: .35rem; }}
th, td {{ padding: .28rem .75rem; border-bottom: 1px solid var(--rule); white-space: nowrap; }}
th {{ text-align: left; color: var(--soft); font-weight: 600; }}
th button {{ all: unset; cursor: pointer; }}
th button:focus-visible {{ outline: 2px solid; }}
thead button::after {{ content: " \\2195"; opacity: .45; }}
th[aria-sort=ascending] button::after {{ content: " \\2191"; opacity: 1; }}
th[aria-sort=descending] button::after {{ content: " \\2193"; opacity: 1; }}
.number {{ text-align: right; }}
td small {{ color: var(--soft); margin-left: .35em; }}
tr.ours td {{ background: var(--band); }}
tr.ours td:first-child {{ box-shadow: inset 3px 0 var(--ours); }}
.note, figcaption {{ color: var(--soft); font-size: .9rem; max-width: 46rem; }}
figure {{ margin: 1.6rem 0; }}
figure svg {{ max-width: 100%; height: auto; color: var(--soft); }}
</style>
<h1>{title}</h1>
<p>{text}</p>
<pre>{command}</pre>
<nav>{links}</nav>
{sections}
<h2 id="environment">Environment</h2>
<div class="wide"><table>{environment}</table></div>
<script>
for (const head of document.querySelectorAll("th button")) head.onclick = () => {{
  const cell = head.parentElement, body = cell.closest("table").tBodies[0];
  const way = cell.getAttribute("aria-sort") === "ascending" ? -1 : 1;
  for (const other of cell.parentElement.children) other.removeAttribute("aria-sort");
  cell.setAttribute("aria-sort", way > 0 ? "ascending" : "descending");
  const key = row => row.cells[cell.cellIndex].dataset.value;
  const missing = value => value === "";
  const order = (a, b) => missing(a) - missing(b) ||
    way * (isNaN(a) || isNaN(b) ? a.localeCompare(b, "en", {{numeric: true}}) : a - b);
  body.append(...[...body.rows].sort((a, b) => order(key(a), key(b))));
}};
</script>
</html>
"""


def to_html(document: Document) -> str:
    """The whole page; light or dark as the reader's system is, tables sort by a click."""
    titles = ["Environment", *(section.title for section in document.sections)]
    anchors = numbered_names(map(_anchor, titles))
    links = [
        f'<a href="#{anchor}">{escape(title)}</a>'
        for anchor, title in zip(anchors, titles, strict=True)
    ]
    return PAGE.format(
        title=escape(document.title),
        text=escape(document.text),
        command=escape(document.command),
        links="".join([*links[1:], links[0]]),
        sections="\n".join(map(_section, document.sections, anchors[1:])),
        environment="".join(
            f'<tr><th scope="row">{escape(name)}</th><td>{escape(value)}</td></tr>'
            for name, value in document.environment.items()
        ),
    )


def _anchor(title: str) -> str:
    return re.sub(r"\W+", "-", title.lower()).strip("-")


def _section(section: Section, anchor: str) -> str:
    parts = [f'<h2 id="{anchor}">{escape(section.title)}</h2>']
    if section.text:
        parts.append(f"<p>{escape(section.text)}</p>")
    parts.extend(
        _table(part) if isinstance(part, Table) else _picture(part) for part in section.parts
    )
    return "\n".join(parts)


def _table(table: Table) -> str:
    heads = "".join(
        f'<th scope="col"{_alignment_class(column.kind)}><button type="button">'
        f"{escape(column.heading)}</button></th>"
        for column in table.columns
    )
    rows = []
    for index, row in enumerate(table.rows):
        cells = []
        for cell, column in zip(row, table.columns, strict=True):
            interval = interval_text(cell, column.kind)
            small = f"<small>{interval}</small>" if interval else ""
            cells.append(
                f'<td{_alignment_class(column.kind)} data-value="{escape(_sort_key(cell))}">'
                f"{escape(cell_text(cell, column.kind))}{small}</td>"
            )
        mark = ' class="ours"' if index in table.ours else ""
        rows.append(f"<tr{mark}>{''.join(cells)}</tr>")
    note = f'<p class="note">{escape(table.note)}</p>' if table.note else ""
    return (
        f'<div class="wide"><table><caption>{escape(table.title)}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>{note}"
    )


def _alignment_class(kind: str) -> str:
    return "" if kind == "text" else ' class="number"'


def _sort_key(cell: Cell) -> str:
    """The value that a cell sorts by; empty where it is not known."""
    value = cell.value if isinstance(cell, Estimate) else cell
    return "" if value is None or value != value else str(value)


def _picture(picture: Picture) -> str:
    drawing = inline_svg(picture.figure, picture.name)
    return f"<figure>{drawing}<figcaption>{escape(picture.caption)}</figcaption></figure>"


def inline_svg(figure: Figure, name: str) -> str:
    """The figure as an SVG element whose axes take the page's text colour.

    `name` goes before every id, so that several pictures fit on one page.
    """
    stream = io.StringIO()
    with rc_context({**STYLE, "svg.hashsalt": name}):
        figure.savefig(stream, format="svg", metadata={"Date": None})
    drawing = stream.getvalue()
    drawing = drawing[drawing.index("<svg") :].strip()
    drawing = re.sub(r"<metadata>.*?</metadata>", "", drawing, flags=re.DOTALL)
    drawing = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{name}-", drawing)
    label = f'<svg role="img" aria-label="{escape(name)}" '
    return re.sub(INK, "currentColor", drawing, flags=re.IGNORECASE).replace("<svg ", label, 1)
