"""The progress of long work, on standard error, so that standard output can be piped.

On a terminal it is a bar; elsewhere, such as in a file that keeps what a job says, a line at
intervals.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import final

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TransferSpeedColumn,
)
from rich.text import Text

LINE_EVERY = 30.0
"""Seconds between lines where there is no terminal; shorter work says nothing."""


def _speed(task: Task) -> float | None:
    """Items done in a second lately, or since the start where steps are too rare to tell."""
    speed = task.finished_speed or task.speed
    if not speed and task.completed and task.elapsed:
        return task.completed / task.elapsed
    return speed


@final
class LeftColumn(ProgressColumn):
    """The time left at the speed so far."""

    def render(self, task: Task) -> Text:
        speed, left = _speed(task), task.remaining
        if not speed or left is None:
            return Text("-:--:--")
        return Text(str(timedelta(seconds=round(left / speed))))


@final
class RateColumn(ProgressColumn):
    """Items done in a second."""

    def render(self, task: Task) -> Text:
        speed = _speed(task)
        if not speed:
            return Text("?/s")
        return Text(f"{speed:,.0f}/s" if speed >= 10 else f"{speed:.2g}/s")


@final
class ProgressLines(Progress):
    """What a bar tells, without the bar, in a line every `LINE_EVERY` seconds."""

    def __init__(self, *columns: ProgressColumn, estimate_over: float) -> None:
        screen = Console(stderr=True, markup=False, highlight=False, soft_wrap=True)
        # Disabled, it counts and estimates all the same.
        super().__init__(
            *columns, console=screen, speed_estimate_period=estimate_over, disable=True
        )
        self._has_ended = threading.Event()
        self._printer: threading.Thread | None = None

    def start(self) -> None:
        self._has_ended.clear()
        # A step of the work may take minutes, so lines do not wait for its end.
        self._printer = threading.Thread(target=self._print_lines, daemon=True)
        self._printer.start()

    def stop(self) -> None:
        self._has_ended.set()
        if self._printer is not None:
            self._printer.join()
            self._printer = None

    def _print_lines(self) -> None:
        while not self._has_ended.wait(LINE_EVERY):
            # Whoever read standard error may have left, which is no reason to end the work.
            with suppress(OSError, ValueError):
                for task in self.tasks:
                    self.console.print(self._line(task))

    def _line(self, task: Task) -> str:
        parts = [column(task) for column in self.columns if isinstance(column, ProgressColumn)]
        words = [part.plain.strip() for part in parts if isinstance(part, Text)]
        return " ".join(word for word in words if word)


def make_bar(
    *counts: ProgressColumn,
    transient: bool = False,
    console: Console | None = None,
    estimate_over: float = 30.0,
) -> Progress:
    """A description, the count that is done, the time elapsed and the time left, as they change.

    counts: columns for how much is done; by default so many of so many and how many a second.
    console: the terminal that the work prints on, beside which a bar must stay in place;
    estimate_over: seconds of the past from which the time left is estimated.
    """
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        *(counts or (MofNCompleteColumn(), RateColumn())),
        TimeElapsedColumn(),
        TextColumn("left"),
        LeftColumn(),
    )
    screen = console if console and console.is_terminal else Console(stderr=True)
    if not screen.is_terminal:
        return ProgressLines(*columns, estimate_over=estimate_over)
    return Progress(
        *columns, console=screen, transient=transient, speed_estimate_period=estimate_over
    )


def make_download_bar() -> Progress:
    """The bar of a transfer: bytes and their speed."""
    return make_bar(DownloadColumn(), TransferSpeedColumn(), transient=True)


@contextmanager
def counting(description: str, total: int) -> Iterator[Callable[[int], None]]:
    """Shows progress while the block runs; yields a function that adds to the items done."""
    with make_bar(transient=True) as bar:
        line = bar.add_task(description, total=total)
        yield lambda count: bar.advance(line, count)
