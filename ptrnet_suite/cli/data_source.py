"""What a command line names as data: a file, a folder, standard input, or a task's own name."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, final

from ptrnet_suite.errors import InputError

if TYPE_CHECKING:
    import numpy as np

    from ptrnet_suite.data.instances import Instances
    from ptrnet_suite.task.base import Task

STANDARD_INPUT = Path("-")
TITLE = "standard input"
PACKED = {b"PK\x03\x04": ".npz", b"\x93NUMPY": ".npy", b"\x80": ".pkl"}
"""First bytes of data that is no text, and the suffix that its readers know it by."""


@final
class Data(NamedTuple):
    """Instances of a data source, one part for each file.

    facts: path and checksum, and where only some were taken `of`, how many there are. title: what
    they are in words. notes: sentences about the input for whoever reads the answers.
    """

    parts: Sequence[Instances]
    facts: dict[str, Any]
    title: str
    notes: tuple[str, ...] = ()

    @property
    def instances(self) -> Instances:
        """Those of all parts as one data set, with names that tell them apart."""
        from ptrnet_suite.data.concatenation import merged

        return self.parts[0] if len(self.parts) == 1 else merged(self.parts, self.facts["path"])


@final
class Selection(NamedTuple):
    """Which instances of a source are taken.

    limit: at most so many, drawn by the seed. strict: refuses a source where an instance cannot be
    read as it stands, see `Formats.accept`. counted: without what figures do not count.
    """

    limit: int | None = None
    seed: int = 0
    strict: bool = False
    counted: bool = False


@contextmanager
def readable(path: Path) -> Iterator[Path]:
    """A path that readers can open and read twice: of standard input a copy, else the path.

    Messages about the copy name standard input.
    """
    if path != STANDARD_INPUT:
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "input"
        with copy.open("wb") as stream:
            shutil.copyfileobj(sys.stdin.buffer, stream)
        with copy.open("rb") as stream:
            head = stream.read(8)
        suffixes = (suffix for mark, suffix in PACKED.items() if head.startswith(mark))
        named = copy.rename(copy.with_suffix(next(suffixes, ".txt")))
        try:
            yield named
        except InputError as error:
            raise InputError(str(error).replace(str(named), TITLE)) from error


def read_data(task: Task, path: Path, given: Path, selection: Selection) -> Data:
    """The selected instances of a data source, checked.

    path: where they can be read, see `readable`; given: what the command line calls it. Raises
    InputError for a source without instances or with one that the task cannot use.
    """
    from ptrnet_suite.evaluation.report import file_facts

    parts, files, notes = _parts(task, path)
    if given == STANDARD_INPUT:
        parts = [replace(part, source=TITLE) for part in parts]
    if selection.counted:
        parts = [task.counted(part) for part in parts]
    count, limit, seed = sum(map(len, parts)), selection.limit, selection.seed
    if count == 0:
        raise InputError(f"{parts[0].source} has no instances")
    facts, title = file_facts(str(given), files), f"{count:,} instances of {_named(given)}"
    if limit is not None and limit < count:
        parts = _drawn(parts, count, limit, seed)
        facts["of"] = count
        title = f"{limit:,} of the {title}, drawn with seed {seed}"
    parts = [task.formats.accept(part, selection.strict) for part in parts if len(part)]
    told = (_with_file(note, part, parts) for part in parts for note in part.notes)
    return Data(parts, facts, title, (*notes, *dict.fromkeys(told)))


def sizes_of(task: Task, path: Path) -> np.ndarray:
    """Number of items of each instance, `(count,)`."""
    import numpy as np

    return np.concatenate([part.sizes() for part in _parts(task, path)[0]])


def _parts(task: Task, path: Path) -> tuple[list[Instances], Sequence[Path], tuple[str, ...]]:
    """Instances file by file, the files, and notes on what was left out."""
    if path.is_dir():
        return _folder(task, path)
    if path.exists():
        return [task.formats.read(path)], task.files(str(path)), ()
    return [task.source(str(path))], task.files(str(path)), ()


def _folder(task: Task, folder: Path) -> tuple[list[Instances], Sequence[Path], tuple[str, ...]]:
    """Every file of a folder that the task reads, in the order of names; hidden ones are not."""
    entries = [file for file in sorted(folder.iterdir()) if not file.name.startswith(".")]
    read: dict[Path, Instances] = {}
    refused: dict[Path, InputError] = {}
    for file in (entry for entry in entries if entry.is_file()):
        try:
            instances = task.formats.read(file)
            task.formats.accept(instances)
            read[file] = replace(instances, names=_names_by_file(instances, file))
        except InputError as error:
            refused[file] = error
    named = ", ".join(file.name for file in refused)
    if not read:
        why = f": {named} cannot be read ({next(iter(refused.values()))})" if refused else ""
        raise InputError(f"the folder {folder} holds no file that {task.name} reads{why}")
    first = f" ({next(iter(refused.values()))})" if refused else ""
    notes = (f"{folder}: skipped what cannot be read: {named}{first}",) if refused else ()
    return list(read.values()), list(read), notes


def _names_by_file(instances: Instances, file: Path) -> list[str]:
    """The file's name for a lone instance, else with the instance's own name or number."""
    if len(instances) == 1:
        return [file.name]
    own = instances.names or range(1, len(instances) + 1)
    return [f"{file.name}:{name}" for name in own]


def _drawn(parts: Sequence[Instances], count: int, limit: int, seed: int) -> list[Instances]:
    """`limit` of `count` instances in their order, each under its name or number in the source."""
    import numpy as np

    chosen = np.sort(np.random.default_rng(seed).choice(count, limit, replace=False))
    drawn, first = [], 0
    for part in parts:
        own = chosen[(chosen >= first) & (chosen < first + len(part))] - first
        if part.names is None:
            part = replace(part, names=[str(index + 1) for index in range(len(part))])
        if len(own):
            drawn.append(part.subset(own))
        first += len(part)
    return drawn


def _named(given: Path) -> str:
    return TITLE if given == STANDARD_INPUT else given.name or str(given)


def _with_file(note: str, part: Instances, parts: Sequence[Instances]) -> str:
    """The note with the file that it is about, where there are several and it names none."""
    return note if len(parts) == 1 or part.source in note else f"{part.source}: {note}"
