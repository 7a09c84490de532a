"""From instances to what a model sees of them, and training's random augmentation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ptrnet_suite.data.batch import Batch, pad
from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_tasks.points.geometry import random_symmetry, to_unit_square, usual_side
from ptrnet_tasks.points.point_set import LABELS
from ptrnet_tasks.tsp.distances import Distances, distances
from ptrnet_tasks.tsp.ends import CLOSED, FREE, Ends, city_names

if TYPE_CHECKING:
    from torch import Tensor


def without_coordinates(instances: Instances) -> bool:
    """Whether some instance has distances alone."""
    if isinstance(instances.inputs, np.ndarray):
        return instances.inputs.shape[-1] == 0
    return any(np.shape(points)[-1] == 0 for points in instances.inputs)


def make_batch(instances: Instances, rng: np.random.Generator | None, ends: Ends = CLOSED) -> Batch:
    """Points in the unit square, and tours that begin at position 0.

    A path is the closed tour that it makes with one edge more; see `fixed_positions` for where its
    ends are. `rng` draws for each instance a symmetry of the square, an order of the positions (so
    any city may be the start) and a direction of the tour. Raises InputError without coordinates,
    and for solutions that do not begin and end where they should.
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
    fixed = fixed_positions(instances, ends)
    if rng is not None:
        points = random_symmetry(points, rng)
    order = None
    if rng is not None or fixed.shape[1]:
        order = _order(mask, fixed, rng)
        points = np.take_along_axis(points, order[..., None], 1)
    direction = np.ones((len(points), 1), np.int64)
    if rng is not None and not ends.fixed:
        direction = rng.choice(np.array([-1, 1]), direction.shape)
    inputs = torch.from_numpy(np.where(mask[..., None], points, 0).astype(np.float32))
    known = torch.from_numpy(mask)
    if instances.solutions is None:
        return Batch(inputs, known)
    tours = _stacked(_closed(instances.solutions, ends))[0]
    if tours.dtype.kind not in "iuf":
        raise ValueError(f"a tour of {tours.dtype} holds no positions")
    tours = tours.astype(np.int64)
    if order is not None:
        tours = np.take_along_axis(np.argsort(order, axis=1), tours, 1)
    if ends.fixed:
        _check_ends(tours, mask, ends, instances)
    targets = _begun_at_zero(tours, mask, direction)
    return Batch(inputs, known, torch.from_numpy(targets), known)


def fixed_positions(instances: Instances, ends: Ends) -> np.ndarray:
    """Cities that stand at the first positions of a batch, `(count, fixed)`.

    A closed tour's start, if it has one. A model closes its tours, so a path from a start to an end
    is a tour that begins with the end and goes on to the start; that edge does not count. With one
    end fixed, the tour begins there, and the longer of its edges there does not count. So the model
    does what it was trained for: with the start first and the end last it would go home to the
    start all the time, and paths were four times as far from the shortest.
    """
    cities = ends.cities(instances)
    if ends.open:
        cities = cities[:, ::-1]
    asked = [index for index in range(2) if (cities[:, index] != FREE).all()]
    return cities[:, asked]


def _order(mask: np.ndarray, fixed: np.ndarray, rng: np.random.Generator | None) -> np.ndarray:
    """The city at each position: fixed ones first, then as they stand or drawn, padding last."""
    drawn = np.arange(mask.shape[1]) / mask.shape[1] if rng is None else rng.random(mask.shape)
    keys = drawn + 2 * ~mask
    np.put_along_axis(keys, fixed, np.arange(fixed.shape[1]) - 2.0, 1)
    return np.argsort(keys, axis=1)


def _orders(sizes: np.ndarray, fixed: np.ndarray) -> list[np.ndarray]:
    """The city at each position of each instance, without randomness and padding."""
    return [
        _order(np.ones((1, size), bool), fixed[row : row + 1], None)[0]
        for row, size in enumerate(sizes)
    ]


