"""The sorting task from outside: data, batches, scores, files, bad input."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from ptrnet_tasks.sorting.task import Sorting

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.reporting.answers import plot_answer
from tests.locations import SHARED, needs_data

TASK = Sorting()


def column(*values: float) -> np.ndarray:
    return np.array(values)[:, None]


def mixed() -> Instances:
    """Labelled instances of different sizes."""
    rng = np.random.default_rng(0)
    return TASK.label(Instances([rng.random((size, 1)) for size in (3, 1, 8, 5)]))


@pytest.mark.parametrize("distribution", TASK.distributions)
def test_generated_numbers_are_seeded_and_lie_between_0_and_1(distribution: str) -> None:
    first = TASK.generate(10, 30, 2, distribution)
    assert first.inputs.shape == (30, 10, 1)
    assert 0 <= first.inputs.min() <= first.inputs.max() <= 1
    assert (first.inputs == TASK.generate(10, 30, 2, distribution).inputs).all()
    assert not (first.inputs == TASK.generate(10, 30, 3, distribution).inputs).any()


def test_clustered_numbers_lie_closer_together_than_uniform_ones() -> None:
    gaps = {
        name: np.median(np.diff(np.sort(TASK.generate(20, 500, 0, name).inputs[..., 0], 1), axis=1))
        for name in TASK.distributions
    }
    assert gaps["clustered"] < 0.5 * gaps["uniform"]


@settings(deadline=None)
@given(arrays(float, st.tuples(st.integers(1, 5), st.integers(1, 9), st.just(1)),
              elements=st.floats(-1e300, 1e300)))  # fmt: skip
def test_labels_sort_any_numbers_and_score_as_right(values: np.ndarray) -> None:
    instances = TASK.label(Instances(values))
    for row, order in zip(values[..., 0], instances.solutions, strict=True):
        assert row[order].tolist() == sorted(row.tolist())
    scores = TASK.evaluate(instances, list(instances.solutions))
    assert scores["exact"].values.all()
    assert (scores["token_accuracy"].values == scores["token_accuracy"].weights).all()


@pytest.mark.parametrize("augmented", [False, True])
def test_targets_sort_what_the_model_sees(augmented: bool) -> None:
    for instances in (mixed(), TASK.label(TASK.generate(12, 50, 1))):
        batch = TASK.batch(instances, np.random.default_rng(0) if augmented else None)
        assert (batch.target_mask == batch.input_mask).all()
        for seen, mask, targets in zip(*batch[:3], strict=True):
            values = seen[mask, 0].numpy()
            assert values[targets[mask].numpy()].tolist() == sorted(values.tolist())
            assert not seen[~mask].any()
            assert not targets[~mask].any()
        allowed = TASK.constraint().masks_along(batch, batch.inputs.shape[1], batch.targets)
        assert allowed.gather(2, batch.targets.unsqueeze(2))[batch.target_mask].all()


def test_augmentation_reorders_the_same_numbers() -> None:
    instances = TASK.label(TASK.generate(12, 50, 1))
    plain, shuffled = TASK.batch(instances), TASK.batch(instances, np.random.default_rng(0))
    assert not (plain.inputs == shuffled.inputs).all(1).any()
    assert (plain.inputs.sort(1).values == shuffled.inputs.sort(1).values).all()


@pytest.mark.parametrize(
    ("values", "seen"),
    [
        (column(0.1, 0.9, 0.4), [0.1, 0.9, 0.4]),
        (column(-5, 5, 0), [0, 1, 0.5]),
        (column(1e308, -1e308, 0), [1, 0, 0.5]),
        (column(7, 7), [0, 0]),
        (column(0.500001, 0.5, 0.500002), [0.5, 0, 1]),
        (column(0.0, 0.0), [0, 0]),
    ],
)
def test_numbers_are_stretched_only_where_they_need_it(values: np.ndarray, seen: list) -> None:
    assert TASK.batch(Instances([values])).inputs[0, :, 0].tolist() == pytest.approx(seen)


@pytest.mark.parametrize(
    ("answer", "exact", "right"),
    [
        ([3, 0, 1, 2], 1, 4),
        ([3, 0, 2, 1], 1, 4),
        ([0, 3, 1, 2], 0, 2),
        ([3, 0, 1, 1], 0, 4),
        ([3, 0, 1], 0, 3),
        ([3, 0, 1, 2, 3], 0, 4),
        ([], 0, 0),
    ],
)
def test_scores_take_equal_numbers_in_either_order(answer: list, exact: int, right: int) -> None:
    other = Instances([column(0.2, 0.5, 0.5, 0.1), column(5, 4, 3, 2, 1, 0)])
    scores = TASK.evaluate(other, [np.array(answer, np.int64), np.arange(6)[::-1]])
    assert scores["exact"].values.tolist() == [exact, 1]
    assert scores["token_accuracy"].values.tolist() == [right, 6]
    assert scores["token_accuracy"].weights.tolist() == [4, 6]


def test_padding_does_not_hide_a_repeated_position() -> None:
    instances = Instances([column(2, 1, 2), column(4, 3, 2, 1, 0)])
    scores = TASK.evaluate(instances, [np.array([1, 2, 2]), np.array([4, 3, 2, 1, 0])])
    assert scores["exact"].values.tolist() == [0, 1]


def test_references_equal_the_labels() -> None:
    instances = mixed()
    answers = TASK.references()["numpy"].solve(instances)
    assert [a.tolist() for a in answers] == [s.tolist() for s in instances.solutions]


@needs_data
@pytest.mark.parametrize("size", [5, 8])
def test_published_orders_equal_ours(size: int) -> None:
    instances = TASK.formats.read(SHARED / f"sorting/x_{size}.csv")
    assert instances.inputs.shape == (10_000, size, 1)
    assert (instances.solutions == TASK.label(instances).solutions).all()


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
        ({"x_a.csv": "1,2\n", "y_a.csv": "0,1\n1,0\n"}, "y_a.csv has 2 lines; x_a.csv .* has 1"),
        ({"x_a.csv": "5,6\n", "y_a.csv": "0,0\n"}, r"y_a.csv, line 1 is not an order of 2"),
        ({"x_a.csv": "5,6\n", "y_a.csv": "1,0\n"}, r"y_a.csv, line 1 does not sort"),
        ({"x_a.csv": "5,6,7\n", "y_a.csv": "1,0\n"}, r"y_a.csv, line 1 is not an order of 3"),
        ({"x_b.csv": "5,6\n"}, "x_a.csv is not a file"),
    ],
)
def test_bad_csv_files_are_refused(tmp_path: Path, files: dict, message: str) -> None:
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    with pytest.raises(InputError, match=message):
        TASK.formats.read(tmp_path / "x_a.csv")


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


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (column(1, np.nan), "no finite number"),
        (np.ones((3, 2)), r"has shape \(3, 2\); numbers need \(n, 1\)"),
        (np.ones((0, 1)), "empty sequence"),
    ],
)
def test_numbers_that_cannot_be_sorted_are_refused(values: np.ndarray, message: str) -> None:
    with pytest.raises(InputError, match=message):
        TASK.formats.check(Instances([values]))
    TASK.formats.check(mixed())


@pytest.mark.parametrize(
    ("arguments", "message"), [((0, 1, 0), "at least 1"), ((3, 1, 0, "spiral"), "'spiral'")]
)
def test_impossible_requests_for_numbers_are_refused(arguments: tuple, message: str) -> None:
    with pytest.raises(InputError, match=message):
        TASK.generate(*arguments)


def test_an_answer_is_told_and_drawn_in_its_order() -> None:
    instances = TASK.label(Instances([column(0.25, 0.75, 0.5)]))
    assert TASK.presenter.describe(instances, 0, np.array([0, 2, 1])) == (
        "0.25 0.5 0.75 by position from 0: 0 2 1; sorted"
    )
    assert TASK.presenter.describe(instances, 0, np.array([0, 1, 2])).endswith("not sorted")
    ax = plot_answer(TASK, instances, 0, np.array([0, 1, 2]))
    assert sorted((bar.get_x() + 0.4, bar.get_height()) for bar in ax.patches) == [
        (pytest.approx(place), height) for place, height in enumerate((0.25, 0.75, 0.5))
    ]
    assert [bar.get_hatch() for bar in ax.patches] == [None, "//", "//"]
