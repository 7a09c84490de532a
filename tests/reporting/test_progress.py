"""Progress of long work: a bar on a terminal, lines on standard error elsewhere."""

from __future__ import annotations

import io
import re
import threading
import time

import pytest
from rich.console import Console
from rich.progress import TextColumn

from ptrnet_suite.reporting import progress
from ptrnet_suite.reporting.progress import ProgressLines, counting, make_bar

LINE = r"labels 30/120 [\d,.?e+]+/s \d:\d\d:\d\d left (\d|-):(\d\d|--):(\d\d|--)"


def wait_for(capfd: pytest.CaptureFixture[str], count: int) -> tuple[str, list[str]]:
    """Standard output and the lines of standard error, once there are some."""
    out, err, until = "", "", time.monotonic() + 20
    while err.count("\n") < count:
        assert time.monotonic() < until
        time.sleep(0.01)
        out, err = (old + new for old, new in zip((out, err), capfd.readouterr(), strict=True))
    return out, err.splitlines()


def test_work_without_a_terminal_prints_lines_at_intervals_on_standard_error(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "LINE_EVERY", 0.02)
    with counting("labels", 120) as add:
        for _ in range(3):
            add(10)
        out, lines = wait_for(capfd, 2)
    assert out == ""
    assert re.fullmatch(LINE, lines[-1])
    capfd.readouterr()
    time.sleep(0.06)
    assert capfd.readouterr() == ("", "")


def test_lines_tell_the_pace_and_the_time_left(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "LINE_EVERY", 0.02)
    clock = iter(range(10_000))
    with make_bar() as bar:
        bar.get_time = lambda: 2.0 * next(clock)
        line = bar.add_task("decoding", total=1_000_000)
        for _ in range(30):
            bar.advance(line, 100)
        _, lines = wait_for(capfd, 1)
    # 100 at each call of the clock, which the estimate itself calls once more or twice.
    pace = re.search(r"decoding 3000/1000000 (\d+)/s", lines[-1])
    assert pace is not None
    assert 10 <= int(pace[1]) <= 50
    assert re.search(r"left \d+:\d\d:\d\d$", lines[-1])


def test_one_step_of_slow_work_tells_its_pace(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "LINE_EVERY", 0.02)
    clock = iter([0.0, *[100.0 + step for step in range(10_000)]])
    with make_bar() as bar:
        bar.get_time = clock.__next__  # type: ignore[method-assign]
        line = bar.add_task("labels", total=120)
        bar.advance(line, 60)
        _, lines = wait_for(capfd, 1)
    found = re.fullmatch(r"labels 60/120 0\.(\d+)/s 0:01:\d\d left 0:01:(\d\d)", lines[-1])
    assert found, lines
    assert 38 <= int(found[2]) <= 59


def test_short_work_says_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    with counting("labels", 3) as add:
        add(3)
    assert capfd.readouterr() == ("", "")


def test_work_that_fails_ends_its_lines() -> None:
    before = threading.active_count()
    with pytest.raises(KeyError), counting("labels", 3):
        raise KeyError
    assert threading.active_count() == before


def test_a_terminal_has_a_bar_and_a_pipe_has_none() -> None:
    terminal = Console(file=io.StringIO(), force_terminal=True)
    with make_bar(TextColumn("{task.percentage:>3.0f} %"), console=terminal) as bar:
        bar.add_task("runs", total=2)
    assert not isinstance(bar, ProgressLines)
    assert "━" in terminal.file.getvalue()  # type: ignore[attr-defined]
    piped = Console(file=io.StringIO())
    with make_bar(console=piped) as bar:
        bar.add_task("runs", total=2)
    assert isinstance(bar, ProgressLines)
    assert piped.file.getvalue() == ""  # type: ignore[attr-defined]