def reordered(instances: Instances, ends: Ends) -> Instances:
    """The cities as a batch without randomness has them, under their names or old positions."""
    fixed = fixed_positions(instances, ends)
    if not fixed.shape[1]:
        return instances
    orders = _orders(instances.sizes(), fixed)

    inputs = [
        np.asarray(points)[order] for points, order in zip(instances.inputs, orders, strict=True)
    ]
    labels = []
    for row, order in enumerate(orders):
        names = city_names(instances, row) or [str(city) for city in range(len(order))]
        labels.append([names[city] for city in order])
    return replace(instances, inputs=inputs, solutions=None, columns={LABELS: labels})


def _check_ends(tours: np.ndarray, mask: np.ndarray, ends: Ends, instances: Instances) -> None:
    """Raises InputError for a path in positions that does not begin and end where it should."""
    last = np.take_along_axis(tours, mask.sum(1, keepdims=True) - 1, 1)[:, 0]
    right = tours[:, 0] == 0 if ends.fixed == 1 else (tours[:, 0] == 1) & (last == 0)
    if not right.all():
        title = instances.title(int(right.argmin()))
        raise InputError(f"{title} has a solution with other ends than were asked for")


def _closed(solutions: Sequence[Any] | np.ndarray, ends: Ends) -> Sequence[Any] | np.ndarray:
    """Paths in the direction of their closed tours, which begin with the end that is fixed."""
    if ends.end is None or ends.start is not None:
        return solutions
    return [np.asarray(path)[::-1] for path in solutions]


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


def answer_lengths(batch: Batch, choices: Tensor, ends: Ends) -> Tensor:
    """Lengths of what closed tours mean: `(batch, tours, time)` to `(batch, tours)`.

    Tours begin at position 0 and are padded with it, so padding adds nothing. A path leaves out the
    edge between its ends: the first one where both are fixed, the longer one at position 0 where
    one is, else the longest.
    """
    import torch

    cities = choices.flatten(1).unsqueeze(2).expand(-1, -1, 2)
    path = batch.inputs.gather(1, cities).view(*choices.shape, 2)
    edges = (path - path.roll(-1, 2)).norm(dim=3)
    lengths = edges.sum(2)
    if not ends.open:
        return lengths
    if ends.fixed == 2:
        return lengths - edges[:, :, 0]
    if ends.fixed == 0:
        return lengths - edges.amax(2)
    last = (batch.input_mask.sum(1) - 1)[:, None, None].expand(-1, edges.shape[1], 1)
    return lengths - torch.maximum(edges[:, :, 0], edges.gather(2, last)[:, :, 0])


def tours_of(instances: Instances, choices: Sequence[np.ndarray], ends: Ends) -> list[np.ndarray]:
    """The tours and paths that a model's choices mean, by the instances' own distances.

    The shortest path that leaves out an edge which `answer_lengths` leaves out, in either
    direction.
    """
    sizes, fixed = instances.sizes(), fixed_positions(instances, ends)
    tours = [np.asarray(row)[:size] for row, size in zip(choices, sizes, strict=True)]
    if fixed.shape[1]:
        orders = _orders(sizes, fixed)
        tours = [order[tour] for order, tour in zip(orders, tours, strict=True)]
    if not ends.open:
        return tours
    return [_shortest_path(tour, distances(instances, row), ends) for row, tour in enumerate(tours)]


def _shortest_path(tour: np.ndarray, measure: Distances, ends: Ends) -> np.ndarray:
    """The shortest of the paths that a closed tour may mean."""
    if ends.fixed == 2:
        return np.roll(tour, -1)
    if ends.fixed == 1:
        ways = [tour, np.roll(tour[::-1], 1)]
        paths = ways if ends.end is None else [way[::-1] for way in ways]
    else:
        paths = [_without_longest_edge(way, measure) for way in (tour, tour[::-1])]
    return min(paths, key=lambda path: measure.along(path, closed=False))


def _without_longest_edge(tour: np.ndarray, measure: Distances) -> np.ndarray:
    edges = measure.between(tour, np.roll(tour, -1))
    return np.roll(tour, -1 - int(edges.argmax()))
