"""Point sets and hulls as the model sees them, and the symmetries that training may use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ptrnet_suite.data.batch import END, Batch
from ptrnet_tasks.convex_hull.degenerate import first_in_place, named_by_place
from ptrnet_tasks.convex_hull.hull import pad_hulls, start_at
from ptrnet_tasks.convex_hull.polygon import signed_area
from ptrnet_tasks.points.geometry import random_symmetry, to_unit_square, usual_side

if TYPE_CHECKING:
    from torch import Tensor

_FREE_ANGLE = 0.5
"""Share of training sets turned by any angle; the others take a symmetry of the square.

The square's own symmetries keep uniform points uniform, which is what most tests are drawn from.
"""


def stack(inputs: Sequence[np.ndarray] | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """`(count, longest, 2)` float64 and its mask; padded by copies of each set's first point.

    A copy changes no bounding box, so that scaling needs no mask.
    """
    if isinstance(inputs, np.ndarray):
        return inputs.astype(np.float64, copy=False), np.ones(inputs.shape[:2], bool)
    sizes = np.array([len(points) for points in inputs])
    index = np.arange(sizes.max())
    mask = index < sizes[:, None]
    starts = np.cumsum(sizes) - sizes
    rows = np.where(mask, starts[:, None] + index, starts[:, None])
    return np.concatenate(inputs).astype(np.float64, copy=False)[rows], mask


def make_batch(
    inputs: Sequence[np.ndarray] | np.ndarray,
    solutions: Sequence[np.ndarray] | np.ndarray | None,
    rng: np.random.Generator | None,
) -> Batch:
    """Points in the unit square in float32 and, where known, the choices that draw the hulls.

    Targets are position + 1, counter-clockwise from the lowest point (of these the leftmost) in
    the frame that the model sees, then END. Of points in one place the model sees the first alone.
    `rng` asks for random symmetries and positions.
    """
    import torch

    points, mask = stack(inputs)
    hulls = None if solutions is None else pad_hulls(solutions)[0]
    repeated = mask & (first_in_place(points) < np.arange(mask.shape[1]))
    if repeated.any():
        mask = mask & ~repeated
        hulls = None if hulls is None else named_by_place(points, hulls)
    if rng is not None:
        points = random_frame(points, rng)
        points, mask, hulls = shuffle_positions(points, mask, hulls, rng)
    seen = to_unit_square(points, usual_side(mask.sum(1))).astype(np.float32)
    batch = Batch(
        torch.from_numpy(np.where(mask[..., None], seen, 0)) if not mask.all()
        else torch.from_numpy(seen),
        torch.from_numpy(mask),
    )  # fmt: skip
    if hulls is None:
        return batch
    hulls = from_lowest(seen, counter_clockwise(seen, hulls))
    lengths = (hulls >= 0).sum(1)
    targets = np.concatenate([hulls + 1, np.full((len(hulls), 1), END)], 1)
    # Padding is -1, so that one more makes it END, which is what pads targets.
    target_mask = np.arange(targets.shape[1]) <= lengths[:, None]
    return batch._replace(
        targets=torch.from_numpy(targets), target_mask=torch.from_numpy(target_mask)
    )


def random_frame(points: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Each set `(count, n, 2)` in the unit square, turned and perhaps mirrored about its centre."""
    points = to_unit_square(points)
    free = rng.random(len(points)) < _FREE_ANGLE
    turned = np.empty_like(points)
    turned[free] = random_symmetry(points[free], rng, any_angle=True)
    turned[~free] = random_symmetry(points[~free], rng)
    return turned


def shuffle_positions(
    points: np.ndarray, mask: np.ndarray, hulls: np.ndarray | None, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """The same sets in another order, padding last, their mask, and hulls in the new positions."""
    order = (rng.random(mask.shape) + ~mask).argsort(1)
    points = np.take_along_axis(points, order[..., None], 1)
    mask = np.take_along_axis(mask, order, 1)
    if hulls is None:
        return points, mask, None
    shuffled = np.empty_like(order)
    np.put_along_axis(shuffled, order, np.arange(order.shape[1])[None], 1)
    return points, mask, np.where(hulls >= 0, np.take_along_axis(shuffled, hulls, 1), -1)


def counter_clockwise(points: np.ndarray, hulls: np.ndarray) -> np.ndarray:
    """`hulls (count, longest)`, turned round where `points` now run clockwise along them."""
    lengths = (hulls >= 0).sum(1)
    corners = np.take_along_axis(points.astype(np.float64), np.maximum(hulls, 0)[..., None], 1)
    index = np.arange(hulls.shape[1])
    clockwise = (signed_area(corners, lengths) < 0)[:, None] & (index < lengths[:, None])
    return np.take_along_axis(hulls, np.where(clockwise, lengths[:, None] - 1 - index, index), 1)


def from_lowest(points: np.ndarray, hulls: np.ndarray) -> np.ndarray:
    """`hulls (count, longest)` from the point with the smallest y, of these the smallest x."""
    corners = np.take_along_axis(points, np.maximum(hulls, 0)[..., None], 1)
    y = np.where(hulls >= 0, corners[..., 1], np.inf)
    x = np.where(y == y.min(1, keepdims=True), corners[..., 0], np.inf)
    return start_at(hulls, x.argmin(1))


def rotations(batch: Batch) -> Tensor | None:
    """The known hulls from each of their corners on, `(batch, corners, time)`.

    The first begins as `make_batch` has it, at the lowest corner, and stands for the missing ones
    where a hull has fewer corners. None where no hulls are known.
    """
    if batch.targets is None:
        return None
    import torch

    sizes = (batch.targets != END).sum(1)[:, None, None]
    index = torch.arange(batch.targets.shape[1], device=batch.targets.device)
    starts = index[: int(sizes.max()), None]
    steps = (torch.where(starts < sizes, starts, 0) + index) % sizes
    turned = batch.targets.unsqueeze(1).expand_as(steps).gather(2, steps)
    return torch.where(index < sizes, turned, END)
