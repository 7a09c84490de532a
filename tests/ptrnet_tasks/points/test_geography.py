"""Distances and maps of points on the Earth."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ptrnet_tasks.points.geography import EARTH_RADIUS, check_degrees, great_circle, on_map

from ptrnet_suite.errors import InputError

latitudes, longitudes = st.floats(-90, 90), st.floats(-180, 180)


def unit(latitude: float, longitude: float) -> np.ndarray:
    up, around = np.radians(latitude), np.radians(longitude)
    return np.array([np.cos(up) * np.cos(around), np.cos(up) * np.sin(around), np.sin(up)])


@settings(deadline=None)
@given(latitudes, longitudes, latitudes, longitudes)
def test_the_haversine_is_the_angle_between_the_places(here, there, north, east):
    first, second = np.array([here, there]), np.array([north, east])
    a, b = unit(here, there), unit(north, east)
    angle = np.arctan2(np.linalg.norm(np.cross(a, b)), a @ b)
    assert great_circle(first, second) == pytest.approx(EARTH_RADIUS * angle, rel=1e-6, abs=1e-6)


def test_known_distances_are_met():
    equator, pole, turned = np.array([0.0, 0.0]), np.array([90.0, 77.0]), np.array([0.0, 180.0])
    assert great_circle(equator, pole) == pytest.approx(np.pi / 2 * EARTH_RADIUS)
    assert great_circle(equator, turned) == pytest.approx(np.pi * EARTH_RADIUS)
    # One arc minute of a meridian is a nautical mile, 1.852 km.
    assert great_circle(equator, np.array([1 / 60, 0])) == pytest.approx(1.852, rel=2e-3)


@settings(deadline=None)
@given(st.floats(-180, 180), st.integers(0, 1000))
def test_the_map_of_a_region_does_not_depend_on_where_its_meridian_is(turn, seed):
    rng = np.random.default_rng(seed)
    region = np.stack([rng.uniform(40, 50, 12), rng.uniform(0, 20, 12)], -1)
    moved = region.copy()
    moved[:, 1] = (region[:, 1] + turn + 180) % 360 - 180
    plain, across = on_map(region), on_map(moved)
    assert across - across[0] == pytest.approx(plain - plain[0], abs=1e-9)


def test_neighbours_across_the_date_line_are_neighbours_on_the_map():
    fiji = np.array([[-17.0, 179.5], [-17.5, -179.8], [-16.5, 178.9]])
    seen = on_map(fiji)
    assert np.ptp(seen[:, 0]) == pytest.approx(1.3 * np.cos(np.radians(17)), rel=1e-6)
    assert (np.argsort(seen[:, 0]) == [2, 0, 1]).all()


def test_distances_on_the_map_of_a_region_are_nearly_those_of_the_earth():
    rng = np.random.default_rng(0)
    region = np.stack([rng.uniform(47, 55, 30), rng.uniform(6, 15, 30)], -1)
    seen = on_map(region)
    flat = np.linalg.norm(seen[:, None] - seen[None], axis=-1) * np.pi / 180 * EARTH_RADIUS
    true = great_circle(region[:, None], region[None])
    apart = ~np.eye(30, dtype=bool)
    assert np.abs(flat[apart] / true[apart] - 1).max() < 0.1


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ((90.5, 0), "point 2 has the latitude 90.5; accepted are degrees from -90 to 90"),
        ((0, 400), "point 2 has the longitude 400; accepted are degrees from -360 to 360"),
    ],
)
def test_what_is_no_place_on_the_earth_is_named(place, message):
    with pytest.raises(InputError, match=message):
        check_degrees(np.array([(90.0, -360.0), place]), "towns.csv")
