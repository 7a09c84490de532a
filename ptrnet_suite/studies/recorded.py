"""Pictures of result files: metrics, search errors, or exposure bias."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ptrnet_suite.errors import InputError
from ptrnet_suite.evaluation.result_files import results_of
from ptrnet_suite.reporting.results import XAxis, result_picture

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Content = Mapping[str, Any]


def recorded_picture(
    paths: Sequence[Path],
    by: XAxis | None = None,
    metric: str | None = None,
    only: str | None = None,
) -> Figure:
    """One picture of files that `ptrnet evaluate`, `solve`, `bench` or `diagnose` wrote.

    by, metric, only: for figures alone, see `result_picture`. Raises InputError for a file that is
    none of these, and for files of different kinds.
    """
    contents = {path: _content(path) for path in paths}
    try:
        return _picture(contents, by, metric, only)
    except KeyError as error:
        names = ", ".join(map(str, paths))
        raise InputError(f"{names}: a file lacks {error}, which `ptrnet` writes there") from error


def _picture(
    contents: Mapping[Path, Content], by: XAxis | None, metric: str | None, only: str | None
) -> Figure:
    results = {path: results_of(content, str(path)) for path, content in contents.items()}
    kinds = {
        path: "figures" if results[path] else _kind(content) for path, content in contents.items()
    }
    for path, kind in kinds.items():
        if kind is None:
            raise InputError(
                f"{path} holds nothing to draw; accepted are files that `ptrnet evaluate --json`, "
                "`solve --json`, `diagnose --json` and `bench` write"
            )
    if len(set(kinds.values())) > 1:
        listing = ", ".join(f"{path} {kind}" for path, kind in kinds.items())
        raise InputError(f"files of different kinds cannot share a picture: {listing}")
    first, kind = next(iter(kinds.items()))
    if kind == "figures":
        every_result = [result for file_results in results.values() for result in file_results]
        return result_picture(every_result, by, metric, only)
    if (by, metric, only) != (None, None, None):
        raise InputError(f"--by, --metric and --only are for figures; {first} holds {kind}")
    return _diagnosis(contents, str(kind))


def _diagnosis(contents: Mapping[Path, Content], kind: str) -> Figure:
    from ptrnet_suite.studies.diagnosis.pictures import outcome_picture, step_picture

    first = next(iter(contents.values()))
    title = f"{first['task']}: {first['count']:,} instances of {Path(first['data']['path']).name}"
    if kind == "exposure":
        checkpoints = [
            checkpoint for content in contents.values() for checkpoint in content["checkpoints"]
        ]
        return step_picture(checkpoints, title)
    if len(contents) > 1:
        names = ", ".join(map(str, contents))
        raise InputError(f"{names} each hold search errors of their own; give one of them")
    return outcome_picture(first, f"{title}, {first['checkpoint']['name']}")


def _content(path: Path) -> Content:
    """A file's JSON object; raises InputError for anything else."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(f"{path} is no JSON: {error}") from None
    if not isinstance(content, Mapping):
        raise InputError(f"{path} holds a {type(content).__name__}; a JSON object is needed")
    return content


def _kind(content: Content) -> str | None:
    """The kind of content of a file without metrics, None where it cannot be drawn."""
    if isinstance(content.get("searches"), Mapping) and "exhaustive" in content:
        return "search errors"
    accuracy = content.get("checkpoints")
    if isinstance(accuracy, list) and accuracy and all("steps" in entry for entry in accuracy):
        return "exposure"
    return None
