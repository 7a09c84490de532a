"""What is said of inputs that a checkpoint was not trained on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ptrnet_tasks.image_text.task import ImageText
from ptrnet_tasks.tsp.task import TravellingSalesman
from torch import nn

from ptrnet_suite.cli.notes import beyond_training, tell_notes
from ptrnet_suite.data.instances import Instances
from ptrnet_suite.model.checkpoint import Checkpoint
from ptrnet_suite.task.base import Task


def checkpoint(record: dict[str, Any], task: Task | None = None) -> Checkpoint:
    task = task or TravellingSalesman()
    return Checkpoint(nn.Identity(), task, record, Path("x"), "mine", "", 0)  # type: ignore[arg-type]


def cities(*sizes: int) -> Instances:
    return Instances([np.random.default_rng(0).random((size, 2)) for size in sizes])


@pytest.mark.parametrize(
    ("sizes", "told"),
    [
        ((5, 20), []),
        (
            (4, 5, 20, 31),
            ["2 of 4 inputs have a size (4 to 31) that mine was not trained on (5 to"],
        ),
        ((21,), ["the input has a size (21) that mine was not trained on (5 to 20)"]),
    ],
)
def test_sizes_outside_of_training_are_counted(sizes: tuple[int, ...], told: list[str]) -> None:
    said = beyond_training(checkpoint({"sizes": [5, 20]}), cities(*sizes))
    assert len(said) == len(told)
    assert all(one.startswith(start) for one, start in zip(said, told, strict=True))


def test_nothing_is_said_of_what_is_not_recorded_or_counted_in_another_unit() -> None:
    assert beyond_training(checkpoint({}), cities(9)) == []
    images = Instances(np.zeros((1, 24, 40)), columns={"sizes": np.array([40])})
    assert beyond_training(checkpoint({"sizes": [6, 6]}, ImageText("digits")), images) == []


def test_each_note_is_one_line_of_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    tell_notes(["one\ntwo", "three"])
    assert capsys.readouterr() == ("", "note: one two\nnote: three\n")
