"""A run's folder: configuration, metrics, checkpoints, the state that resumes it, and its lock."""

from __future__ import annotations

import json
import math
import os
import platform
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, final

from filelock import FileLock, Timeout

from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.faults import reason_of
from ptrnet_suite.runtime.files import atomic_write, make_folder, write_json

CONFIG, METRICS, STATE = "config.json", "metrics.jsonl", "state.safetensors"
BEST, LAST = "best.safetensors", "last.safetensors"
FILES = (CONFIG, METRICS, STATE, BEST, LAST)
SCALARS = "tensorboard"
LOCK = ".lock"

FORMER_STATE = "state.pt"
"""State of runs from before it was a safetensors file."""


def resume_command(task: str, folder: Path, changes: Mapping[str, object] | None = None) -> str:
    """The command line that goes on with a run; changes: values of its config to change."""
    flags = [
        word
        for name, value in (changes or {}).items()
        for word in (f"--{name.replace('_', '-')}", str(value))
    ]
    return shlex.join(["ptrnet", "train", task, "--resume", str(folder), *flags])


def resume_call(changes: Mapping[str, object] | None = None) -> str:
    """The same in Python, for a run with parts that a command line cannot name."""
    words = f" with {', '.join(f'{name}={value!r}' for name, value in (changes or {}).items())}"
    return f"train(..., resume=True){words if changes else ''}"


def check_folder(folder: Path, task: str, resume: bool, overwrite: bool) -> None:
    """Raises InputError where there is nothing to resume, or a run that may not be overwritten."""
    if resume and overwrite:
        raise InputError("a run is either gone on with or overwritten; give one of the two")
    if resume:
        _check_resumable(folder)
    elif not overwrite and any((folder / name).exists() for name in FILES):
        raise InputError(
            f"{folder} already holds a run; name another folder with --output, begin anew in this "
            f"one with --overwrite, or go on with the run: {resume_command(task, folder)}"
        )


def _check_resumable(folder: Path) -> None:
    has_state, has_config = (folder / STATE).is_file(), (folder / CONFIG).is_file()
    # A run that was killed as it began has its configuration and nothing else.
    if has_state or (has_config and not any((folder / name).exists() for name in (BEST, LAST))):
        return
    if (folder / FORMER_STATE).is_file():
        raise InputError(
            f"{folder / FORMER_STATE} is the state of a run of an older version; train on from its "
            f"weights in another folder: --initial {folder / LAST}"
        )
    raise InputError(f"nothing to resume in {folder}: it has no {STATE}")


@final
class RunFolder:
    """Files of one training run, which one process at a time may write.

    `config.json`, `metrics.jsonl` (a line per logged step), `best.safetensors`,
    `last.safetensors`, `state.safetensors` (all that resumes the run exactly) and TensorBoard
    scalars where tensorboard is installed. Raises InputError where the folder cannot be written
    to, or is in use.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = make_folder(folder)
        self._scalars: Any = None
        self._lock = FileLock(folder / LOCK, blocking=False)
        self.lock()
        self._clear_temporary_files()

    @property
    def best(self) -> Path:
        """The checkpoint of the best validation."""
        return self.folder / BEST

    @property
    def last(self) -> Path:
        """The checkpoint of the last save."""
        return self.folder / LAST

    @property
    def state(self) -> Path:
        """The state that resumes the run."""
        return self.folder / STATE

    def lock(self) -> None:
        """Takes the folder for this process; the system gives it back however the process ends."""
        if self._lock.is_locked:
            return
        path = self.folder / LOCK
        try:
            with self.writing():
                self._lock.acquire()
                path.write_text(f"process {os.getpid()} on {platform.node()}\n", encoding="utf-8")
        except Timeout:
            holder = path.read_text(encoding="utf-8", errors="replace").strip()
            raise InputError(
                f"{self.folder} is in use by {holder or 'another process'}; wait until that has "
                "ended, or name another folder with --output"
            ) from None

    def unlock(self) -> None:
        """Lets other processes have the folder."""
        self._lock.release()

    def _clear_temporary_files(self) -> None:
        """Removes what a process that was killed while it wrote has left."""
        stems = (name.partition(".") for name in FILES)
        patterns = [f".{stem}-*{dot}{suffix}" for stem, dot, suffix in stems]
        with self.writing():
            for path in (path for pattern in patterns for path in self.folder.glob(pattern)):
                path.unlink(missing_ok=True)

    def begin(self, task: str, config: dict[str, Any]) -> None:
        """Removes the files of an earlier run and writes this one's task and configuration."""
        scalars = (self.folder / SCALARS).glob("events.out.tfevents.*")
        with self.writing():
            for path in (*(self.folder / name for name in (*FILES, FORMER_STATE)), *scalars):
                path.unlink(missing_ok=True)
        self.write_config(task, config)

    def write_config(self, task: str, config: dict[str, Any]) -> None:
        """Writes the run's task and configuration."""
        with self.writing():
            write_json(self.folder / CONFIG, {"task": task, "config": config})

    def open(self, step: int) -> None:
        """Begins to write TensorBoard's scalars after `step`, where tensorboard is installed."""
        with suppress(ImportError):
            # Takes seconds to import, so not before a run begins.
            from torch.utils.tensorboard import SummaryWriter

            # Scalars of steps that are now made again are hidden.
            purge = step + 1 if step else None
            with self.writing():
                self._scalars = SummaryWriter(str(self.folder / SCALARS), purge_step=purge)

    def log(self, entry: dict[str, Any]) -> None:
        """Appends a line to the metrics and, while it is open, to TensorBoard.

        Numbers that are none are null there: JSON has no word for them.
        """
        with self.writing(), (self.folder / METRICS).open("a", encoding="utf-8") as file:
            file.write(json.dumps(_finite(entry), allow_nan=False) + "\n")
        if self._scalars is None:
            return
        flat = {**entry, **{f"validation/{k}": v for k, v in entry.get("validation", {}).items()}}
        with self.writing():
            for name, value in flat.items():
                if isinstance(value, int | float) and name != "step":
                    self._scalars.add_scalar(name, value, entry["step"])

    def cut_metrics(self, step: int) -> None:
        """Removes the lines after `step`, which a resumed run writes again, and half a line."""
        path = self.folder / METRICS
        if not path.is_file():
            return
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
        kept = []
        for number, line in enumerate(lines, 1):
            try:
                is_before = json.loads(line)["step"] <= step
            except (ValueError, KeyError, TypeError, RecursionError) as error:
                if number == len(lines):
                    break  # A process that is killed may leave half a line.
                raise InputError(
                    f"{path}, line {number} is no record of a training step; remove that line"
                ) from error
            if is_before:
                kept.append(line)
        with self.writing(), atomic_write(path) as partial:
            partial.write_text("".join(line + "\n" for line in kept), encoding="utf-8")

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Turns what the system says against writing (a full disk) into an InputError."""
        try:
            yield
        except Timeout:  # an OSError, but of a folder in use
            raise
        except (OSError, InputError) as error:
            what = error if isinstance(error, InputError) else self._refused(error)
            raise InputError(f"{what}; what was saved there before stands") from error

    def _refused(self, error: OSError) -> str:
        return f"{self.folder} cannot be written to: {reason_of(error)}"

    def close(self) -> None:
        """Flushes TensorBoard and gives the folder back."""
        scalars, self._scalars = self._scalars, None
        try:
            if scalars is not None:
                with self.writing():
                    scalars.close()
        finally:
            self.unlock()


def _finite(value: Any) -> Any:
    """`value` with None for the numbers in it that are not finite."""
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value
