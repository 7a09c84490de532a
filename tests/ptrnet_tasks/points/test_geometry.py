import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ptrnet_tasks.points.geometry import (
    DISTRIBUTIONS,
    all_coincide,
    check_points,
    random_symmetry,
    sample_points,
    to_unit_square,
    usual_side,
)

from ptrnet_suite.errors import InputError


def pair_distances(points: np.ndarray) -> np.ndarray:
    return np.linalg.norm(points[:, :, None] - points[:, None], axis=-1)


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_every_distribution_lies_in_the_unit_square_and_repeats_with_its_seed(distribution):
    first = sample_points(30, 50, np.random.default_rng(3), distribution)
    again = sample_points(30, 50, np.random.default_rng(3), distribution)
    assert first.shape == (50, 30, 2)
    assert first.min() >= 0
    assert first.max() <= 1
    assert (first == again).all()
    assert len(np.unique(first.reshape(-1, 2), axis=0)) == 50 * 30


def test_the_distributions_differ_as_their_names_say():
    nearest = {}
    for distribution in DISTRIBUTIONS:
        points = sample_points(60, 40, np.random.default_rng(0), distribution)
        apart = pair_distances(points) + 9 * np.eye(60)
        nearest[distribution] = apart.min(2).mean()
        if distribution == "ring":
            radius = np.linalg.norm(points - 0.5, axis=-1)
            assert np.median(radius) > 0.4
    assert nearest["clustered"] < 0.7 * nearest["uniform"]
    assert nearest["gaussian"] < nearest["uniform"]


def test_an_unknown_distribution_is_named_with_the_accepted_ones():
    with pytest.raises(InputError, match="'square' is unknown; accepted: uniform"):
        sample_points(5, 5, np.random.default_rng(0), "square")


@pytest.mark.parametrize(
    ("points", "message"),
    [
        (np.zeros((4, 3)), "3 columns"),
        (np.zeros((2, 2)), "2 points; at least 3"),
        (np.array([[0, 0], [1, np.nan], [1, 1]]), "point 2 is NaN"),
        (np.array([[0, 0], [1, np.inf], [1, 1]]), "infinite"),
        (np.zeros((0, 5, 2)), "no instances"),
        ([np.zeros((4, 2)), np.zeros((2, 2))], "instance 2 has 2 points"),
        ([np.zeros(4)], "shape"),
        (np.full((1, 4, 2), "a"), "real numbers"),
    ],
)
def test_bad_points_are_refused_in_one_line_that_names_the_input(points, message):
    with pytest.raises(InputError, match=message) as caught:
        check_points(points, 3, "town.txt")
    assert "town.txt" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_good_points_pass_the_check_in_every_form():
    rng = np.random.default_rng(0)
    check_points(rng.random((5, 2)), 3)
    check_points(rng.random((7, 5, 2)), 3)
    check_points([rng.random((5, 2)), rng.random((3, 2))], 3)


def test_points_that_all_coincide_are_found():
    points = np.random.default_rng(0).random((3, 6, 2))
    points[1, 4] = points[1, 0]
    points[2] = points[2, 0]
    assert all_coincide(points).tolist() == [False, False, True]


@given(st.integers(0, 10_000), st.booleans())
def test_a_random_symmetry_keeps_all_distances(seed, any_angle):
    rng = np.random.default_rng(seed)
    points = rng.random((4, 7, 2))
    turned = random_symmetry(points, rng, any_angle)
    assert np.allclose(pair_distances(points), pair_distances(turned))
    if not any_angle:
        assert turned.min() > -1e-12
        assert turned.max() < 1 + 1e-12


def test_all_eight_symmetries_of_the_square_occur_and_float32_stays_float32():
    corner = np.tile(np.array([[[0.1, 0.3]]], np.float32), (400, 1, 1))
    turned = random_symmetry(corner, np.random.default_rng(0))
    assert turned.dtype == np.float32
    assert len(np.unique(turned.round(4), axis=0)) == 8


@given(
    st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.floats(1e-2, 1e6), st.integers(0, 1000)
)  # fmt: skip
def test_instances_of_any_place_and_scale_land_in_the_unit_square(x, y, scale, seed):
    points = np.random.default_rng(seed).random((2, 9, 2))
    moved = to_unit_square(points * scale + np.array([x, y]))
    assert moved.min() >= 0
    assert moved.max() <= 1
    assert np.ptp(moved, axis=1).max(1) == pytest.approx(np.ones(2), abs=1e-6)
    assert moved.min(1) + moved.max(1) == pytest.approx(np.ones((2, 2)), abs=1e-6)
    ratio = pair_distances(moved)[:, 0, 1:] / pair_distances(points)[:, 0, 1:]
    assert np.allclose(ratio, ratio[:, :1], rtol=1e-3)


def test_what_was_moved_into_the_square_stays_there_to_the_last_bit():
    points = np.random.default_rng(0).random((100, 20, 2)) * [3, 1]
    for side in (1.0, 0.7, usual_side(np.full(100, 20))):
        moved = to_unit_square(points, side)
        assert (to_unit_square(moved, side) == moved).all()
        assert np.ptp(moved, axis=1).max(1) == pytest.approx(np.broadcast_to(side, 100))


@pytest.mark.parametrize("size", [2, 3, 5, 20, 100])
def test_the_usual_side_is_the_mean_longer_side_of_uniform_points(size):
    boxes = np.ptp(np.random.default_rng(size).random((40_000, size, 2)), axis=1)
    longer = boxes.max(1)
    error = 4 * longer.std() / 200
    assert float(usual_side(np.array(size))) == pytest.approx(longer.mean(), abs=error)
    assert float(usual_side(np.array(1))) == 1


def test_huge_coordinates_and_coinciding_points_are_normalised_without_overflow():
    huge = np.array([[[-1e308, 0.0], [1e308, 0.0], [0.0, 1e308]]])
    assert np.isfinite(to_unit_square(huge)).all()
    assert np.isfinite(to_unit_square(np.full((1, 4, 2), 7.0))).all()


@given(
    st.integers(-30, 30),
    st.integers(-1000, 1000),
    st.sampled_from([1.0, 0.3, 0.01]),
    st.integers(3, 12),
    st.integers(0, 99),
)
def test_neither_scale_nor_place_is_seen(power, shift, aspect, size, seed):
    # Whole numbers, scaled by powers of two and moved by whole ones: all of it is exact.
    points = np.random.default_rng(seed).integers(0, 2**20, (3, size, 2)).astype(float)
    points[..., 1] = np.floor(points[..., 1] * aspect)
    seen = to_unit_square(points, usual_side(np.full(3, size)))
    moved = (points + shift * 1024.0) * 2.0**power
    assert (to_unit_square(moved, usual_side(np.full(3, size))) == seen).all()


@given(st.floats(-9, 9), st.floats(-1, 1), st.integers(0, 99))
def test_other_scales_are_seen_up_to_rounding(power, shift, seed):
    points = np.random.default_rng(seed).random((3, 9, 2))
    moved = (points + shift) * 10**power
    assert to_unit_square(moved) == pytest.approx(to_unit_square(points), abs=1e-12)
