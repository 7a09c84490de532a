import doctest
import time

import matplotlib as mpl
import numpy as np
import ptrnet_tasks.tsp.task
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from ptrnet_tasks.tsp.task import TravellingSalesman

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.reporting.answers import plot_answer
from tests.locations import SHARED, needs_data

mpl.use("Agg")
TASK = TravellingSalesman()


def lengths_along(batch) -> np.ndarray:
    """Length of each target tour over the batch's own points."""
    lengths = []
    for points, mask, tour in zip(batch.inputs, batch.input_mask, batch.targets, strict=True):
        path = points[tour[mask]].double()
        lengths.append(float((path - path.roll(-1, 0)).norm(dim=1).sum()))
    return np.array(lengths)


def random_labelled(seed: int, mixed: bool) -> Instances:
    rng = np.random.default_rng(seed)
    sizes = [5, 9, 6, 8] if mixed else [7] * 4
    points = [rng.random((size, 2)) for size in sizes]
    tours = [rng.permutation(size) for size in sizes]
    return Instances(points, tours) if mixed else Instances(np.array(points), np.array(tours))


@given(st.integers(0, 10_000), st.booleans())
def test_augmentation_keeps_the_length_of_every_tour_and_begins_at_position_0(seed, mixed):
    instances = random_labelled(seed, mixed)
    plain, turned = TASK.batch(instances), TASK.batch(instances, np.random.default_rng(seed))
    assert lengths_along(turned) == pytest.approx(lengths_along(plain), rel=1e-5)
    expected = TASK.evaluate(instances, instances.solutions)["length"].values
    assert lengths_along(plain) == pytest.approx(expected, rel=1e-5)
    for batch in (plain, turned):
        assert (batch.targets[:, 0] == 0).all()
        assert (batch.input_mask == batch.target_mask).all()
        assert batch.input_mask.sum(1).tolist() == instances.sizes().tolist()
        assert batch.inputs[~batch.input_mask].abs().sum() == 0
        for tour, mask in zip(batch.targets, batch.input_mask, strict=True):
            assert sorted(tour[mask].tolist()) == list(range(int(mask.sum())))


@given(st.integers(0, 10_000), st.booleans())
def test_the_cost_of_choices_is_the_length_of_the_tour_also_under_padding(seed, mixed):
    instances = random_labelled(seed, mixed)
    batch = TASK.batch(instances)
    choices = torch.stack([batch.targets, batch.targets * batch.target_mask], 1)
    costs = TASK.cost(batch, choices).numpy()
    expected = TASK.evaluate(instances, instances.solutions)["length"].values
    assert costs == pytest.approx(np.stack([expected, expected], 1), rel=1e-5)


def test_augmentation_reaches_every_start_both_directions_and_all_symmetries():
    square = np.array([[0.1, 0.2], [0.9, 0.35], [0.8, 0.6], [0.3, 0.95]])
    instances = Instances(np.tile(square, (3000, 1, 1)), np.tile(np.arange(4), (3000, 1)))
    batch = TASK.batch(instances, np.random.default_rng(0))
    first = {tuple(place) for place in batch.inputs[:, 0].numpy().round(4).tolist()}
    assert len(first) == 4 * 8
    assert len({tuple(tour) for tour in batch.targets.tolist()}) == 6


def test_a_batch_without_randomness_is_the_instance_as_it_is():
    instances = TASK.generate(20, 4, seed=0)
    batch = TASK.batch(instances)
    assert batch.targets is None
    assert batch.inputs.numpy() == pytest.approx(instances.inputs, rel=1e-6)


def test_the_constraint_allows_every_target_of_a_batch():
    batch = TASK.batch(random_labelled(1, mixed=True), np.random.default_rng(0))
    allowed = TASK.constraint().masks_along(batch, batch.inputs.shape[1], batch.targets)
    chosen = allowed.gather(2, batch.targets.unsqueeze(2)).squeeze(2)
    assert chosen[batch.target_mask].all()


