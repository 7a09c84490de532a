"""Reports: the same figures in three files, and a page that needs nothing else."""

import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from ptrnet_suite.evaluation.statistics import Estimate
from ptrnet_suite.reporting.charts import lines_with_intervals
from ptrnet_suite.reporting.document import Column, Document, Picture, Section, Table, cell_text
from ptrnet_suite.reporting.write import to_rich, write_report

EXACT = Estimate(0.9123, 0.8951, 0.9312)
TABLE = Table(
    "hulls <of> 50 points",
    [
        Column("method"),
        Column("count", "count"),
        Column("exact", "rate"),
        Column("time", "milliseconds"),
    ],
    [
        ("ours | greedy", 1000, EXACT, 0.00123),
        ("paper", None, Estimate(0.726, np.nan, np.nan), None),
    ],
    "A note.",
    frozenset([0]),
)
STAGE = """
const cells = {a20: ["n = 20", "3"], a5: ["n = 5", ""], a10: ["n = 10", "11"]};
const rows = Object.keys(cells).map(name => ({
  name, cells: cells[name].map(value => ({dataset: {value}}))}));
const body = {rows, append: (...sorted) => { body.rows = sorted; }};
const heads = [0, 1].map(cellIndex => ({cellIndex, told: {}, closest: () => ({tBodies: [body]}),
  getAttribute(name) { return this.told[name] ?? null; },
  setAttribute(name, value) { this.told[name] = value; },
  removeAttribute(name) { delete this.told[name]; }}));
for (const head of heads) head.parentElement = {children: heads};
const buttons = heads.map(parentElement => ({parentElement}));
globalThis.document = {querySelectorAll: () => buttons};
SCRIPT
const tell = head => console.log(...body.rows.map(row => row.name), head.told["aria-sort"]);
buttons[0].onclick(); tell(heads[0]);
buttons[0].onclick(); tell(heads[0]);
buttons[1].onclick(); console.log(...body.rows.map(row => row.cells[1].dataset.value || "none"));
"""
"""A table of three rows and two columns, as little of a page as the script asks for."""

VOID = {"meta", "br", "img", "link", "input"}


