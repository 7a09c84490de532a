"""Files of numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ptrnet_suite.errors import InputError
from ptrnet_suite.task.registry import load_task
from tests.locations import SAMPLES
from tests.ptrnet_tasks.sorting.instances import TASK, mixed


@pytest.mark.parametrize("name", ["x_1.csv", "a.npz"])
def test_files_give_back_what_was_written(tmp_path: Path, name: str) -> None:
    for instances in (mixed(), TASK.label(TASK.generate(6, 4, 0))):
        TASK.formats.write(instances, tmp_path / name)
        back = TASK.formats.read(tmp_path / name)
        assert [v.tolist() for v in back.inputs] == [v.tolist() for v in instances.inputs]
        assert [s.tolist() for s in back.solutions] == [s.tolist() for s in instances.solutions]


def test_a_csv_without_orders_beside_it_is_unsolved(tmp_path: Path) -> None:
    (tmp_path / "plain.csv").write_text("3, 1, 2\n\n5,4,6\n")
    instances = TASK.formats.read(tmp_path / "plain.csv")
    assert instances.solutions is None
    assert instances.inputs[..., 0].tolist() == [[3, 1, 2], [5, 4, 6]]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"x_a.csv": ""}, "x_a.csv is empty"),
        ({"x_a.csv": "\n"}, "x_a.csv is empty"),
        ({"x_a.csv": "1,2\n3,\n"}, "line 2 is not numbers separated by commas"),
        ({"x_a.csv": "1,2\n3,nan\n"}, "line 2 has a value that is NaN"),
        (
            {"x_a.csv": "1,2\n", "y_a.csv": "0,1\n1,0\n"},
            "y_a.csv has 2 sequences; x_a.csv .* has 1",
        ),
        ({"x_a.csv": "5,6\n", "y_a.csv": "0,0\n"}, r"y_a.csv, line 1 is not an order of 2"),
        ({"x_a.csv": "5,6\n", "y_a.csv": "1,0\n"}, r"y_a.csv, line 1 does not sort"),
        ({"x_a.csv": "5,6,7\n", "y_a.csv": "1,0\n"}, r"y_a.csv, line 1 is not an order of 3"),
        ({"x_b.csv": "5,6\n"}, "x_a.csv cannot be read: No such file"),
        ({"x_a.csv": "5,6\n", "y_a.csv": "0\n1\n2\n"}, "y_a.csv, line 1 is not an order of 2"),
        (
            {"x_a.csv": "5,6\n", "y_a.csv": "0,²\n"},
            "y_a.csv, line 1 is not numbers .*'²' is not an",
        ),
        (
            {"x_a.csv": "5,6\n", "y_a.csv": "0," + "9" * 5000},
            "is not an integer of at most 18 digits",
        ),
    ],
)
def test_bad_csv_files_are_refused(tmp_path: Path, files: dict, message: str) -> None:
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    with pytest.raises(InputError, match=message):
        TASK.formats.read(tmp_path / "x_a.csv")


def test_sequences_of_one_number_are_written_where_they_can_be_told_apart(tmp_path: Path) -> None:
    single = TASK.label(TASK.generate(1, 3, 0))
    with pytest.raises(InputError, match=r"is one sequence; accepted .* is \.npz"):
        TASK.formats.write(single, tmp_path / "a.csv")
    TASK.formats.write(single, tmp_path / "a.npz")
    assert TASK.formats.read(tmp_path / "a.npz").inputs.tolist() == single.inputs.tolist()


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"points": np.ones((2, 3))}, r"no numbers 'values' .* it holds points \(2, 3\)"),
        ({"values": np.ones(3)}, "no numbers 'values'"),
        ({"values": np.ones((2, 3)), "solutions": np.zeros((2, 3))}, "'solutions' must hold int"),
        ({"values": np.ones((2, 3)), "solutions": np.zeros(2, int)}, "'solutions' must hold int"),
        ({"values": np.ones((2, 3)), "sizes": np.array([3, -1])}, "between 1 and 3"),
        ({"values": np.ones((2, 3)), "sizes": np.array([3, 4])}, "between 1 and 3"),
        ({"values": np.ones((2, 3)), "sizes": np.array([3.0, 2.0])}, "2 integers.* not float64"),
        ({"values": np.eye(2), "solutions": np.array([[1, 0], [1, 0]])}, "instance 2 does not"),
    ],
)
def test_bad_npz_files_are_refused(tmp_path: Path, arrays: dict, message: str) -> None:
    np.savez(tmp_path / "bad.npz", **arrays)
    with pytest.raises(InputError, match=message):
        TASK.formats.read(tmp_path / "bad.npz")


def test_other_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "broken.npz").write_bytes(b"PK no archive")
    (tmp_path / "text.tsv").write_text("1\t2")
    with pytest.raises(InputError, match=r"not an \.npz of plain numbers"):
        TASK.formats.read(tmp_path / "broken.npz")
    np.save(tmp_path / "lone.npy", np.ones((2, 3)))
    (tmp_path / "lone.npy").rename(tmp_path / "lone.npz")
    with pytest.raises(InputError, match=r"lone array \(\.npy\), not an \.npz"):
        TASK.formats.read(tmp_path / "lone.npz")
    for act in (TASK.formats.read, lambda path: TASK.formats.write(mixed(), path)):
        with pytest.raises(InputError, match=r"suffix '.tsv'; accepted: .csv, .npz"):
            act(tmp_path / "text.tsv")


def test_numbers_come_with_the_order_in_the_file_beside_them():
    read = load_task("sorting").formats.read(SAMPLES / "x_numbers.csv")
    assert [list(order) for order in read.solutions] == [[1, 0, 2], [3, 1, 2, 0]]
    for values, order in zip(read.inputs, read.solutions, strict=True):
        assert (np.diff(values[order, 0]) > 0).all()
