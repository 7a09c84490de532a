"""Several checkpoints of one task on one data file, each under a name of its own."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ptrnet_suite.errors import InputError

if TYPE_CHECKING:
    from ptrnet_suite.cli.inputs import Inputs

OF_A_RUN = ("best", "last")
"""What a training run calls its checkpoints; the run's folder then tells them apart."""


def labelled_checkpoints(arguments: argparse.Namespace, path: Path) -> dict[str, Inputs]:
    """Label -> checkpoint and instances, of `arguments.checkpoint`, or of the one that suits.

    Raises InputError as `open_inputs` does, and for a checkpoint that is given twice.
    """
    from ptrnet_suite.cli.inputs import open_inputs

    names: Sequence[str | None] = arguments.checkpoint or [None]
    opened = []
    for name in names:
        one = argparse.Namespace(**{**vars(arguments), "checkpoint": name})
        opened.append(open_inputs(one, path))
    labels = distinct_labels([inputs.checkpoint.path for inputs in opened])
    return dict(zip(labels, opened, strict=True))


def distinct_labels(paths: Sequence[Path]) -> list[str]:
    """A file's name without its suffix; with its folder, or all of it, where that is not enough.

    Raises InputError for a file that is given twice.
    """
    twice = [str(path) for path, count in Counter(map(Path.resolve, paths)).items() if count > 1]
    if twice:
        raise InputError(f"checkpoint {twice[0]} is given twice; each counts once")
    short = [path.resolve().parent.name if path.stem in OF_A_RUN else path.stem for path in paths]
    longer = [f"{path.resolve().parent.name}/{path.stem}" for path in paths]
    for labels in (short, longer):
        if len(set(labels)) == len(labels):
            return labels
    return [str(path) for path in paths]
