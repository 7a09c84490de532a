"""Files of hulls."""

from __future__ import annotations

from pathlib import Path

import pytest

from ptrnet_suite.task.registry import load_task
from tests.locations import SAMPLES
from tests.ptrnet_tasks.convex_hull.instances import TASK, mixed


@pytest.mark.parametrize("suffix", [".txt", ".npz"])
def test_files_give_back_what_was_written(tmp_path: Path, suffix: str) -> None:
    for instances in (mixed(6), TASK.label(TASK.generate(9, 5, 0, "ring"))):
        path = tmp_path / f"hulls{suffix}"
        TASK.formats.write(instances, path)
        back = TASK.formats.read(path)
        assert [p.tolist() for p in back.inputs] == [p.tolist() for p in instances.inputs]
        assert [h.tolist() for h in back.solutions] == [h.tolist() for h in instances.solutions]


def test_text_is_written_in_the_official_form(tmp_path: Path) -> None:
    path = tmp_path / "one.txt"
    path.write_text(TASK.example.replace("1 2 4 5 1", "5 4 2 1 5") + "\n")
    TASK.formats.write(TASK.formats.read(path), tmp_path / "two.txt")
    assert (tmp_path / "two.txt").read_text().strip() == TASK.example


def test_official_hull_lines_hold_the_hulls_of_their_points():
    task = load_task("convex_hull")
    read = task.formats.read(SAMPLES / "hulls.txt")
    assert read.sizes().tolist() == [5, 5, 6]
    assert [list(answer) for answer in read.solutions] == [[0, 1, 3, 4], [1, 2, 3], [0, 1, 2, 3]]
    found = task.references()["scipy"].solve(read)
    assert task.evaluate(read, found)["exact"].values.tolist() == [1, 1, 1]
