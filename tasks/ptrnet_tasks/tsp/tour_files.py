"""Tours written for other programs: TSPLIB's `.tour`, tables, lines of GeoJSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.files import atomic_write
from ptrnet_suite.task.answer import ScoredAnswer
from ptrnet_tasks.points.point_set import DEGREES, LABELS
from ptrnet_tasks.tsp.ends import CLOSED, Ends

Answers = Sequence[Sequence[ScoredAnswer]]


def write_tours(instances: Instances, answers: Answers, path: Path, ends: Ends = CLOSED) -> None:
    """Writes `.tour`, `.csv` or `.geojson`, as the suffix says.

    answers: tours of each instance, best first, or paths, of which `.tour` says so. Raises
    InputError for what the format cannot hold: `.tour` one instance, whose best answer is written;
    GeoJSON latitudes and longitudes.
    """
    text = WRITERS[path.suffix.lower()](instances, answers, path, ends)
    with atomic_write(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="")


def labels_of(instances: Instances, index: int) -> list[str]:
    """What the file calls the cities of one instance, else their positions from 0."""
    column = instances.columns.get(LABELS)
    known = None if column is None else column[index]
    if known is not None:
        return list(known)
    return [str(city) for city in range(int(instances.subset([index]).sizes()[0]))]


def _tour(instances: Instances, answers: Answers, path: Path, ends: Ends) -> str:
    """TSPLIB 95's, with the numbers of the instance's file where it has some, else from 1."""
    if len(instances) != 1:
        raise InputError(
            f"{path} can hold the tour of one instance, not of {len(instances)}; accepted for "
            "several: .csv"
        )
    tour = np.asarray(answers[0][0].answer)
    labels = labels_of(instances, 0)
    numbered = LABELS in instances.columns and all(label.isdecimal() for label in labels)
    cities = [labels[city] if numbered else str(city + 1) for city in tour]
    length = f"{ends.lengths(instances, [tour])[0]:.15g}"
    kind = ", of the path from the first city to the last" if ends.open else ""
    lines = [
        f"NAME : {path.stem}", f"COMMENT : Length = {length}{kind}", "TYPE : TOUR",
        f"DIMENSION : {len(cities)}", "TOUR_SECTION", *cities, "-1", "EOF", "",
    ]  # fmt: skip
    return "\n".join(lines)


def _table(instances: Instances, answers: Answers, path: Path, ends: Ends) -> str:
    """A line for each city in the order of the tour; position is the city's, counted from 0."""
    on_earth = _on_earth(instances)
    if any(on_earth) != all(on_earth):
        raise InputError(f"{path} can hold latitudes and longitudes or x and y, not both")
    axes = ["lat", "lon"] if all(on_earth) else ["x", "y"]
    scored = any(each.log_probability is not None for several in answers for each in several)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    header = ["instance", "rank", "step", "position", "label", *axes]
    writer.writerow([*header, "log_probability"] if scored else header)
    for index, several in enumerate(answers):
        points, labels = _coordinates(instances, index), labels_of(instances, index)
        for rank, (tour, log_probability) in enumerate(several, 1):
            for step, city in enumerate(np.asarray(tour).tolist()):
                known = points[city].tolist()[:2] if points.shape[1] else ["", ""]
                row = [_name(instances, index), rank, step, city, labels[city], *known]
                writer.writerow([*row, log_probability] if scored else row)
    return text.getvalue()


def _geojson(instances: Instances, answers: Answers, path: Path, ends: Ends) -> str:
    """A LineString for each answer, closed for a tour, of longitudes and latitudes (RFC 7946)."""
    if not all(_on_earth(instances)):
        raise InputError(
            f"{path} can hold longitudes and latitudes alone, and {instances.source} has other "
            "points; accepted for it: .tour, .csv"
        )
    features = []
    for index, several in enumerate(answers):
        positions, labels = _coordinates(instances, index)[:, ::-1], labels_of(instances, index)
        lengths = ends.lengths(
            instances.subset([index] * len(several)), [each.answer for each in several]
        )
        for rank, ((tour, log_probability), length) in enumerate(
            zip(several, lengths, strict=True), 1
        ):
            cities = np.asarray(tour)
            facts: dict[str, Any] = {
                "instance": _name(instances, index),
                "rank": rank,
                "length": float(length),
                "labels": [labels[city] for city in cities],
            }
            if log_probability is not None:
                facts["log_probability"] = log_probability
            visited = cities if ends.open else np.r_[cities, cities[:1]]
            line = {"type": "LineString", "coordinates": positions[visited].tolist()}
            features.append({"type": "Feature", "properties": facts, "geometry": line})
    collection = {"type": "FeatureCollection", "features": features}
    return json.dumps(collection, ensure_ascii=False) + "\n"


WRITERS = {".tour": _tour, ".csv": _table, ".geojson": _geojson}


def _coordinates(instances: Instances, index: int) -> np.ndarray:
    """The points as the file has them where they are on the Earth, else as a model sees them."""
    column = instances.columns.get(DEGREES)
    known = None if column is None else column[index]
    return np.asarray(instances.inputs[index] if known is None else known)


def _on_earth(instances: Instances) -> list[bool]:
    """Whether each instance has latitudes and longitudes; of several files some may have."""
    column = instances.columns.get(DEGREES, [None] * len(instances))
    return [degrees is not None for degrees in column]


def _name(instances: Instances, index: int) -> str:
    return str(index + 1) if instances.names is None else str(instances.names[index])
