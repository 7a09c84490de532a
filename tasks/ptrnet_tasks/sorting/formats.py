"""Files of number sequences: `.csv` rows and `.npz`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import final

import numpy as np

from ptrnet_suite.data.batch import pad
from ptrnet_suite.data.instances import Instances
from ptrnet_suite.data.npz import check_sizes, read_npz
from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.files import atomic_write
from ptrnet_suite.runtime.limits import check_file
from ptrnet_suite.task.formats import Formats
from ptrnet_tasks.sorting.number_rows import read_rows, read_whole_rows

ORDER_OF = ("x_", "y_")
"""A file `x_NAME.csv` of values has its orders in `y_NAME.csv` beside it."""


@final
class NumberFormats(Formats):
    """`.csv`: one sequence a line, or one number a line. `.npz`: see `read`."""

    def read(self, path: Path) -> Instances:
        """Sequences `(n, 1)`, with the orders that sort them where the file or its neighbour has
        them.

        `.csv`: see `read_rows`; one number a line is one sequence. The orders of `x_NAME.csv` are
        read from `y_NAME.csv` where that is there, positions from 0 (an argsort). `.npz`:
        `values (count, n)`, optional `solutions (count, n)` padded with -1 and `sizes (count,)`.
        Raises InputError naming the file and the line or instance.
        """
        if path.suffix not in _READERS:
            raise _unknown(path)
        if check_file(path) == 0:
            raise InputError(f"{path} is empty; it must hold at least one sequence")
        rows, orders, origin = _READERS[path.suffix](path)
        if orders is not None:
            _check_orders(rows, orders, origin)
        return Instances(_columns(rows), _stacked(orders), source=str(path))

    def write(self, instances: Instances, path: Path) -> None:
        """Writes `.csv` or `.npz`, which `read` reads back.

        A `.csv` holds values alone; where its name starts with `x_`, known orders go to the `y_`
        file beside it. Raises InputError for another suffix, and where lines of one number each
        would be read as one sequence.
        """
        if path.suffix not in _READERS:
            raise _unknown(path)
        rows = [np.asarray(row, float).reshape(-1) for row in instances.inputs]
        orders = instances.solutions
        if path.suffix == ".npz":
            _write_npz(rows, orders, path)
            return
        if len(rows) > 1 and all(len(row) == 1 for row in rows):
            raise InputError(
                f"{path} cannot hold {len(rows)} sequences of one number: one number a line is one"
                " sequence; accepted for these is .npz"
            )
        _write_csv(rows, path)
        if orders is not None and path.name.startswith(ORDER_OF[0]):
            _write_csv(orders, _neighbour(path))

    def check(self, instances: Instances) -> None:
        """Raises InputError for NaN, an empty sequence, or other than one number a position."""
        if not len(instances):
            raise InputError(f"{instances.source} holds no sequences; at least one is needed")
        for index, item in enumerate(instances.inputs):
            values, title = np.asarray(item), instances.title(index)
            if values.ndim != 2 or values.shape[1] != 1:
                raise InputError(f"{title} has shape {values.shape}; numbers need (n, 1)")
            if not len(values):
                raise InputError(f"{title} is an empty sequence; at least one number is needed")
            if values.dtype.kind not in "fiu" or not np.isfinite(values).all():
                raise InputError(f"{title} has a value that is no finite number")


def _unknown(path: Path) -> InputError:
    accepted = ", ".join(_READERS)
    return InputError(f"{path} has the suffix {path.suffix!r}; accepted: {accepted}")


def _neighbour(path: Path) -> Path:
    return path.with_name(ORDER_OF[1] + path.name.removeprefix(ORDER_OF[0]))


_Numbers = list[np.ndarray] | np.ndarray
"""Rows of numbers; one array `(count, n)` where all are of one length and come as such."""

_Rows = tuple[_Numbers, _Numbers | None, Callable[[int], str]]


def _read_csv(path: Path) -> _Rows:
    rows, lines = read_rows(path)
    beside = _neighbour(path)
    if not (path.name.startswith(ORDER_OF[0]) and beside.is_file()):
        return rows, None, lambda index: f"{path}, line {lines[index]}"
    orders, order_lines = read_whole_rows(beside)
    if len(orders) != len(rows):
        raise InputError(
            f"{beside} has {len(orders)} sequences; {path.name} beside it has {len(rows)}"
        )
    return rows, orders, lambda index: f"{beside}, line {order_lines[index]}"


def _read_npz(path: Path) -> _Rows:
    parts = read_npz(path)
    values = parts.get("values")
    if values is None or values.ndim != 2 or values.dtype.kind not in "fiu" or not values.size:
        held = ", ".join(f"{name} {part.shape}" for name, part in parts.items()) or "nothing"
        raise InputError(f"{path} has no numbers 'values' of shape (count, n); it holds {held}")
    sizes = parts.get("sizes", np.full(len(values), values.shape[1]))
    solutions = parts.get("solutions")
    check_sizes(sizes, len(values), values.shape[1], path)
    if solutions is not None and (
        solutions.dtype.kind not in "iu" or solutions.shape[:1] != values.shape[:1]
        or solutions.ndim != 2
    ):  # fmt: skip
        raise InputError(f"{path}: 'solutions' must hold integers for each of {len(values)} rows")
    rows: _Numbers
    if (sizes == values.shape[1]).all():
        # An array for each row would take several times the memory of the numbers.
        rows = values.astype(float, copy=False)
    else:
        rows = [row[:size].astype(float) for row, size in zip(values, sizes, strict=True)]
    orders: _Numbers | None = solutions
    if solutions is not None and (solutions == -1).any():
        orders = [row[row != -1] for row in solutions]
    return rows, orders, lambda index: f"{path}, instance {index + 1}"


_READERS: dict[str, Callable[[Path], _Rows]] = {".csv": _read_csv, ".npz": _read_npz}


def _check_orders(rows: _Numbers, orders: _Numbers, origin: Callable[[int], str]) -> None:
    """Raises InputError for an order that does not sort its row."""
    for index, (row, order) in enumerate(zip(rows, orders, strict=True)):
        if not np.array_equal(np.sort(order), np.arange(len(row))):
            raise InputError(
                f"{origin(index)} is not an order of {len(row)} values; it must hold each position"
                f" from 0 to {len(row) - 1} once"
            )
        if (np.diff(row[order]) < 0).any():
            raise InputError(
                f"{origin(index)} does not sort its values; it must hold their positions from the"
                " smallest value to the largest (an argsort)"
            )


def _columns(rows: _Numbers) -> _Numbers:
    """`(count, n, 1)` when all rows have one length, else a list of `(n, 1)`."""
    if isinstance(rows, np.ndarray):
        return rows[..., None]
    columns = [row[:, None].astype(float) for row in rows]
    return np.stack(columns) if len({len(row) for row in rows}) == 1 else columns


def _stacked(orders: _Numbers | None) -> _Numbers | None:
    if (
        orders is None
        or isinstance(orders, np.ndarray)
        or len({len(order) for order in orders}) > 1
    ):
        return orders
    return np.stack(orders)


def _write_csv(rows: Sequence[np.ndarray] | np.ndarray, path: Path) -> None:
    # Python's own numbers print the fewest digits that read back the same.
    lines = [",".join(map(str, np.asarray(row).tolist())) for row in rows]
    with atomic_write(path) as temporary:
        temporary.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _write_npz(
    rows: list[np.ndarray], orders: Sequence[np.ndarray] | np.ndarray | None, path: Path
) -> None:
    values, real = pad(rows)
    arrays = {"values": values}
    if not real.all():
        arrays["sizes"] = real.sum(1)
    if orders is not None:
        padded, kept = pad(list(orders))
        arrays["solutions"] = np.where(kept, padded, -1)
    with atomic_write(path) as temporary:
        np.savez_compressed(temporary, **arrays)  # type: ignore[arg-type]
