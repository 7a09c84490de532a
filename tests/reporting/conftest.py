"""A report that is written once."""

from __future__ import annotations

from pathlib import Path

import pytest

from ptrnet_suite.reporting.charts import lines_with_intervals
from ptrnet_suite.reporting.document import Document, Picture, Section
from ptrnet_suite.reporting.write import write_report
from tests.reporting.report import EXACT, TABLE


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
