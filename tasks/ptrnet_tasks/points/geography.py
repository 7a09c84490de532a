"""Points on the Earth: great-circle distances, a map for models and pictures, and checks."""

from __future__ import annotations

import numpy as np

from ptrnet_suite.errors import InputError

EARTH_RADIUS = 6371.0088
"""Kilometres: the mean radius of the Earth, (2a + b) / 3 of WGS 84 (IUGG's R1)."""


def great_circle(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Kilometres on a sphere of the Earth's mean radius, by the haversine formula.

    first, second: latitude and longitude in degrees, `(..., 2)`, which broadcast. The Earth's
    flattening makes true distances differ by up to 0.6 %.
    """
    latitude, longitude = np.moveaxis(np.radians(first), -1, 0)
    to_latitude, to_longitude = np.moveaxis(np.radians(second), -1, 0)
    north = np.sin((latitude - to_latitude) / 2) ** 2
    east = np.sin((longitude - to_longitude) / 2) ** 2
    haversine = north + np.cos(latitude) * np.cos(to_latitude) * east
    return np.asarray(2 * EARTH_RADIUS * np.arcsin(np.sqrt(np.clip(haversine, 0, 1))))


def on_map(coordinates: np.ndarray) -> np.ndarray:
    """Longitude times the cosine of the mean latitude, and latitude: `(n, 2)` -> `(n, 2)`.

    coordinates: latitude and longitude in degrees. The map is cut where the gap between longitudes
    is widest, so that neighbours across the date line stay neighbours.
    """
    latitude, longitude = coordinates[:, 0], _in_one_piece(coordinates[:, 1])
    return np.stack([longitude * np.cos(np.radians(latitude.mean())), latitude], -1)


def _in_one_piece(longitude: np.ndarray) -> np.ndarray:
    """Longitudes, those west of the widest gap moved once around; as they are if it is outside."""
    around = np.mod(longitude, 360.0)
    ordered = np.sort(around)
    gaps = np.diff(ordered, append=ordered[0] + 360.0)
    if np.ptp(longitude) <= 360.0 - gaps.max() + 1e-9:
        return longitude
    start = ordered[(int(gaps.argmax()) + 1) % len(ordered)]
    return np.where(around < start, around + 360.0, around)


def check_degrees(coordinates: np.ndarray, title: str) -> None:
    """Raises InputError for a latitude beyond 90 or a longitude beyond 360 degrees.

    coordinates: `(n, 2)`, latitude and longitude; title: what the message calls them.
    """
    for axis, (name, most) in enumerate((("latitude", 90), ("longitude", 360))):
        outside = ~(np.abs(coordinates[:, axis]) <= most)
        if outside.any():
            row = int(outside.argmax())
            raise InputError(
                f"{title}, point {row + 1} has the {name} {coordinates[row, axis]:g}; accepted are "
                f"degrees from -{most} to {most} (points of a plane are named x and y)"
            )
