"""Points in the plane: distributions to sample from, checks, normalisation, symmetries."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ptrnet_suite.errors import InputError
from ptrnet_suite.task.sampling import Sampler, folded, sample_inputs


def _uniform(size: int, count: int, rng: np.random.Generator) -> np.ndarray:
    return rng.random((count, size, 2))


def _clustered(size: int, count: int, rng: np.random.Generator) -> np.ndarray:
    """Three to eight tight clusters (standard deviation 0.02 to 0.08) at uniform centres."""
    centres = rng.random((count, 8, 2))
    spreads = rng.uniform(0.02, 0.08, (count, 8))
    clusters = rng.integers(3, 9, (count, 1))
    member = (rng.random((count, size)) * clusters).astype(np.int64)
    rows = np.arange(count)[:, None]
    noise = rng.standard_normal((count, size, 2)) * spreads[rows, member][..., None]
    return folded(centres[rows, member] + noise)


def _gaussian(size: int, count: int, rng: np.random.Generator) -> np.ndarray:
    """A mixture of one to three broad Gaussians, each stretched in a direction of its own."""
    centres = rng.uniform(0.25, 0.75, (count, 3, 2))
    shapes = rng.normal(0.0, 0.12, (count, 3, 2, 2))
    components = rng.integers(1, 4, (count, 1))
    member = (rng.random((count, size)) * components).astype(np.int64)
    rows = np.arange(count)[:, None]
    noise = np.einsum("cnij,cnj->cni", shapes[rows, member], rng.standard_normal((count, size, 2)))
    return folded(centres[rows, member] + noise)


def _ring(size: int, count: int, rng: np.random.Generator) -> np.ndarray:
    """Points near a circle; how near (0 to 0.05) differs by instance."""
    angles = rng.uniform(0.0, 2 * np.pi, (count, size))
    noise = rng.random((count, 1)) * 0.05 * np.abs(rng.standard_normal((count, size)))
    radii = 0.5 - np.minimum(noise, 0.4)
    return np.asarray(0.5 + radii[..., None] * np.stack([np.cos(angles), np.sin(angles)], -1))


_SAMPLERS: dict[str, Sampler] = {
    "uniform": _uniform,
    "clustered": _clustered,
    "gaussian": _gaussian,
    "ring": _ring,
}

DISTRIBUTIONS = tuple(_SAMPLERS)
"""What `sample_points` can draw from."""


def sample_points(
    size: int, count: int, rng: np.random.Generator, distribution: str = "uniform"
) -> np.ndarray:
    """Random points in the unit square, `(count, size, 2)`.

    Raises InputError for an unknown distribution or a size or count below 1.
    """
    return sample_inputs(_SAMPLERS, size, count, rng, distribution)


def check_points(
    points: Sequence[np.ndarray] | np.ndarray, smallest: int, name: str = "the input"
) -> None:
    """Raises InputError unless every instance is `smallest` or more finite points in the plane.

    points: one instance `(n, 2)`, many of one size `(count, n, 2)`, or a list of instances.
    name: what the message calls the input (a file, for example).
    """
    if isinstance(points, np.ndarray) and points.ndim in (2, 3):
        _check_stack(points if points.ndim == 3 else points[None], smallest, name)
        return
    if len(points) == 0:
        raise InputError(f"{name} holds no instances; at least one is needed")
    for index, instance in enumerate(points):
        title = name if len(points) == 1 else f"{name}, instance {index + 1}"
        array = np.asarray(instance)
        if array.ndim != 2:
            raise InputError(f"{title} has shape {array.shape}; points need the shape (n, 2)")
        _check_stack(array[None], smallest, title)


def _check_stack(points: np.ndarray, smallest: int, name: str) -> None:
    """`check_points` for `(count, n, 2)`."""
    if len(points) == 0:
        raise InputError(f"{name} holds no instances; at least one is needed")
    if points.shape[2] != 2:
        raise InputError(f"{name} has {points.shape[2]} columns; points need 2, x and y")
    if points.dtype.kind not in "fiu":
        raise InputError(f"{name} holds {points.dtype} values; coordinates must be real numbers")
    if points.shape[1] < smallest:
        raise InputError(f"{name} has {points.shape[1]} points; at least {smallest} are needed")
    finite = np.isfinite(points).all((1, 2))
    if not finite.all():
        first = int(np.argmin(finite))
        title = name if len(points) == 1 else f"{name}, instance {first + 1}"
        row = int(np.argmin(np.isfinite(points[first]).all(1)))
        raise InputError(f"{title}, point {row + 1} is NaN or infinite; coordinates must be finite")


def all_coincide(points: np.ndarray) -> np.ndarray:
    """Whether all points of an instance are one point: `(count, n, 2)` -> `(count,)` bool."""
    return np.asarray((points == points[:, :1]).all((1, 2)))


def usual_side(sizes: np.ndarray) -> np.ndarray:
    """Mean longer side of the bounding box of `sizes` uniform points of the unit square, (0, 1].

    One side is the range of n uniform numbers, whose distribution is n r^(n-1) - (n-1) r^n; the
    mean of the larger of two such is one minus the integral of its square.
    """
    n = np.maximum(np.asarray(sizes, float), 1)
    side = n - n * n / (2 * n - 1) - (n - 1) ** 2 / (2 * n + 1)
    return np.where(n > 1, side, 1.0)


def to_unit_square(points: np.ndarray, side: np.ndarray | float = 1.0) -> np.ndarray:
    """Instances moved into the unit square with one scale for both axes; `(count, n, 2)` real.

    The longer side of each instance's bounding box becomes `side`, a number or one for each
    instance, and the box is centred, so that what a model sees depends neither on scale nor on
    place. An instance that lies so up to rounding is returned as it is.
    """
    low, high = points.min(1, keepdims=True), points.max(1, keepdims=True)
    # Halved before they are subtracted, the largest numbers do not overflow.
    middle, half = high / 2 + low / 2, (high / 2 - low / 2).max(2, keepdims=True)
    goal = np.broadcast_to(np.asarray(side, half.dtype).reshape(-1, 1, 1), half.shape)
    rounding = 2 * np.finfo(half.dtype).eps
    keep = abs(half - goal / 2) <= rounding
    keep &= (abs(middle - 0.5) <= rounding).all(2, keepdims=True)
    keep &= (low >= 0).all(2, keepdims=True) & (high <= 1).all(2, keepdims=True)
    if keep.all():
        return points
    scaled = (points / 2 - middle / 2) / np.where(half > 0, half, 1) * goal + 0.5
    # Rounding alone may lead out of the square, by less than 1e-7.
    return np.where(keep, points, np.clip(scaled, 0, 1))


def random_symmetry(
    points: np.ndarray, rng: np.random.Generator, any_angle: bool = False
) -> np.ndarray:
    """Each instance turned about the centre of the unit square and perhaps mirrored.

    points: `(count, n, 2)`; same shape and type come back. By default one of the eight symmetries
    of the square, which keep uniform points uniform; `any_angle` turns freely, which leaves all
    distances as they are too but lets corners stick out of the square by up to 0.21.
    """
    count = len(points)
    if any_angle:
        angles = rng.uniform(0.0, 2 * np.pi, count)
        cosine, sine = np.cos(angles), np.sin(angles)
    else:
        quarter = rng.integers(0, 4, count)
        cosine = np.array([1.0, 0.0, -1.0, 0.0])[quarter]
        sine = np.array([0.0, 1.0, 0.0, -1.0])[quarter]
    mirror = rng.choice(np.array([-1.0, 1.0]), count)
    first, second = np.stack([cosine, sine], -1), np.stack([-sine * mirror, cosine * mirror], -1)
    turns = np.stack([first, second], 1)
    half = np.asarray(0.5, points.dtype)
    return np.asarray((points - half) @ turns.astype(points.dtype) + half)
