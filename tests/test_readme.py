"""Both READMEs show what results/ holds, and point to what is there."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from typing import Any

import pytest

from ptrnet_suite.cli.main import COMMANDS

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("README.md", "README.zh.md")
DOCUMENTS = (*PAGES, *sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("docs/*.md")))

LINK = re.compile(r"\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]+))?\)")
FENCED = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
FIGURE = re.compile(r"(?<![\w.,:/-])\d+(?:[.,]\d+)*(?![\w/]|[.,]\d)", re.ASCII)

each_page = pytest.mark.parametrize("name", PAGES)
each_document = pytest.mark.parametrize("name", DOCUMENTS)


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def anchors_of(text: str) -> set[str]:
    """Where links into a page may lead: its headings as GitHub names them."""
    headings = re.findall(r"^#+ (.+)$", FENCED.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings}


def prose_of(text: str) -> str:
    """What a translator writes: no generated table, nothing between code marks, no address."""
    text = re.sub(r"(<!-- \w+ -->\n).*?<!-- end -->", "", FENCED.sub("", text), flags=re.DOTALL)
    return re.sub(r"\]\([^)]*\)|`[^`\n]*`", "", text)


@pytest.fixture(scope="module")
def script() -> dict[str, Any]:
    return runpy.run_path(str(ROOT / "experiments" / "fill_pages.py"))


@pytest.fixture(scope="module")
def blocks(script: dict[str, Any]) -> dict[str, str]:
    return {name: made() for name, made in script["FILLS"].items()}


@each_page
def test_the_tables_are_those_that_the_results_make(
    name: str, script: dict[str, Any], blocks: dict[str, str]
) -> None:
    page = text_of(name)
    assert script["wrong_with"](page, each_once=name == "README.md") == ""
    assert script["filled"](page, blocks) == page


def test_a_changed_figure_is_put_right(script: dict[str, Any], blocks: dict[str, str]) -> None:
    page = text_of("README.zh.md")
    stale = page.replace("| berlin52 | 7,910 |", "| berlin52 | 7,000 |")
    assert stale != page
    assert script["filled"](stale, blocks) == page


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("<!-- text -->", "<!-- txet -->"), "missing: text, txet"),
        (("<!-- text -->", "<!-- papers -->"), "missing: papers, text"),
        (("<!-- end -->", ""), "without <!-- end -->"),
    ],
)
def test_a_block_that_would_never_be_filled_is_told(
    change: tuple[str, str], told: str, script: dict[str, Any]
) -> None:
    page = text_of("README.md").replace(*change)
    assert script["wrong_with"](page, each_once=True).endswith(told)


@each_document
def test_every_link_and_picture_leads_to_something(name: str) -> None:
    folder = (ROOT / name).parent
    targets = [(path or Path(name).name, anchor) for path, anchor in LINK.findall(text_of(name))]
    assert targets
    assert [path for path, _ in targets if not (folder / path).exists()] == []
    lost = [
        f"{path}#{anchor}"
        for path, anchor in targets
        if anchor and anchor not in anchors_of((folder / path).read_text(encoding="utf-8"))
    ]
    assert lost == []


@each_page
def test_each_readme_begins_with_a_link_to_the_other(name: str) -> None:
    other = next(page for page in PAGES if page != name)
    assert f"]({other})" in "".join(text_of(name).splitlines()[:3])


@each_document
def test_every_command_shown_exists(name: str) -> None:
    shown = re.findall(r"(?:^|[`\s/])ptrnet ([a-z_-]+)", text_of(name))
    assert shown
    assert set(shown) <= set(COMMANDS)


def test_figures_of_the_chinese_prose_stand_in_the_english_page() -> None:
    figures = set(FIGURE.findall(prose_of(text_of("README.zh.md"))))
    assert len(figures) > 100
    assert sorted(figures - set(FIGURE.findall(text_of("README.md")))) == []


def test_both_readmes_show_the_same_output_of_the_program() -> None:
    shown = FENCED.findall(text_of("README.zh.md"))
    printed = [block for block in shown if block.isascii() or "$ " in block or "Ptr-Net" in block]
    assert len(printed) > 4
    assert [block for block in printed if block not in text_of("README.md")] == []
