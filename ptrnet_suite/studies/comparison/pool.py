"""Several runs at a time, each in a process of its own."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from typing import Any, final

from ptrnet_suite.studies.comparison.trial import FAILURE, work
from ptrnet_suite.studies.comparison.trials import Trial

POLL = 0.5
"""Seconds between two checks of the processes."""

STOP_TIMEOUT = 30.0
"""Seconds that a stopped run has to save itself."""

ProgressCallback = Callable[[float, str], None]
"""Takes the number of runs done, in whole and in part, and the name of one under way."""


@final
@dataclass
class Pool:
    """Makes runs, `jobs` at a time; `failures` holds the reasons of failed runs, by name."""

    jobs: int
    on_progress: ProgressCallback
    failures: dict[str, str] = field(default_factory=dict)

    def run(self, trials: Sequence[Trial]) -> None:
        """Makes every run that is not complete; on Ctrl-C lets those under way save themselves."""
        context = _context()
        waiting = [trial for trial in trials if not trial.is_done]
        done, durations = (
            len(trials) - len(waiting),
            [1.2 * 60 * trial.config.minutes for trial in waiting],
        )
        active: dict[Any, tuple[Any, Trial, float]] = {}
        try:
            while waiting or active:
                while waiting and len(active) < self.jobs:
                    trial = waiting.pop(0)
                    process = context.Process(target=work, args=(trial,), name=trial.name)
                    process.start()
                    active[process.sentinel] = process, trial, time.monotonic()
                for sentinel in wait(list(active), POLL):
                    process, trial, began = active.pop(sentinel)
                    process.join()
                    self._note_failure(process, trial)
                    durations = [*durations[1:], time.monotonic() - began]
                    done += 1
                usual = sum(durations) / max(1, len(durations))
                ages = [time.monotonic() - began for _, _, began in active.values()]
                latest = next((trial.name for _, trial, _ in active.values()), "")
                self.on_progress(
                    done + sum(min(0.99, age / max(usual, 1e-9)) for age in ages), latest
                )
        finally:
            _stop([process for process, _, _ in active.values()])

    def _note_failure(self, process: Any, trial: Trial) -> None:
        if trial.is_done:
            return
        failure = trial.folder / FAILURE
        lines = failure.read_text(encoding="utf-8").splitlines() if failure.is_file() else []
        self.failures[trial.name] = lines[-1] if lines else f"exit code {process.exitcode}"


def _context() -> Any:
    """New processes from one that has imported all that runs need, where the system can."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    # PyTorch imports the last two only when training starts, for seconds in every process.
    context.set_forkserver_preload(
        ["ptrnet_suite.studies.comparison.trial", "torch.utils.tensorboard", "torch._dynamo"]
    )
    return context


def _stop(processes: Sequence[Any]) -> None:
    """Lets runs save themselves, then ends those that do not."""
    until = time.monotonic() + STOP_TIMEOUT
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGINT)
    for process in processes:
        process.join(max(0.0, until - time.monotonic()))
        if process.is_alive():
            process.terminate()
            process.join()
