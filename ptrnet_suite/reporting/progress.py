"""The progress bar of long work, on standard error: what a command prints can be piped on."""

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
    """A bar with what is under way, how much is done, the time gone and the time left.

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
def counting(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """Shows a bar while the block runs; gives a function that is told how many more are done."""
    with make_bar(transient=True) as bar:
        line = bar.add_task(what, total=total)
        yield lambda more: bar.advance(line, more)
