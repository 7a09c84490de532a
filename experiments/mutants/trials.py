"""Tests tried inside a running pytest: which statements each reaches, and which finds a fault."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pytest

Reached = dict[str, dict[str, Any]]
"""Test -> its CPU time (`seconds`) and the statements that it reached (`lines`: path -> lines)."""

SLOWER = 10
"""How many times as long as usual a test may take before it counts as failed, beside `PATIENCE`."""

PATIENCE = 8.0
"""Seconds."""


class Session:
    """A pytest plugin that hands the collected tests over instead of running them."""

    def __init__(self, work: Callable[[dict[str, pytest.Item]], None]) -> None:
        self._work = work
        self._failed = False
        self.fault: BaseException | None = SystemExit("The tests cannot be collected: run pytest.")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:
            return True
        self.fault = None
        try:
            self._work({item.nodeid: item for item in session.items})
        except BaseException as fault:
            self.fault = fault
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._failed = self._failed or report.failed

    def passes(self, item: pytest.Item, following: pytest.Item | None) -> bool:
        """Whether a test passes; `following`: the next one, for which fixtures may stay."""
        self._failed = False
        item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
        return not self._failed

    def first_that_fails(self, items: Sequence[pytest.Item], limits: Iterable[float]) -> str:
        """The first test that fails or takes longer than its limit (CPU seconds); empty: none."""
        from mutants.children import allow

        for item, following, limit in zip(items, [*items[1:], None], limits, strict=True):
            allow(limit)
            if not self.passes(item, following):
                return item.nodeid
        return ""

    def reached(self, items: Sequence[pytest.Item]) -> Reached:
        """What each passing test reaches; marked code must be loaded."""
        from mutants.swapping import call_at_each_statement

        found: Reached = {}
        for item, following in zip(items, [*items[1:], None], strict=True):
            places: set[tuple[str, int]] = set()
            call_at_each_statement(lambda path, line, places=places: places.add((path, line)))
            begun = time.process_time()
            passed = self.passes(item, following)
            lines: dict[str, list[int]] = {}
            for path, line in sorted(places):
                lines.setdefault(path, []).append(line)
            if passed:
                seconds = round(time.process_time() - begun, 4)
                found[item.nodeid] = {"seconds": seconds, "lines": lines}
        return found


def limit_of(seconds: float) -> float:
    """CPU seconds that a test may take which usually takes `seconds`."""
    return PATIENCE + SLOWER * seconds


def pytest_with(session: Session, files: Sequence[str]) -> None:
    """Collects the files, then lets the session do its work; the default tests only."""
    # Nobody reads why an assertion fails, and to explain it takes longer than most tests.
    options = ["-q", "-p", "no:cacheprovider", "--assert=plain", "--tb=native"]
    options += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
    pytest.main([*options, *files], plugins=[session])
    if session.fault is not None:
        raise session.fault


def still() -> None:
    """Nothing that stands now is looked at by the collector again, so that copies share it."""
    gc.collect()
    gc.freeze()


def warm() -> None:
    """Has torch do once what it otherwise would prepare in every copy of this process."""
    import torch

    inputs = torch.rand(2, 3, 4)
    layers = [torch.nn.LSTM(4, 4), torch.nn.GRU(4, 4), torch.nn.TransformerEncoderLayer(4, 2, 4)]
    for layer in layers:
        found = layer(inputs)
        found = found[0] if isinstance(found, tuple) else found
        torch.log_softmax(found, 2).sum().backward()
        torch.optim.Adam(layer.parameters()).step()


def derandomised() -> None:
    """Hypothesis draws the same examples each time, and does not look for smaller ones."""
    from hypothesis import HealthCheck, Phase, settings

    settings.register_profile(
        "mutants",
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    settings.load_profile("mutants")