def test_a_training_batch_takes_less_than_10_milliseconds():
    rng = np.random.default_rng(0)
    tours = np.argsort(rng.random((20_000, 50)), 1).astype(np.int16)
    instances = Instances(rng.random((20_000, 50, 2), dtype=np.float32), tours)
    seconds = []
    for _ in range(15):
        start = time.process_time()
        TASK.batch(instances.subset(rng.integers(0, 20_000, 256)), rng)
        seconds.append(time.process_time() - start)
    assert min(seconds) < 0.01


@settings(deadline=None, max_examples=20)
@given(st.integers(5, 9), st.integers(0, 1000))
def test_the_optimal_length_does_not_depend_on_the_order_place_or_turn_of_the_points(size, seed):
    rng = np.random.default_rng(seed)
    points = rng.random((1, size, 2))
    turn = np.array([[np.cos(1.0), -np.sin(1.0)], [np.sin(1.0), np.cos(1.0)]])
    moved = points[:, rng.permutation(size)] @ turn + 5

    def optimum(places: np.ndarray) -> float:
        labelled = TASK.label(Instances(places))
        return TASK.evaluate(labelled, labelled.solutions)["length"].values[0]

    assert optimum(moved) == pytest.approx(optimum(points))


def test_equal_tours_in_any_form_are_optimal_and_worse_ones_are_not():
    square = np.array([[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]] * 4)
    instances = Instances(square, np.tile(np.arange(4), (4, 1)), source="square.txt")
    answers = [[2, 3, 0, 1], [3, 2, 1, 0], [0, 2, 1, 3], [0, 0, 1, 2]]
    scores = TASK.evaluate(instances, answers)
    assert list(scores) == ["gap", "length", "optimal", "valid"]
    assert scores["optimal"].values.tolist() == [1, 1, 0, 0]
    assert scores["valid"].values.tolist() == [1, 1, 1, 0]
    crossed = (2 + 2 * np.sqrt(2)) / 4 - 1
    assert scores["gap"].values.tolist() == pytest.approx([0, 0, crossed, 0])
    assert scores["gap"].weights.tolist() == [1, 1, 1, 0]
    assert scores["gap"].reference == scores["optimal"].reference == "the file's solution"


@pytest.mark.parametrize("answer", [[0, 1, 2], [0, 1, 2, 4], [0, 1, 2, -1], [], [0, 1, 2, 3, 0]])
def test_answers_of_any_origin_that_are_no_tours_count_as_invalid(answer):
    instances = TASK.label(Instances(np.random.default_rng(0).random((1, 4, 2))))
    scores = TASK.evaluate(instances, [answer])
    assert scores["valid"].values.tolist() == [0]
    assert scores["optimal"].values.tolist() == [0]
    assert all(np.isfinite(score.values).all() for score in scores.values())
    assert TASK.presenter.describe(instances, 0, answer).startswith("not a tour")


def test_the_reference_is_named_for_what_it_is():
    small, large = TASK.generate(8, 3, seed=0), TASK.generate(15, 3, seed=0)
    for instances, name in ((small, "exact"), (large, "fast-tsp")):
        labelled = TASK.label(instances)
        for known in (instances, labelled):
            scores = TASK.evaluate(known, labelled.solutions)
            assert scores["gap"].reference == name
            assert scores["optimal"].values.tolist() == [1, 1, 1]
    with_length = Instances(small.inputs, columns={"length": np.array([1.0, 2.0, 3.0])})
    tours = TASK.label(small).solutions
    scores = TASK.evaluate(with_length, tours)
    assert scores["gap"].reference == "the file's length"
    ratio = scores["length"].values / np.array([1.0, 2.0, 3.0])
    assert scores["gap"].values == pytest.approx(ratio - 1)


def test_integer_lengths_that_differ_by_one_are_not_equal():
    matrix = np.full((4, 4), 10**7)
    np.fill_diagonal(matrix, 0)
    matrix[0, 2] = matrix[2, 0] = 10**7 + 1
    instances = Instances([np.empty((4, 0))], [np.arange(4)], columns={"distances": [matrix]})
    scores = TASK.evaluate(instances, [[0, 2, 1, 3]])
    assert scores["optimal"].values.tolist() == [0]


