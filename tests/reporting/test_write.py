"""The same figures as JSON, Markdown and in a terminal."""

from __future__ import annotations

import json
from pathlib import Path

from rich.console import Console

from ptrnet_suite.reporting.write import to_rich
from tests.reporting.report import TABLE


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


def test_a_terminal_shows_intervals_where_it_has_room() -> None:
    def printed(intervals: bool) -> str:
        console = Console(width=120)
        with console.capture() as captured:
            console.print(to_rich(TABLE, intervals))
        return captured.get()

    assert "91.23 [89.5, 93.1]" in printed(True)
    assert "91.23" in printed(False)
    assert "[89.5" not in printed(False)
