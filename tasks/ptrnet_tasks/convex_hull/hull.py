"""Convex hulls three ways: gift wrapping of a whole batch, exact monotone chain, and scipy.

A hull is a counter-clockwise sequence of 0-based positions without collinear ones in between.
Many hulls stand in one array `(count, longest)`, padded with -1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, final

import numpy as np

from ptrnet_suite.errors import InputError
from ptrnet_tasks.convex_hull.polygon import exact_orientation

_CERTAIN = 4e-15
"""A turn larger than this times the squared extent of the points is not a rounding error."""

_POINTS_AT_ONCE = 2**21
"""Wrapping holds ten numbers for each point."""


def pad_hulls(hulls: Sequence[np.ndarray] | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """`(count, longest)` padded with -1, and the lengths `(count,)`; takes padded rows too."""
    if isinstance(hulls, np.ndarray) and hulls.ndim == 2:
        return hulls, (hulls >= 0).sum(1)
    rows = [np.asarray(hull, np.int64).reshape(-1) for hull in hulls]
    lengths = np.array([len(row) for row in rows], np.int64)
    padded = np.full((len(rows), max(1, lengths.max(initial=0))), -1)
    if rows:
        padded[np.arange(padded.shape[1]) < lengths[:, None]] = np.concatenate(rows)
    return padded, (padded >= 0).sum(1)


def split_hulls(padded: np.ndarray) -> list[np.ndarray]:
    """The rows of `padded (count, longest)` without their padding."""
    lengths = (padded >= 0).sum(1).tolist()
    return [row[:length] for row, length in zip(padded, lengths, strict=True)]


def start_at(padded: np.ndarray, first: np.ndarray) -> np.ndarray:
    """The same closed curves from their entry number `first (count,)` on."""
    lengths = np.maximum(1, (padded >= 0).sum(1))[:, None]
    index = np.arange(padded.shape[1])
    turned = np.take_along_axis(padded, (index + first[:, None]) % lengths, 1)
    return np.where(index < lengths, turned, -1)


def start_at_smallest(padded: np.ndarray) -> np.ndarray:
    """The official form: each hull from its smallest position on."""
    keys = np.where(padded >= 0, padded, np.iinfo(np.int64).max)
    return start_at(padded, keys.argmin(1))


def gift_wrapping(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Hulls of many point sets at once (Jarvis 1973), each from its lowest point on.

    Also says which hulls are certain: those where no point lies, up to rounding, on the line
    through a hull edge. Collinear points and duplicates need `monotone_chain`.

    points: `(count, n, 2)`, n >= 3. Returns `(count, longest)` and `(count,)`.
    """
    count, n = points.shape[:2]
    hulls, certain = np.full((count, n), -1), np.zeros(count, bool)
    with np.errstate(all="ignore"):
        wrap = _Wrap.around(points)
        for step in range(n + 1):
            turn, ahead, right, up = wrap.seen_from_current()
            if step:
                # All but the two ends of the last edge must lie strictly to its left.
                clear = (turn > wrap.tolerance[:, None]).sum(1) == n - 2
                closed = wrap.current == wrap.first
                certain[wrap.rows[clear & closed]] = True
                going = clear & ~closed
                if step == n or not going.any():
                    break
                if not going.all():
                    wrap = _Wrap(*(part[going] for part in wrap))
                    turn, ahead, right, up = (part[going] for part in (turn, ahead, right, up))
            hulls[wrap.rows, step] = wrap.current
            wrap = wrap.step(turn, ahead, right, up)
    return hulls[:, : max(1, (hulls >= 0).sum(1).max(initial=0))], certain