@pytest.mark.parametrize(
    ("points", "message"),
    [
        (np.array([[[0, 0], [1, np.nan], [1, 1]]]), "NaN"),
        (np.zeros((1, 2, 2)), "2 points; at least 3"),
        (np.zeros((1, 4, 3)), "3 columns"),
        (np.full((1, 4, 2), 0.5), "all points in one place"),
        ([np.random.default_rng(0).random((4, 2)), np.zeros((4, 2))], "instance 2 has all points"),
    ],
)
def test_instances_without_an_answer_are_refused_in_one_line(points, message):
    with pytest.raises(InputError, match=message) as caught:
        TASK.formats.check(Instances(points, source="town.txt"))
    assert "town.txt" in str(caught.value)


def test_two_cities_in_one_place_are_a_legal_instance_everywhere():
    points = np.random.default_rng(0).random((1, 6, 2))
    points[0, 3] = points[0, 1]
    instances = Instances(points)
    TASK.formats.check(instances)
    labelled = TASK.label(instances)
    scores = TASK.evaluate(labelled, labelled.solutions)
    assert scores["gap"].values.tolist() == [0.0]
    assert np.isfinite(TASK.batch(labelled, np.random.default_rng(0)).inputs.numpy()).all()


def test_a_size_below_three_cannot_be_generated():
    with pytest.raises(InputError, match="at least 3 points"):
        TASK.generate(2, 5, seed=0)


@pytest.mark.parametrize("suffix", [".txt", ".npz"])
def test_labelled_instances_survive_a_file(tmp_path, suffix):
    labelled = TASK.label(TASK.generate(6, 5, seed=1, distribution="clustered"))
    TASK.formats.write(labelled, tmp_path / f"a{suffix}")
    read = TASK.formats.read(tmp_path / f"a{suffix}")
    assert (read.inputs == labelled.inputs).all()
    assert (read.solutions == labelled.solutions).all()


def test_the_description_tells_length_gap_reference_and_tour():
    square = np.array([[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]])
    instances = Instances(square, [np.arange(4)], source="square.txt")
    text = TASK.presenter.describe(instances, 0, np.array([0, 2, 1, 3]))
    assert text == "length 4.82843, gap 20.71% to the file's solution (4); tour 0 2 1 3"
    assert TASK.presenter.describe(Instances(square), 0, np.arange(4)) == "length 4; tour 0 1 2 3"


def test_the_picture_shows_both_tours_and_the_gap_on_the_axes_given():
    import matplotlib.pyplot as plt

    square = np.array([[[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]])
    instances = Instances(square, names=["square"])
    figure, ax = plt.subplots()
    drawn = plot_answer(TASK, instances, 0, np.array([0, 2, 1, 3]), np.arange(4), ax)
    assert drawn is ax
    assert ax.get_title() == "square: length 4.82843, gap 20.71%"
    lines = {line.get_label(): line.get_xydata().tolist() for line in ax.get_lines()}
    assert lines["model"] == square[0][[0, 2, 1, 3, 0]].tolist()
    assert lines["reference"] == square[0][[0, 1, 2, 3, 0]].tolist()
    figure.canvas.draw()
    plt.close(figure)
    alone = plot_answer(TASK, instances, 0, np.arange(4))
    assert alone.get_title() == "square: length 4"
    plt.close(alone.figure)


def test_the_example_in_the_docstring_is_right():
    assert doctest.testmod(ptrnet_tasks.tsp.task).failed == 0


@needs_data
def test_labels_come_near_concorde_at_50_cities():
    whole = TASK.formats.read(SHARED / "tsp" / "tsp50_concorde_1280.txt").subset(np.arange(40))
    scores = TASK.evaluate(whole, TASK.label(whole).solutions)
    assert scores["gap"].values.mean() < 2e-3
    assert scores["gap"].values.min() > -1e-9
