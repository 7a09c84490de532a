"""Pictures of result files: metrics, search errors, or exposure bias."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

from ptrnet_suite.errors import InputError
from ptrnet_suite.evaluation.result_files import (
    LARGEST,
    WrittenCheckpoint,
    WrittenData,
    WrittenFigure,
    results_of,
)
from ptrnet_suite.reporting.results import XAxis, result_picture
from ptrnet_suite.runtime.config_fields import Violation, label, number
from ptrnet_suite.runtime.json_documents import read_json
from ptrnet_suite.runtime.parse_config import parse_config

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Content = Mapping[str, Any]

MAX_METHODS = 100
"""Most searches or checkpoints in a picture, each of which is a bar or a line."""


@final
@dataclass(frozen=True)
class _WrittenStep:
    """What `StepFigures.to_json` writes."""

    known_prefix: WrittenFigure
    own_prefix: WrittenFigure
    own_in_place: WrittenFigure
    drift: WrittenFigure
    step: int = number(low=1, high=LARGEST)
    instances: int = number(low=0)


@final
@dataclass(frozen=True)
class _WrittenExposure:
    """The accuracy of a checkpoint at every step, as `ptrnet diagnose exposure` writes it."""

    steps: list[_WrittenStep]
    label: str = label()


@final
@dataclass(frozen=True)
class _WrittenExposures:
    """What `ptrnet diagnose exposure` writes, as far as it is drawn."""

    data: WrittenData
    checkpoints: list[_WrittenExposure]
    task: str = label()
    count: int = number(low=1)

    def violations(self) -> Iterator[Violation]:
        """More checkpoints than a picture has room for."""
        if len(self.checkpoints) > MAX_METHODS:
            yield Violation("checkpoints", f"accepted are up to {MAX_METHODS}")


@final
@dataclass(frozen=True)
class _WrittenSearch:
    """The shares of a search's outcomes, as `ptrnet diagnose search` writes them."""

    shares: dict[str, WrittenFigure]


@final
@dataclass(frozen=True)
class _WrittenSearches:
    """What `ptrnet diagnose search` writes, as far as it is drawn."""

    data: WrittenData
    checkpoint: WrittenCheckpoint
    searches: dict[str, _WrittenSearch]
    task: str = label()
    count: int = number(low=1)

    def violations(self) -> Iterator[Violation]:
        """Shares that are missing or not known, and more searches than a picture has room for."""
        from ptrnet_suite.studies.diagnosis.search_errors import OUTCOMES

        if len(self.searches) > MAX_METHODS:
            yield Violation("searches", f"accepted are up to {MAX_METHODS}")
        for search in self.searches.values():
            known = {name for name, share in search.shares.items() if share.value is not None}
            if not known.issuperset(OUTCOMES) or "missed_argmax" not in search.shares:
                words = f"accepted are shares of {', '.join((*OUTCOMES, 'missed_argmax'))} in each"
                yield Violation("searches", words)


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
    contents = {path: read_json(path) for path in paths}
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

    for path, content in contents.items():
        if kind == "exposure":
            parse_config(_WrittenExposures, content, str(path), open=True)
        else:
            parse_config(_WrittenSearches, content, str(path), open=True)
    first = next(iter(contents.values()))
    data = Path(first["data"]["path"] or "unnamed data")
    title = f"{first['task']}: {first['count']:,} instances of {data.name}"
    if kind == "exposure":
        checkpoints = [
            checkpoint for content in contents.values() for checkpoint in content["checkpoints"]
        ]
        return step_picture(checkpoints, title)
    if len(contents) > 1:
        names = ", ".join(map(str, contents))
        raise InputError(f"{names} each hold search errors of their own; give one of them")
    return outcome_picture(first, f"{title}, {first['checkpoint']['name']}")


def _kind(content: Content) -> str | None:
    """The kind of content of a file without metrics, None where it cannot be drawn."""
    if isinstance(content.get("searches"), Mapping) and "exhaustive" in content:
        return "search errors"
    accuracy = content.get("checkpoints")
    if (
        isinstance(accuracy, list)
        and accuracy
        and all(isinstance(entry, Mapping) and "steps" in entry for entry in accuracy)
    ):
        return "exposure"
    return None
