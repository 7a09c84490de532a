"""The progress bar of long work, on standard error, so that standard output can be piped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)


def make_bar(
    *counts: ProgressColumn,
    transient: bool = False,
    console: Console | None = None,
    estimate_over: float = 30.0,
    hidden: bool = False,
) -> Progress:
    """A bar with a description, the count that is done, the time elapsed and the time left.

    counts: columns for how much is done; by default so many of so many. estimate_over: seconds of
    the past from which the time left is estimated. A terminal alone shows it.
    """
    screen = console or Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        *(counts or (MofNCompleteColumn(),)),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=screen,
        transient=transient,
        speed_estimate_period=estimate_over,
        disable=hidden or not screen.is_terminal,
    )


def make_download_bar() -> Progress:
    """The bar of a transfer: bytes and their speed."""
    return make_bar(DownloadColumn(), TransferSpeedColumn(), transient=True)


@contextmanager
def counting(description: str, total: int) -> Iterator[Callable[[int], None]]:
    """Shows a bar while the block runs; yields a function that adds to the items done."""
    with make_bar(transient=True) as bar:
        line = bar.add_task(description, total=total)
        yield lambda count: bar.advance(line, count)
