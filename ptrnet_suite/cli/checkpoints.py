"""Several checkpoints of one task on one data file, each under a name of its own."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ptrnet_suite.cli.data_source import STANDARD_INPUT
from ptrnet_suite.errors import InputError
from ptrnet_suite.reporting.run_labels import short_labels

if TYPE_CHECKING:
    from ptrnet_suite.cli.inputs import Inputs


def labelled_checkpoints(arguments: argparse.Namespace, path: Path) -> dict[str, Inputs]:
    """Label -> checkpoint and instances, of `arguments.checkpoint`, or of the one that suits.

    Raises InputError as `open_inputs` does, and for a checkpoint that is given twice.
    """
    from ptrnet_suite.cli.inputs import open_inputs

    names: Sequence[str | None] = arguments.checkpoint or [None]
    if path == STANDARD_INPUT and len(names) > 1:
        raise InputError("standard input is read once; several checkpoints need a file")
    opened = []
    for name in names:
        own = argparse.Namespace(**{**vars(arguments), "checkpoint": name})
        opened.append(open_inputs(own, path, counted=True))
    labels = distinct_labels([inputs.checkpoint.path for inputs in opened])
    return dict(zip(labels, opened, strict=True))


def distinct_labels(paths: Sequence[Path]) -> list[str]:
    """Names as short as tells the files apart: see `short_labels`.

    Raises InputError for a file that is given twice.
    """
    twice = [str(path) for path, count in Counter(map(Path.resolve, paths)).items() if count > 1]
    if twice:
        raise InputError(f"checkpoint {twice[0]} is given twice; each counts once")
    return short_labels(paths)
