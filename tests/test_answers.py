"""Every figure with a spread or an interval in the answers stands in a file of results/."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import Any

import pytest

from tests.locations import ROOT

RESULTS = ROOT / "results"
SPREAD = re.compile(r"(\d[\d.,]*) ± (\d[\d.]*)")
INTERVAL = re.compile(r"(\d[\d.,]*)(?: %)? \[(\d[\d.]*), (\d[\d.]*)\]")
FENCED = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
PAGES = ("docs/answers.md", "docs/answers.zh.md")


def values_in(content: Any) -> Iterator[tuple[float, ...]]:
    """Every figure of a result file with its interval, or mean with its deviation."""
    if isinstance(content, dict):
        for keys in (("value", "low", "high"), ("mean", "deviation")):
            parts = [content.get(key) for key in keys]
            if all(isinstance(part, int | float) for part in parts):
                yield tuple(parts)  # type: ignore[arg-type]
        for inner in content.values():
            yield from values_in(inner)
    elif isinstance(content, list):
        for inner in content:
            yield from values_in(inner)


@cache
def known() -> tuple[set[tuple[str, ...]], set[tuple[str, ...]]]:
    """Spreads and intervals of all result files: any number of digits, plain, in % and in ms."""
    spreads, intervals = set[tuple[str, ...]](), set[tuple[str, ...]]()
    for path in [*RESULTS.rglob("*.json"), *RESULTS.rglob("*.md")]:
        text = path.read_text(encoding="utf-8")
        spreads |= {found.groups() for found in SPREAD.finditer(text.replace("\\u00b1", "±"))}
        intervals |= {found.groups() for found in INTERVAL.finditer(text)}
        if path.suffix == ".json":
            factors, found = (1, 100, 1000), list(values_in(json.loads(text)))
            for figures, digits, factor in product(found, range(5), factors):
                rendered = tuple(f"{factor * figure:.{digits}f}" for figure in figures)
                (intervals if len(figures) == 3 else spreads).add(rendered)
    return spreads, intervals


def unknown_in(page: str) -> list[str]:
    """The figures of a page that no result file has."""
    prose = FENCED.sub("", page)
    spreads, intervals = known()
    lost = [found[0] for found in SPREAD.finditer(prose) if found.groups() not in spreads]
    return lost + [
        found[0] for found in INTERVAL.finditer(prose) if found.groups() not in intervals
    ]


@pytest.mark.parametrize("name", PAGES)
def test_every_figure_of_the_answers_is_a_result(name: str) -> None:
    page = (ROOT / name).read_text(encoding="utf-8")
    assert len(SPREAD.findall(page)) > 100
    assert len(INTERVAL.findall(page)) > 20
    assert unknown_in(page) == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("28.63 ± 2.97", "28.63 ± 2.98"), ("34.58 [32.55, 36.14]", "34.58 [32.65, 36.14]")],
)
def test_a_figure_that_was_changed_by_hand_is_found(right: str, wrong: str) -> None:
    assert unknown_in(right) == []
    assert unknown_in(wrong) == [wrong]
