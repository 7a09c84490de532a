"""Public data sets: their addresses and licences, and their paths once fetched."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import final

from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.config_fields import Violation
from ptrnet_suite.runtime.json_documents import read_json
from ptrnet_suite.runtime.parse_config import parse_config

FOLDER_VARIABLE = "PTRNET_DATA"
"""Environment variable that names the folder of data."""


@final
@dataclass(frozen=True)
class RemoteFile:
    """A public file: its address, its path below the data folder, and its checksum.

    size: bytes, or None where they are not known before.
    """

    url: str
    path: Path
    sha256: str
    size: int | None = None


@final
@dataclass(frozen=True)
class DataSet:
    """Files that are fetched together."""

    name: str
    summary: str
    home: str
    licence: str
    attribution: str
    files: tuple[RemoteFile, ...]

    @property
    def size(self) -> int | None:
        """Bytes of all files, None where one's are not known."""
        sizes = [file.size for file in self.files]
        return None if None in sizes else sum(size for size in sizes if size is not None)


def data_folder() -> Path:
    """Where data is put: `$PTRNET_DATA`, else `~/.cache/ptrnet_suite`."""
    named = os.environ.get(FOLDER_VARIABLE)
    return Path(named).expanduser() if named else _cache()


def data_folders() -> list[Path]:
    """Where data is looked for, in this order."""
    return list(dict.fromkeys((data_folder(), _cache())))


def _cache() -> Path:
    return Path.home() / ".cache" / "ptrnet_suite"


def find_data(name: str, path: str) -> Path:
    """The file of a data set, packed or not, in its folder or flat in the data folder.

    Raises InputError that says how to get it.
    """
    wanted = Path(path)
    plain = wanted.with_suffix("") if wanted.suffix == ".gz" else wanted
    packed = plain.with_name(f"{plain.name}.gz")
    for folder in data_folders():
        for candidate in (plain, packed, Path(plain.name), Path(packed.name)):
            if (folder / candidate).is_file():
                return folder / candidate
    folders = " nor in ".join(map(str, data_folders()))
    raise InputError(f"{path} is not in {folders}; `ptrnet fetch {name}` gets it")


def read_list(path: Path) -> dict[str, DataSet]:
    """The data sets that the file `datasets.json` beside a task's code lists, by name.

    Each has `summary`, `home`, `licence`, `attribution`, the `folder` that files are put in, the
    address `base` that their paths there go on from, and `files`: path there, name here, bytes or
    null, SHA-256. Raises InputError for another file.
    """
    return {
        name: _data_set(name, parse_config(_ListedSet, entry, str(path), name))
        for name, entry in read_json(path).items()
    }


@final
@dataclass(frozen=True)
class _ListedSet:
    """A data set as a list has it."""

    summary: str
    home: str
    licence: str
    attribution: str
    base: str
    folder: str
    files: list[tuple[str, str, int | None, str]]

    def violations(self) -> Iterator[Violation]:
        """Places outside of the data folder."""
        for place in (self.folder, *(local for _, local, _, _ in self.files)):
            if Path(place).is_absolute() or ".." in Path(place).parts:
                yield Violation(
                    "folder", f"accepted are places inside of it, and {place!r} is none"
                )


def _data_set(name: str, entry: _ListedSet) -> DataSet:
    files = tuple(
        RemoteFile(f"{entry.base}/{remote}", Path(entry.folder) / local, sha256, size)
        for remote, local, size, sha256 in entry.files
    )
    return DataSet(name, entry.summary, entry.home, entry.licence, entry.attribution, files)
