"""Files of text."""

from __future__ import annotations

from ptrnet_suite.task.registry import load_task
from tests.locations import SAMPLES


def test_text_comes_with_all_targets_of_a_source():
    read = load_task("text").formats.read(SAMPLES / "words.tsv")
    assert list(read.inputs) == ["abc", "to", "to"]
    assert [list(targets) for targets in read.solutions] == [["cba"], ["ot", "t o"], ["ot", "t o"]]
    counted = load_task("text").counted(read)
    assert list(counted.inputs) == ["abc", "to"]
    assert list(counted.solutions) == [["cba"], ["ot", "t o"]]
