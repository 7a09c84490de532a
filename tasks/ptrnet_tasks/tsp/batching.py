"""From instances to what a model sees of them, and training's random augmentation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ptrnet_suite.data.batch import Batch, pad
from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_tasks.points.geometry import random_symmetry, to_unit_square, usual_side

if TYPE_CHECKING:
    from torch import Tensor


def without_coordinates(instances: Instances) -> bool:
    """Whether some instance has distances alone."""
    if isinstance(instances.inputs, np.ndarray):
        return instances.inputs.shape[-1] == 0
    return any(np.shape(points)[-1] == 0 for points in instances.inputs)


def make_batch(instances: Instances, rng: np.random.Generator | None) -> Batch:
    """Points in the unit square, and tours that begin at position 0.

    `rng` draws for each instance a symmetry of the square, an order of the positions (so any city
    may be the start) and a direction of the tour. Raises InputError without coordinates.
    """
    import torch

    if without_coordinates(instances):
        first = next(index for index, points in enumerate(instances.inputs) if not np.size(points))
        raise InputError(
            f"{instances.title(first)} has distances but no coordinates, which this model needs; "
            "accepted for distances is a classical solver: --solver exact, --solver fast-tsp"
        )
    points, mask = _stacked(instances.inputs)
    # Padding repeats the first point here, so that bounding boxes do not see it.
    points = np.where(mask[..., None], points, points[:, :1])
    points = to_unit_square(points, usual_side(mask.sum(1)))
    tours = None if instances.solutions is None else _stacked(instances.solutions)[0]
    direction = np.ones((len(points), 1), np.int64)
    if rng is not None:
        points = random_symmetry(points, rng)
        # Padding draws the largest numbers, so it stays behind the real positions.
        order = np.argsort(rng.random(mask.shape) + 2 * ~mask, axis=1)
        points = np.take_along_axis(points, order[..., None], 1)
        direction = rng.choice(np.array([-1, 1]), direction.shape)
        if tours is not None:
            tours = np.take_along_axis(np.argsort(order, axis=1), tours.astype(np.int64), 1)
    inputs = torch.from_numpy(np.where(mask[..., None], points, 0).astype(np.float32))
    known = torch.from_numpy(mask)
    if tours is None:
        return Batch(inputs, known)
    return Batch(inputs, known, torch.from_numpy(_begun_at_zero(tours, mask, direction)), known)


def _stacked(rows: Sequence[Any] | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if isinstance(rows, np.ndarray):
        return rows, np.ones(rows.shape[:2], bool)
    return pad([np.asarray(row) for row in rows])


def _begun_at_zero(tours: np.ndarray, mask: np.ndarray, direction: np.ndarray) -> np.ndarray:
    """The same closed tours from position 0 on, in the direction given; padding becomes 0."""
    sizes = mask.sum(1, keepdims=True)
    start = np.where(mask, tours, tours.shape[1]).argmin(1)[:, None]
    steps = (start + direction * np.arange(tours.shape[1])) % sizes
    return np.where(mask, np.take_along_axis(tours, steps, 1), 0).astype(np.int64)


def square_views(batch: Batch) -> list[Batch]:
    """The batch, mirrored and turned in all eight ways that keep the unit square in place."""
    import torch

    views = []
    for axes in ((0, 1), (1, 0)):
        for mirrored in ((False, False), (True, False), (False, True), (True, True)):
            flip = torch.tensor(mirrored, device=batch.inputs.device)
            points = batch.inputs[..., list(axes)]
            points = torch.where(flip, 1 - points, points)
            views.append(batch._replace(inputs=points * batch.input_mask.unsqueeze(2)))
    return views


def both_directions(batch: Batch) -> Tensor | None:
    """The known tours both ways round, `(batch, 2, time)`, the counter-clockwise one first.

    A tour that encloses no area goes first to the smaller of its two next positions. None where
    no tours are known.
    """
    if batch.targets is None:
        return None
    import torch

    tours, mask = batch.targets, batch.input_mask
    steps = torch.arange(tours.shape[1], device=tours.device)
    back = torch.where(mask, tours.gather(1, -steps % mask.sum(1, keepdim=True)), 0)
    lower = tours[:, 1:2] <= back[:, 1:2]
    ahead, behind = torch.where(lower, tours, back), torch.where(lower, back, tours)
    clockwise = _signed_areas(batch.inputs, ahead).unsqueeze(1) < 0
    first, second = behind.where(clockwise, ahead), ahead.where(clockwise, behind)
    return torch.stack([first, second], 1)


def _signed_areas(points: Tensor, tours: Tensor) -> Tensor:
    """Areas that tours `(batch, time)` enclose, positive counter-clockwise; `(batch,)` float64."""
    path = points.double().gather(1, tours.unsqueeze(2).expand(-1, -1, 2))
    after = path.roll(-1, 1)
    return (path[..., 0] * after[..., 1] - path[..., 1] * after[..., 0]).sum(1) / 2


def closed_lengths(points: Tensor, choices: Tensor) -> Tensor:
    """Lengths of closed tours: `(batch, n, 2)` and `(batch, tours, time)` to `(batch, tours)`.

    Tours begin at position 0 and are padded with it, so padding adds nothing.
    """
    cities = choices.flatten(1).unsqueeze(2).expand(-1, -1, 2)
    path = points.gather(1, cities).view(*choices.shape, 2)
    return (path - path.roll(-1, 2)).norm(dim=3).sum(2)
