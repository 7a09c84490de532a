"""Text of the Pointer Networks paper's data (Vinyals, Fortunato, Jaitly 2015).

One instance a line, `x1 y1 x2 y2 .. output i j .. i`, positions counted from 1.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, final

import numpy as np

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_tasks.points.content import Content


def read_text(content: Content, every_point: bool) -> Instances:
    """Instances of a text file, with open sequences counted from 0 where it has them.

    Lines without `output` have no solution; if each is one `x y`, together they are one instance.
    Raises InputError naming the file and the line.
    """
    return _Reader(content, every_point).read()


def write_text(instances: Instances, path: Path, closed: bool) -> None:
    """Writes one line an instance; `closed` repeats the first position at the end."""
    solutions = instances.solutions
    with path.open("w", encoding="utf-8") as file:
        for index, points in enumerate(instances.inputs):
            # Python's own floats print the fewest digits that read back the same.
            line = " ".join(map(str, np.asarray(points).ravel().tolist()))
            if solutions is not None:
                positions = (np.asarray(solutions[index]) + 1).tolist()
                sequence = positions + positions[:1] if closed else positions
                line += " output " + " ".join(map(str, sequence))
            file.write(line + "\n")


@final
class _Reader:
    """One pass over the lines into flat arrays, so that a million lines stay cheap."""

    def __init__(self, content: Content, every_point: bool) -> None:
        self.content, self.path, self.every_point = content, content.path, every_point
        self.coordinates, self.positions = array("d"), array("q")
        self.sizes, self.lengths, self.lines = array("q"), array("q"), array("q")
        self.open_line = self.closed_line = 0

    def read(self) -> Instances:
        try:
            with self.content.stream() as file:
                for number, line in enumerate(file, 1):
                    if not line.isspace():
                        self._line(number, line)
        except UnicodeDecodeError as error:
            raise InputError(f"{self.path} is not a text file of points: {error}") from error
        if not self.lines:
            raise InputError(f"{self.path} is empty; it must hold at least one instance")
        if self.open_line and self.closed_line:
            raise self._error(self.open_line, "ends without going back to its first position,"
                              " as the other lines do; it looks truncated")  # fmt: skip
        return self._instances()

    def _error(self, number: int, problem: str) -> InputError:
        return InputError(f"{self.path}, line {number} {problem}")

    def _line(self, number: int, line: str) -> None:
        left, word, right = line.partition("output")
        before = len(self.coordinates)
        try:
            self.coordinates.extend(map(float, left.split()))
            positions = list(map(int, right.split()))
        except ValueError as error:
            raise self._error(number, f"is not 'x1 y1 x2 y2 .. output i j ..': {error}") from None
        coordinates = len(self.coordinates) - before
        if coordinates % 2 or not coordinates:
            raise self._error(number, f"has {coordinates} coordinates; points need pairs, x and y")
        if word:
            self._sequence(number, positions, coordinates // 2)
        self.sizes.append(coordinates // 2)
        self.lines.append(number)
        if len(self.lengths) not in (0, len(self.lines)):
            raise self._error(number, "has no 'output' while others do, or the other way round;"
                              " it looks truncated")  # fmt: skip

    def _sequence(self, number: int, positions: list[int], size: int) -> None:
        if not positions:
            raise self._error(number, "has nothing after 'output'; positions from 1 must follow")
        if len(positions) > 1 and positions[0] == positions[-1]:
            positions.pop()
            self.closed_line = self.closed_line or number
        else:
            self.open_line = self.open_line or number
        if min(positions) < 1 or max(positions) > size:
            bad = min(positions) if min(positions) < 1 else max(positions)
            raise self._error(number, f"has the position {bad}; accepted: 1 to {size}")
        self.positions.extend(positions)
        self.lengths.append(len(positions))

    def _instances(self) -> Instances:
        sizes, path = np.frombuffer(self.sizes, np.int64), str(self.path)
        points = np.frombuffer(self.coordinates).reshape(-1, 2)
        finite = np.isfinite(points).all(1)
        if not finite.all():
            at = int(np.searchsorted(np.cumsum(sizes), np.argmin(finite), "right"))
            raise self._error(self.lines[at], "has a coordinate that is NaN or infinite")
        if not self.lengths:
            # One point a line is a single instance.
            return Instances(points[None] if (sizes == 1).all() else _split(points, sizes),
                             source=path)  # fmt: skip
        tours = _split(np.frombuffer(self.positions, np.int64) - 1, self.lengths)
        check_sequences(
            tours, sizes, self.every_point, lambda index: f"{path}, line {self.lines[index]}"
        )
        return Instances(_split(points, sizes), tours, source=path)


def _split(rows: np.ndarray, lengths: Any) -> np.ndarray | list[np.ndarray]:
    """Consecutive runs of `rows`: one array when all lengths agree, else a list."""
    lengths = np.asarray(lengths)
    if (lengths == lengths[0]).all():
        return rows.reshape(len(lengths), lengths[0], *rows.shape[1:])
    return np.split(rows, np.cumsum(lengths)[:-1])


def check_sequences(
    solutions: Sequence[np.ndarray] | np.ndarray,
    sizes: np.ndarray,
    every_point: bool,
    title: Callable[[int], str],
) -> None:
    """Raises InputError where positions are out of range, repeated, or (if asked) left out.

    sizes: points of each instance. title: what the message calls an instance.
    """
    lengths = np.array([len(solution) for solution in solutions])
    positions = np.concatenate(list(solutions)).astype(np.int64)
    owner = np.repeat(np.arange(len(solutions)), lengths)
    outside = (positions < 0) | (positions >= sizes[owner])
    if outside.any():
        at = int(np.argmax(outside))
        position, size = positions[at] + 1, sizes[owner[at]]
        raise InputError(f"{title(owner[at])} has the position {position}; accepted: 1 to {size}")
    if every_point and (lengths != sizes).any():
        at = int(np.argmax(lengths != sizes))
        raise InputError(
            f"{title(at)} visits {lengths[at]} of {sizes[at]} points; each must be visited once"
        )
    keys = np.sort(owner * sizes.max() + positions)
    twice = keys[1:] == keys[:-1]
    if twice.any():
        at, position = divmod(int(keys[np.argmax(twice)]), int(sizes.max()))
        raise InputError(f"{title(at)} visits the position {position + 1} twice")
