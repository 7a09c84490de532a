"""Public data sets: their addresses and licences, and their paths once fetched."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, final

from ptrnet_suite.errors import InputError

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
    null, SHA-256.
    """
    content: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return {name: _data_set(name, entry) for name, entry in content.items()}


def _data_set(name: str, entry: dict[str, Any]) -> DataSet:
    folder = Path(entry["folder"])
    files = tuple(
        RemoteFile(f"{entry['base']}/{remote}", folder / local, sha256, size)
        for remote, local, size, sha256 in entry["files"]
    )
    texts = (entry["summary"], entry["home"], entry["licence"], entry["attribution"])
    return DataSet(name, *texts, files)
