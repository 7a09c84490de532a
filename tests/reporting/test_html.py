"""The page of a report needs nothing else."""

from __future__ import annotations

import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.reporting.report import TABLE

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