@final
class _Wrap(NamedTuple):
    """Where the wrapping of each unfinished set stands; the last edge points along `along`."""

    x: np.ndarray
    y: np.ndarray
    rows: np.ndarray
    first: np.ndarray
    current: np.ndarray
    along_x: np.ndarray
    along_y: np.ndarray
    tolerance: np.ndarray

    @classmethod
    def around(cls, points: np.ndarray) -> _Wrap:
        """At the lowest point (of these the leftmost), looking to the right."""
        x, y = np.ascontiguousarray(points[..., 0]), np.ascontiguousarray(points[..., 1])
        extent = np.maximum(np.ptp(x, 1), np.ptp(y, 1))
        first = np.where(y == y.min(1, keepdims=True), x, np.inf).argmin(1)
        rows = np.arange(len(x))
        return cls(
            x, y, rows, first, first, np.ones(len(x)), np.zeros(len(x)), _CERTAIN * extent * extent
        )

    def seen_from_current(self) -> tuple[np.ndarray, ...]:
        """Every point relative to the current one: (turn, ahead) along the edge, (right, up)."""
        here = np.arange(len(self.rows))
        right = self.x - self.x[here, self.current][:, None]
        up = self.y - self.y[here, self.current][:, None]
        turn = self.along_x[:, None] * up - self.along_y[:, None] * right
        ahead = self.along_x[:, None] * right + self.along_y[:, None] * up
        return turn, ahead, right, up

    def step(self, turn: np.ndarray, ahead: np.ndarray, right: np.ndarray, up: np.ndarray) -> _Wrap:
        """On to the point that needs the smallest turn: the largest cotangent of its angle."""
        here = np.arange(len(self.rows))
        cotangent = ahead / turn
        cotangent[here, self.current] = -np.inf
        following = cotangent.argmax(1)
        return self._replace(
            current=following, along_x=right[here, following], along_y=up[here, following]
        )


def monotone_chain(points: np.ndarray) -> np.ndarray:
    """Hull of one point set (Andrew 1979), decided in exact arithmetic, from the leftmost point on.

    Of coinciding points the one with the smallest position counts. A set that lies on a line
    gives its two ends, and a set that is one point gives that point.

    points: `(n, 2)`.
    """
    order = np.lexsort((points[:, 1], points[:, 0]))
    pairs = points.tolist()
    kept = [i for at, i in enumerate(order) if not at or pairs[i] != pairs[order[at - 1]]]
    if len(kept) < 3:
        return np.array(kept, np.int64)
    lower, upper = _chain(kept, pairs), _chain(kept[::-1], pairs)
    return np.array(lower[:-1] + upper[:-1], np.int64)


def _chain(order: list[int], pairs: list[list[float]]) -> list[int]:
    """The positions in `order` that make a path which only turns left."""
    chain: list[int] = []
    for position in order:
        while (
            len(chain) > 1
            and exact_orientation(pairs[chain[-2]], pairs[chain[-1]], pairs[position]) <= 0
        ):
            chain.pop()
        chain.append(position)
    return chain


def qhull(points: np.ndarray) -> np.ndarray:
    """Hull of one point set `(n, 2)` by `scipy.spatial.ConvexHull`.

    Raises InputError where Qhull sees no area.
    """
    from scipy.spatial import ConvexHull, QhullError

    try:
        return np.asarray(ConvexHull(points).vertices, np.int64)
    except QhullError as error:
        raise InputError(
            f"scipy finds no hull of {len(points)} points that lie on a line or nearly so;"
            " the reference 'monotone chain' decides such points exactly"
        ) from error


def convex_hulls(points: np.ndarray) -> np.ndarray:
    """Exact hulls in the official form, `(count, longest)`, of `(count, n, 2)` points, n >= 3.

    Gift wrapping does the batch; what it cannot be certain of goes through the monotone chain.
    """
    points = np.asarray(points, np.float64)
    step = max(1, _POINTS_AT_ONCE // max(1, points.shape[1]))
    if len(points) > step:
        parts = [convex_hulls(points[at : at + step]) for at in range(0, len(points), step)]
        return pad_hulls([hull for part in parts for hull in split_hulls(part)])[0]
    hulls, certain = gift_wrapping(points)
    unsure = np.flatnonzero(~certain)
    if len(unsure):
        rows = split_hulls(hulls)
        for index in unsure:
            rows[index] = monotone_chain(points[index])
        hulls, _ = pad_hulls(rows)
    return start_at_smallest(hulls)
