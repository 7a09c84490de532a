"""README and docs/ show what results/ holds, in both languages, and point to what is there."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ptrnet_suite.cli.main import COMMANDS
from tests.locations import ROOT

SCRIPTS = ROOT / "experiments"
FOUND = [path for place in ("*.md", "docs/*.md", "notebooks/*.md") for path in ROOT.glob(place)]
DOCUMENTS = sorted(path.relative_to(ROOT).as_posix() for path in FOUND)
CHINESE = tuple(name for name in DOCUMENTS if name.endswith(".zh.md"))
READMES = ("README.md", "README.zh.md")

LINK = re.compile(r"\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]+))?\)")
NAMED_LINK = re.compile(r"\[`([\w/.-]+\.\w+)`\]\(([^)#\s]+)\)")
FENCED = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
FIGURE = re.compile(r"(?<![\w.,:/-])\d+(?:[.,]\d+)*(?![\w/]|[.,]\d)", re.ASCII)
FOLDER = re.compile(r"^( *)([\w/]+/(?: {1,2}[\w/]+/)*)(?: {2}|$)")
PATH = re.compile(r"`((?:docs|experiments|notebooks|ptrnet_suite|results|tasks|tests)/[^\s`]*)`")
MOST_LINES, MOST_COLUMNS = 165, 100

each_document = pytest.mark.parametrize("name", DOCUMENTS)
each_chinese = pytest.mark.parametrize("name", CHINESE)
each_readme = pytest.mark.parametrize("name", READMES)


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def english_of(name: str) -> str:
    """The English document of the same name."""
    return name.replace(".zh.md", ".md")


def other_of(name: str) -> str:
    """The same document in the other language."""
    return english_of(name) if name in CHINESE else name.replace(".md", ".zh.md")


def anchors_of(text: str) -> set[str]:
    """Where links into a page may lead: its headings as GitHub names them."""
    headings = re.findall(r"^#+ (.+)$", FENCED.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings}


def prose_of(text: str) -> str:
    """What a translator writes: no generated table, nothing between code marks, no address."""
    text = re.sub(r"(<!-- \w+ -->\n).*?<!-- end -->", "", FENCED.sub("", text), flags=re.DOTALL)
    return re.sub(r"\]\([^)]*\)|`[^`\n]*`", "", text)


def printed_in(text: str) -> list[str]:
    """The blocks of code that a translation leaves as they are."""
    shown = FENCED.findall(text)
    return [block for block in shown if block.isascii() or "$ " in block or "Ptr-Net" in block]


def columns_of(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in line)


def folders_of(tree: str) -> Iterator[Path]:
    """The folders that an indented tree names, each below the one that is less indented."""
    above: list[tuple[int, Path]] = []
    for found in map(FOLDER.match, tree.splitlines()):
        if found:
            depth = len(found[1])
            above = [(indent, path) for indent, path in above if indent < depth]
            names = [(above[-1][1] if above else ROOT) / name for name in found[2].split()]
            yield from names
            above.append((depth, names[0]))


@pytest.fixture(scope="module")
def script() -> Iterator[dict[str, Any]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(SCRIPTS))
        yield runpy.run_path(str(SCRIPTS / "fill_pages.py"))


@pytest.fixture(scope="module")
def blocks(script: dict[str, Any]) -> dict[str, str]:
    return {name: made() for name, made in script["FILLS"].items()}


@each_document
def test_the_tables_are_those_that_the_results_make(
    name: str, script: dict[str, Any], blocks: dict[str, str]
) -> None:
    page = text_of(name)
    assert script["filled"](page, blocks) == page


@pytest.mark.parametrize("language", ["ENGLISH", "CHINESE"])
def test_every_block_stands_where_it_should(language: str, script: dict[str, Any]) -> None:
    pages = {name: text_of(name) for name in script[language]}
    assert script["wrong_with"](pages, each_once=language == "ENGLISH") == ""


def test_no_other_document_has_a_block(script: dict[str, Any]) -> None:
    others = set(DOCUMENTS) - {*script["ENGLISH"], *script["CHINESE"]}
    assert [name for name in others if "<!--" in text_of(name)] == []


@pytest.mark.parametrize(
    ("name", "figure", "stale"),
    [
        ("README.md", "gap 2.57 % [2.44, 2.68]", "gap 1.57 % [2.44, 2.68]"),
        ("docs/results.zh.md", "| berlin52 | 7,910 |", "| berlin52 | 7,000 |"),
        ("docs/text.md", "PER 6.06 [5.85, 6.28]", "PER 6.00 [5.85, 6.28]"),
        ("docs/training.zh.md", "| 98.93 ± 0.64 |", "| 99.93 ± 0.64 |"),
        ("docs/search.md", "2.361 % [1.783, 3.005]", "2.161 % [1.783, 3.005]"),
    ],
)
def test_a_changed_figure_is_put_right(
    name: str, figure: str, stale: str, script: dict[str, Any], blocks: dict[str, str]
) -> None:
    page = text_of(name)
    changed = page.replace(figure, stale)
    assert changed != page
    assert script["filled"](changed, blocks) == page


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("<!-- text -->", "<!-- txet -->"), "missing: text, txet"),
        (("<!-- text -->", "<!-- papers -->"), "missing: papers, text"),
        (("<!-- text -->", "<!-- headline -->"), "missing: headline, text"),
        (("<!-- end -->", ""), "without <!-- end -->"),
    ],
)
def test_a_block_that_would_never_be_filled_is_told(
    change: tuple[str, str], told: str, script: dict[str, Any]
) -> None:
    pages = {name: text_of(name) for name in script["ENGLISH"]}
    pages["docs/text.md"] = pages["docs/text.md"].replace(*change)
    assert script["wrong_with"](pages, each_once=True).endswith(told)


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


@each_document
def test_a_link_that_names_a_file_leads_to_that_file(name: str) -> None:
    named = NAMED_LINK.findall(text_of(name))
    assert [text for text, target in named if not f"/{target}".endswith(f"/{text}")] == []


@each_document
def test_every_path_between_code_marks_is_there(name: str) -> None:
    paths = [path for path in PATH.findall(FENCED.sub("", text_of(name))) if "NAME" not in path]
    assert [path for path in paths if not any(ROOT.glob(path))] == []


@each_document
def test_each_document_begins_with_a_link_to_its_translation_and_the_readme(name: str) -> None:
    links = dict.fromkeys(path for path, _ in LINK.findall("".join(text_of(name).splitlines()[:3])))
    readme = READMES[name in CHINESE]
    back = [] if name in READMES else [f"../{readme}"]
    assert list(links) == [*back, Path(other_of(name)).name]


@pytest.mark.parametrize("name", [name for name in DOCUMENTS if not name.startswith("notebooks/")])
def test_every_command_shown_exists(name: str) -> None:
    shown = re.findall(r"(?:^|[`\s/])ptrnet ([a-z_-]+)", text_of(name))
    assert shown
    assert set(shown) <= set(COMMANDS)


@each_chinese
def test_figures_of_the_chinese_prose_stand_in_the_english_page(name: str) -> None:
    figures = set(FIGURE.findall(prose_of(text_of(name))))
    assert figures
    assert sorted(figures - set(FIGURE.findall(text_of(english_of(name))))) == []


@each_chinese
def test_both_languages_show_the_same_output_of_the_program(name: str) -> None:
    english = text_of(english_of(name))
    assert [block for block in printed_in(text_of(name)) if block not in english] == []


def test_pages_in_chinese_hold_figures_and_output(script: dict[str, Any]) -> None:
    pages = [text_of(name) for name in script["CHINESE"]]
    assert len({figure for page in pages for figure in FIGURE.findall(prose_of(page))}) > 100
    assert len([block for page in pages for block in printed_in(page)]) > 8


@each_readme
def test_the_readme_is_short_and_its_code_narrow(name: str) -> None:
    page = text_of(name)
    assert len(page.splitlines()) <= MOST_LINES
    lines = "\n".join(FENCED.findall(page)).splitlines()
    assert [line for line in lines if columns_of(line) > MOST_COLUMNS] == []


@each_readme
def test_the_tree_names_folders_that_are_there(name: str) -> None:
    (tree,) = (block for block in FENCED.findall(text_of(name)) if "\nptrnet_suite/" in block)
    folders = list(folders_of(tree))
    assert len(folders) > 20
    assert [str(folder) for folder in folders if not folder.is_dir()] == []
    rooms = {path.parent for path in (ROOT / "ptrnet_suite").glob("*/__init__.py")}
    assert rooms <= set(folders)


@pytest.mark.parametrize("number", [0, 1])
def test_own_points_and_words_print_what_the_readme_shows(number: int, tmp_path: Path) -> None:
    block = [one for one in FENCED.findall(text_of("README.md")) if "$ ptrnet" in one][number]
    lines = block.splitlines()[1:-1]
    command = f'ptrnet() {{ "{sys.executable}" -m ptrnet_suite.cli.main "$@"; }}'
    commands = [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]
    ran = subprocess.run(
        ["bash", "-ec", "\n".join([command, *commands])],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert ran.returncode == 0, ran.stderr
    printed = iter([line.rstrip() for line in ran.stdout.splitlines()])
    # Each line is looked for after the one before, so their order counts, too.
    assert [line for line in lines if not line.startswith("$ ") and line not in printed] == []
