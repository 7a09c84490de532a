"""Short names that tell files apart."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

OF_A_RUN = ("best", "last", "metrics")
"""What a training run calls its files; the run's folder then tells them apart."""


def short_labels(paths: Sequence[Path]) -> list[str]:
    """A file's name without its suffix, or its run's folder; longer where that is not enough.

    Then the folders that all paths share are left out on both sides, and if nothing helps the
    paths are told as they are.
    """
    whole = [path.resolve() for path in paths]
    short = [path.parent.name if path.stem in OF_A_RUN else path.stem for path in whole]
    longer = [f"{path.parent.name}/{path.stem}" for path in whole]
    for labels in (short, longer, _apart(whole)):
        if len(set(labels)) == len(labels) and all(labels):
            return labels
    return [str(path) for path in paths]


def _apart(paths: Sequence[Path]) -> list[str]:
    """What is left of the paths without the folders that begin or end all of them."""
    parts = [[*path.parent.parts, path.stem] for path in paths]
    while len({tuple(part[-1:]) for part in parts}) == 1 and all(parts):
        parts = [part[:-1] for part in parts]
    while len({tuple(part[:1]) for part in parts}) == 1 and all(parts):
        parts = [part[1:] for part in parts]
    return ["/".join(part) for part in parts]