class Page(HTMLParser):
    """What a reader of the page would find, and whether its tags are closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.sorts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids += [str(given["id"])] if "id" in given else []
        self.sorts += [str(given["data-value"])] if "data-value" in given else []
        self.links += [str(given[name]) for name in ("href", "src", "xlink:href") if name in given]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        while (closed := self.open.pop()) != tag:
            # HTML lets rows, cells and the page itself be closed by what follows.
            assert closed in ("html", "p"), f"<{closed}> is closed by </{tag}>"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pictures = [
        Picture(name, "By size.", lines_with_intervals({"ours": {5: EXACT, 50: EXACT}}).figure)
        for name in ("first", "second", "first")
    ]
    document = Document(
        "title & more",
        "Text.",
        "ptrnet bench --output here",
        {"cpu": "a processor"},
        [
            Section("convex hull", "What it is.", [TABLE, *pictures[:2]]),
            Section("Convex-Hull!", "Another one.", pictures[2:]),
        ],
        {"rows": [1, 2]},
    )
    folder = tmp_path_factory.mktemp("report")
    paths = write_report(document, folder)
    assert sorted(path.name for path in paths) == sorted(path.name for path in folder.iterdir())
    return folder


def test_the_json_holds_raw_figures_with_their_intervals(written: Path) -> None:
    found = json.loads((written / "results.json").read_text())
    rows = found["sections"][0]["tables"][0]["rows"]
    assert rows[0] == {
        "method": "ours | greedy",
        "count": 1000,
        "exact": {"value": 0.9123, "low": 0.8951, "high": 0.9312},
        "time": 0.00123,
    }
    assert rows[1]["exact"] == {"value": 0.726, "low": None, "high": None}
    assert found["command"] == "ptrnet bench --output here"
    assert found["rows"] == [1, 2]


def test_the_markdown_is_a_github_table_with_pictures_that_are_there(written: Path) -> None:
    lines = (written / "report.md").read_text().splitlines()
    assert "| method | count | exact (%) | time (ms) |" in lines
    assert "|---|---:|---:|---:|" in lines
    row = "| **ours \\| greedy** | **1,000** | **91.23** <sub>[89.5, 93.1]</sub> | **1.23** |"
    assert row in lines
    assert "| paper | – | 72.60 | – |" in lines
    assert "![By size.](first.png)" in lines
    assert "![By size.](first_2.png)" in lines
    assert (written / "first.png").stat().st_size > 1000


def test_the_page_is_well_formed_and_needs_nothing_else(written: Path) -> None:
    text = (written / "report.html").read_text()
    page = Page(text)
    assert set(page.open) <= {"html"}
    assert len(page.ids) == len(set(page.ids))
    assert all(link.startswith("#") and link[1:] in page.ids for link in page.links)
    assert "hulls &lt;of&gt; 50 points" in text
    assert "title &amp; more" in text
    assert text.count("<svg") == 3
    assert {"convex-hull", "convex-hull_2", "environment"} <= set(page.ids)
    assert "currentColor" in text
    assert "prefers-color-scheme: dark" in text


def test_cells_of_the_page_sort_by_what_they_mean(written: Path) -> None:
    page = Page((written / "report.html").read_text())
    assert page.sorts == ["ours | greedy", "1000", "0.9123", "0.00123", "paper", "", "0.726", ""]


def test_the_page_fetches_nothing_and_its_headings_are_buttons_for_keyboards(written: Path) -> None:
    text = (written / "report.html").read_text()
    assert not re.search(r"<(link|img|iframe|object)\b|@import|<script[^>]+src|fetch\(", text)
    addresses = set(re.findall(r"https?://[^\"'\s<>]+", text))
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    heads = re.findall(r"<th scope=\"col\"[^>]*>(.*?)</th>", text)
    assert len(heads) == len(TABLE.columns)
    assert all(head.startswith('<button type="button">') for head in heads)
    assert "<pre>ptrnet bench --output here</pre>" in text
    assert '<th scope="row">cpu</th><td>a processor</td>' in text


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node to run the page's script")
def test_a_click_sorts_a_table_and_another_click_turns_it_round(written: Path) -> None:
    page = (written / "report.html").read_text()
    script = re.search(r"<script>(.*)</script>", page, re.DOTALL)
    assert script is not None
    ran = subprocess.run(
        ["node", "-e", STAGE.replace("SCRIPT", script[1])],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert (ran.stdout.split(), ran.stderr) == (
        ["a5", "a10", "a20", "ascending", "a20", "a10", "a5", "descending", "3", "11", "none"],
        "",
    )


@pytest.mark.parametrize(
    ("cell", "kind", "words"),
    [
        (0.5, "rate", "50.00"),
        (-1e-9, "rate", "0.00"),
        (12345, "count", "12,345"),
        (0.0123456, "milliseconds", "12.3"),
        (2.5, "milliseconds", "2,500"),
        (5.687593, "number", "5.688"),
        (7542.0, "number", "7,542"),
        (float("nan"), "number", "–"),
        (None, "text", "–"),
    ],
)
def test_figures_are_shown_with_the_digits_that_say_something(
    cell: float | None, kind: str, words: str
) -> None:
    assert cell_text(cell, kind) == words  # type: ignore[arg-type]


def test_a_terminal_shows_intervals_where_it_has_room() -> None:
    def printed(intervals: bool) -> str:
        console = Console(width=120)
        with console.capture() as captured:
            console.print(to_rich(TABLE, intervals))
        return captured.get()

    assert "91.23 [89.5, 93.1]" in printed(True)
    assert "91.23" in printed(False)
    assert "[89.5" not in printed(False)
