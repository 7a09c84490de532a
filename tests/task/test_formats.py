"""`.npz` by spec: what is written comes back, and what cannot be is refused in one sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.task.answer import ScoredAnswer
from ptrnet_suite.task.base import Task
from tests.task.small_tasks import Order, Pictures, Selection, Vectors, Words

RNG = np.random.default_rng(0)
CASES: dict[str, tuple[Task, Instances]] = {
    "points of one size": (Order(), Instances(RNG.random((3, 5, 2)))),
    "points of several sizes, solved": (
        Selection(),
        Instances([RNG.random((n, 2)) for n in (2, 5)], [np.array([1]), np.array([4, 0, 2])]),
    ),
    "vectors": (Vectors(), Instances([RNG.random((n, 3)) for n in (4, 1, 2)])),
    "words": (
        Words(),
        Instances([np.array([8, 0]), np.array([1, 2, 3])], [np.array([6, 6]), np.array([1])]),
    ),
    "texts": (Words(), Instances(["one", "zwei"], ["1", "zwei"])),
    "images": (Pictures(), Instances([RNG.random((4, n)) for n in (6, 2)], [[3], [1, 2]])),
}


def plain(rows: Any) -> list[Any]:
    return [row if isinstance(row, str) else np.asarray(row).tolist() for row in rows]


@pytest.mark.parametrize("name", CASES)
def test_instances_come_back_as_they_were(name: str, tmp_path: Path) -> None:
    task, instances = CASES[name]
    path = tmp_path / "instances.npz"
    task.formats.check(instances)
    task.formats.write(instances, path)
    back = task.formats.read(path)
    task.formats.check(back)
    assert plain(back.inputs) == plain(instances.inputs)
    assert back.source == str(path)
    if instances.solutions is None:
        assert back.solutions is None
    else:
        assert plain(back.solutions) == plain(instances.solutions)
    if isinstance(task, Pictures):
        assert back.sizes().tolist() == [6, 2]


def test_a_tasks_source_is_a_file_by_default(tmp_path: Path) -> None:
    task, instances = CASES["points of one size"]
    path = tmp_path / "points.npz"
    task.formats.write(instances, path)
    assert plain(task.source(str(path)).inputs) == plain(instances.inputs)
    assert task.files(str(path)) == [path]


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        (
            {"points": np.zeros((2, 3, 2))},
            r"no array 'inputs' of numbers \(count, n, 2\); it holds",
        ),
        ({"inputs": np.zeros((2, 3, 3))}, r"it holds inputs \(2, 3, 3\)"),
        ({"inputs": np.zeros((2, 0, 2))}, r"it holds inputs \(2, 0, 2\)"),
        ({"inputs": np.zeros((2, 3, 2)), "sizes": [3, 4]}, "'sizes' must be between 1 and 3"),
        ({"inputs": np.zeros((2, 3, 2)), "sizes": [3]}, "'sizes' must be 2 integers"),
        ({"inputs": np.zeros((2, 3, 2)), "solutions": [[0, 1]]}, r"must be whole numbers \(2, n\)"),
        ({"inputs": np.zeros((2, 3, 2)), "solutions": np.eye(2)}, "must be whole numbers"),
        ({"inputs": np.zeros((2, 3, 2)), "solutions": [[0], [3]]}, "instance 2: .* of 0 to 2"),
        ({"inputs": np.zeros((1, 3, 2)), "solutions": [[-2]]}, "outside of 0 to 2"),
    ],
)
def test_a_file_that_holds_something_else_is_refused(
    arrays: dict[str, Any], message: str, tmp_path: Path
) -> None:
    path = tmp_path / "wrong.npz"
    np.savez(path, **{name: np.asarray(array) for name, array in arrays.items()})
    with pytest.raises(InputError, match=message) as caught:
        Order().formats.read(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_other_suffixes_and_missing_files_are_refused(tmp_path: Path) -> None:
    task, instances = CASES["points of one size"]
    with pytest.raises(InputError, match=r"suffix '\.csv'; accepted: \.npz"):
        task.formats.write(instances, tmp_path / "points.csv")
    with pytest.raises(InputError, match=r"suffix '\.txt'"):
        task.formats.read(tmp_path / "points.txt")
    with pytest.raises(InputError, match=r"none\.npz is not a file"):
        task.formats.read(tmp_path / "none.npz")


@pytest.mark.parametrize(
    ("task", "inputs", "message"),
    [
        (Order(), [], "holds no instances"),
        (Order(), [np.zeros((3, 2)), np.zeros((0, 2))], r"instance 2 has shape \(0, 2\)"),
        (Order(), [np.zeros((3, 3))], r"^data has shape \(3, 3\); accepted .* \(count, n, 2\)"),
        (Order(), ["text"], "accepted is one of numbers"),
        (Order(), [np.array([[0.0, np.nan]])], "no finite number"),
        (Words(), [np.array([1, 9])], "token outside of 0 to 8"),
        (Words(), [np.array([0.5])], "accepted is one of whole numbers"),
        (Words(), ["a", ""], "instance 2"),
        (Pictures(), [np.zeros((3, 5))], r"\(count, 4, width\)"),
    ],
)
def test_an_instance_without_an_answer_is_refused(
    task: Task, inputs: list[Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        task.formats.check(Instances(inputs, source="data"))


def test_a_task_has_files_of_answers_by_default_and_refuses_others(tmp_path: Path) -> None:
    task, instances = CASES["vectors"]
    answers = [[ScoredAnswer(np.array([2, 0, 1]), -0.5)]] * 3
    task.formats.write_answers(instances, answers, tmp_path / "answers.txt")
    assert (tmp_path / "answers.txt").read_text() == "2 0 1\n" * 3
    task.formats.write_answers(instances, answers, tmp_path / "answers.json")
    rows = json.loads((tmp_path / "answers.json").read_text())
    assert [row["index"] for row in rows] == [0, 1, 2]
    assert rows[0]["answers"] == [{"answer": [2, 0, 1], "log_probability": -0.5}]
    path = tmp_path / "answers.csv"
    with pytest.raises(InputError, match=r"suffix '\.csv'; accepted: \.txt, \.nbest, \.json"):
        task.formats.write_answers(instances, answers, path)
    assert not path.exists()
