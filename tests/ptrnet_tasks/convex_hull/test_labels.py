"""Labels of a file are held against the hulls of their points."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from tests.ptrnet_tasks.convex_hull.instances import TASK

FIVE = "0.1 0.1 0.9 0.2 0.5 0.4 0.8 0.9 0.2 0.8"
LATTICE = " ".join(f"{x} {y}" for y in range(3) for x in range(3))


def read(folder: Path, *lines: str) -> list[list[int]]:
    path = folder / "hulls.txt"
    path.write_text("\n".join(lines) + "\n")
    return [hull.tolist() for hull in TASK.formats.read(path).solutions]


@pytest.mark.parametrize("label", ["1 2 4 5", "1 2 4 5 1", "5 4 2 1 5", "4 5 1 2 4"])
def test_a_hull_is_read_whatever_its_start_and_direction(tmp_path, label):
    assert read(tmp_path, f"{FIVE} output {label}") == [[0, 1, 3, 4]]


@pytest.mark.parametrize("label", ["1 3 9 7 1", "1 2 3 6 9 8 7 4 1", "1 4 7 9 3 1"])
def test_a_label_may_keep_points_on_edges_and_is_read_as_the_corners(tmp_path, label):
    assert read(tmp_path, f"{LATTICE} output {label}") == [[0, 2, 8, 6]]


def test_a_label_may_name_any_of_the_points_in_one_place(tmp_path):
    assert read(tmp_path, "0 0 9 0 9 9 0 9 4 5 0 0 output 6 2 3 4 6") == [[0, 1, 2, 3]]


@pytest.mark.parametrize(
    "label",
    ["1 2 3 4 5 1", "1 2 4 1", "1 4 2 5 1", "1 2 1", "1 2 5 4 1"],
    ids=["inner", "missing", "crossing", "two", "crossing_too"],
)
def test_a_label_that_is_no_hull_is_refused_with_its_line(tmp_path, label):
    right = f"{FIVE} output 1 2 4 5 1"
    with pytest.raises(InputError) as refused:
        read(tmp_path, right, "", right, f"{FIVE} output {label}")
    assert f"{tmp_path / 'hulls.txt'}, line 4: its label is not the hull" in str(refused.value)
    assert "whose corners are 1 2 4 5 (counted from 1)" in str(refused.value)


def test_an_archives_label_that_is_no_hull_is_refused_with_its_number(tmp_path):
    points = np.array(FIVE.split(), float).reshape(-1, 2)
    solutions = np.array([[0, 1, 3, 4], [0, 1, 2, 3]])
    np.savez(tmp_path / "two.npz", points=np.stack([points, points]), solutions=solutions)
    with pytest.raises(InputError, match=r"two\.npz, instance 2: its label is not the hull"):
        TASK.formats.read(tmp_path / "two.npz")


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([1e-300, 1e-9, 1.0, 1e9, 1e150]))
def test_labels_survive_single_precision_and_any_scale(tmp_path_factory, seed, scale):
    path = tmp_path_factory.mktemp("labels") / "hulls.npz"
    labelled = TASK.label(TASK.generate(9, 20, seed))
    single = np.asarray(labelled.inputs).astype(np.float32).astype(float) * scale
    TASK.formats.write(Instances(single, labelled.solutions), path)
    assert len(TASK.formats.read(path)) == 20


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32))
def test_every_hull_of_lattice_points_is_read_and_with_one_corner_less_refused(
    tmp_path_factory, seed
):
    rng = np.random.default_rng(seed)
    path = tmp_path_factory.mktemp("labels") / "hulls.txt"
    points = np.vstack([[[0, 0], [5, 0], [0, 5]], rng.integers(0, 6, (9, 2))]).astype(float)
    labelled = TASK.label(Instances([points]))
    TASK.formats.write(labelled, path)
    assert TASK.formats.read(path).solutions[0].tolist() == labelled.solutions[0].tolist()
    TASK.formats.write(labelled.with_solutions([labelled.solutions[0][1:]]), path)
    with pytest.raises(InputError, match="line 1: its label is not the hull"):
        TASK.formats.read(path)


def test_points_without_an_area_are_left_to_the_check_of_points(tmp_path):
    path = tmp_path / "line.txt"
    path.write_text("0 0 1 1 2 2 output 1 3 1\n")
    with pytest.raises(InputError, match="lie on one line"):
        TASK.formats.check(TASK.formats.read(path))
    path.write_text("0 0 1 1 output 1 2 1\n")
    with pytest.raises(InputError, match="at least 3"):
        TASK.formats.check(TASK.formats.read(path))
