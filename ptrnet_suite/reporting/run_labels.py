"""Short distinct labels of files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

RUN_FILES = ("best", "last", "metrics")
"""Stems of the files of a training run; such files are labelled by the run's folder."""


def short_labels(paths: Sequence[Path]) -> list[str]:
    """A file's name without its suffix, or its run's folder; longer where that is not enough.

    Then the folders that all paths share are left out on both sides, and if nothing helps the
    paths stay as they are.
    """
    resolved = [path.resolve() for path in paths]
    short = [path.parent.name if path.stem in RUN_FILES else path.stem for path in resolved]
    longer = [f"{path.parent.name}/{path.stem}" for path in resolved]
    for labels in (short, longer, _without_shared_folders(resolved)):
        if len(set(labels)) == len(labels) and all(labels):
            return labels
    return [str(path) for path in paths]


def _without_shared_folders(paths: Sequence[Path]) -> list[str]:
    """The paths without the folders that begin or end all of them."""
    parts = [[*path.parent.parts, path.stem] for path in paths]
    while len({tuple(part[-1:]) for part in parts}) == 1 and all(parts):
        parts = [part[:-1] for part in parts]
    while len({tuple(part[:1]) for part in parts}) == 1 and all(parts):
        parts = [part[1:] for part in parts]
    return ["/".join(part) for part in parts]
