"""What a reader of files may do with any input, and how it is found out.

A reader gives back what it read or raises InputError, in one short sentence that names the file,
without a warning, in little time and memory.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from time import process_time
from typing import Any

from ptrnet_suite.errors import LONGEST, InputError
from ptrnet_suite.task.registry import load_task

MOST_SECONDS, MOST_BYTES = 10.0, 10**9


@dataclass(frozen=True)
class Reader:
    """What reads files of one name, whole ones, and files that stand beside them.

    names_file: whether a refusal names the file; that of a text quotes the text.
    """

    read: Callable[[Path], Any]
    name: str
    seeds: Callable[[], list[bytes]]
    beside: dict[str, bytes] = field(default_factory=dict)
    names_file: bool = True


@dataclass(frozen=True)
class Outcome:
    """What reading one input gave: `accepted`, `refused`, or what is wrong with it."""

    verdict: str
    detail: str = ""

    @property
    def is_finding(self) -> bool:
        """Whether the reader did what none may do."""
        return self.verdict not in ("accepted", "refused")


def try_input(reader: Reader, data: bytes, folder: Path) -> Outcome:
    """Reads `data` as a file in `folder` and says what came of it."""
    path = folder / reader.name
    path.write_bytes(data)
    for name, content in reader.beside.items():
        (folder / name).write_bytes(content)
    start = process_time()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            reader.read(path)
        outcome = Outcome("accepted")
    except InputError as error:
        outcome = _refusal(str(error), path, reader)
    except Exception as error:
        outcome = Outcome("escaped", f"{type(error).__name__}: {str(error)[:200]} {_where(error)}")
    seconds = process_time() - start
    return outcome if seconds < MOST_SECONDS else Outcome("slow", f"{seconds:.0f} s")


def _refusal(message: str, path: Path, reader: Reader) -> Outcome:
    if len(message) > LONGEST:
        return Outcome("long", message[:200])
    if reader.names_file and not any(name in message for name in (path.name, *reader.beside)):
        return Outcome("nameless", message)
    return Outcome("refused", message)


def _where(error: BaseException) -> str:
    """File and line where it was raised: the last of ours and the last of all."""
    frames = []
    trace = error.__traceback__
    while trace is not None:
        frames.append(f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}")
        trace = trace.tb_next
    ours = [frame for frame in frames if "ptrnet_" in frame]
    return " < ".join(frame.split("/ptrnet_")[-1] for frame in (ours or frames)[-1:])


def instances(task: str, **options: Any) -> Callable[[Path], Any]:
    """Reads and checks a file of a task's instances, as the command line does."""

    def read(path: Path) -> Any:
        loaded = load_task(task, options)
        instances = loaded.formats.read(path)
        loaded.formats.check(instances)
        return instances

    return read


def texts(*texts: str) -> Callable[[], list[bytes]]:
    return lambda: [text.encode() for text in texts]
