"""Points in JSON: lists of pairs, lists of objects, GeoJSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NoReturn, final

import numpy as np

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_tasks.points.columns import ACCEPTED_NAMES, columns_by_name, number
from ptrnet_tasks.points.content import Content
from ptrnet_tasks.points.geometry import check_points
from ptrnet_tasks.points.point_set import PointSet, instance_of

ACCEPTED = (
    "accepted are a list of [x, y], a list of such lists, a list of objects with "
    f"{ACCEPTED_NAMES}, and GeoJSON of Points or a MultiPoint"
)
_NAMES = ("name", "Name", "NAME", "title", "label", "id")


def read_document(content: Content) -> Instances:
    """Instances of a JSON document: one of pairs, objects or GeoJSON, several of lists of pairs.

    GeoJSON's coordinates are longitude and latitude (RFC 7946), so its points are of the Earth and
    become a map, with the column `degrees`. Raises InputError naming the file and the item.
    """
    return _Reader(str(content.path)).read(load_json(content))


def load_json(content: Content) -> Any:
    """What a JSON document holds; raises InputError for other text."""
    text = content.parsed_text()
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{content.path} is not JSON: {error}; {ACCEPTED}") from error


@final
class _Reader:
    def __init__(self, title: str) -> None:
        self.title = title

    def read(self, document: Any) -> Instances:
        if isinstance(document, Mapping) and "points" in document:
            document = document["points"]
        if isinstance(document, Mapping):
            return instance_of(self._geojson(document), self.title)
        if not isinstance(document, list) or not document:
            raise InputError(f"{self.title} holds no list of points; {ACCEPTED}")
        first = document[0]
        if isinstance(first, Mapping):
            return instance_of(self._objects(document), self.title)
        if isinstance(first, list) and first and isinstance(first[0], list):
            sets = [
                self._pairs(item, f"instance {index}, point")
                for index, item in enumerate(document, 1)
            ]
            check_points(sets, 1, self.title)
            alike = len({len(points) for points in sets}) == 1
            return Instances(np.array(sets) if alike else sets, source=self.title)
        return instance_of(PointSet(self._pairs(document, "point")), self.title)

    def _pairs(self, items: Any, title: str) -> np.ndarray:
        """`(n, 2)` of a list of pairs; an empty list has none."""
        if not isinstance(items, list):
            raise InputError(f"{self.title} holds {_shown(items)} among lists of points")
        pairs = [self._pair(item, f"{title} {index}") for index, item in enumerate(items, 1)]
        return np.array(pairs, float).reshape(-1, 2)

    def _pair(self, item: Any, title: str, longest: int = 2) -> list[float]:
        """Two numbers; of a position on the Earth a third may tell its height."""
        values = item if isinstance(item, list) else []
        if not 2 <= len(values) <= longest:
            self._refuse(item, title)
        return [self._value(value, item, title) for value in values[:2]]

    def _value(self, value: Any, item: Any, title: str) -> float:
        if isinstance(value, str):
            parsed = number(value.strip())
        else:
            plain = isinstance(value, int | float) and not isinstance(value, bool)
            # An integer of hundreds of digits is no float.
            parsed = float(value) if plain and abs(value) < 1e300 else None
        if parsed is None:
            self._refuse(item, title)
        return parsed

    def _refuse(self, item: Any, title: str) -> NoReturn:
        raise InputError(f"{self.title}, {title} is {_shown(item)}; {ACCEPTED}")

    def _objects(self, items: list[Any]) -> PointSet:
        keys = [str(key) for key in items[0]]
        columns = columns_by_name(keys)
        if not columns.complete or columns.height is not None:
            named = ", ".join(keys) or "none"
            raise InputError(f"{self.title} has objects with the names {named}; {ACCEPTED}")
        pair = [keys[columns.first or 0], keys[columns.second or 0]]
        label = None if columns.label is None else keys[columns.label]
        coordinates, labels = [], []
        for index, item in enumerate(items):
            title = f"point {index + 1}"
            if not isinstance(item, Mapping) or not set(pair) <= item.keys():
                self._refuse(item, title)
            coordinates.append([self._value(item[key], item, title) for key in pair])
            labels.append(_label(item, () if label is None else (label,), index))
        named_points = labels if label is not None else None
        return PointSet(np.array(coordinates), columns.on_earth, named_points)

    def _geojson(self, document: Mapping[str, Any]) -> PointSet:
        positions: list[list[float]] = []
        labels: list[str] = []
        named = False
        for index, (geometry, facts) in enumerate(self._geometries(document), 1):
            title = f"feature {index}"
            kind = geometry.get("type")
            if kind not in ("Point", "MultiPoint"):
                raise InputError(
                    f"{self.title}, {title} is {_shown(kind)}, which is no point; {ACCEPTED}"
                )
            given = geometry.get("coordinates")
            for item in [given] if kind == "Point" else given if isinstance(given, list) else []:
                label = _label(facts, _NAMES, None)
                named = named or bool(label)
                labels.append(label or str(len(positions)))
                positions.append(self._pair(item, title, longest=4))
        if not positions:
            raise InputError(f"{self.title} holds no points; {ACCEPTED}")
        degrees = np.array(positions)[:, ::-1]
        return PointSet(degrees, True, labels if named else None)

    def _geometries(
        self, document: Mapping[str, Any]
    ) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
        """Each geometry with what is said of it."""
        kind = document.get("type")
        if kind == "FeatureCollection":
            for feature in _mappings(document.get("features")):
                yield from self._geometries(feature)
        elif kind == "GeometryCollection":
            for geometry in _mappings(document.get("geometries")):
                yield geometry, {}
        elif kind == "Feature":
            geometry, facts = _mappings([document.get("geometry"), document.get("properties")])
            yield geometry, {"id": document.get("id"), **facts}
        else:
            yield document, {}


def _mappings(items: Any) -> Sequence[Mapping[str, Any]]:
    """The items, what is no object as an empty one, which is then refused as no point."""
    listed = items if isinstance(items, list) else []
    return [item if isinstance(item, Mapping) else {} for item in listed]


def _label(facts: Mapping[str, Any], names: Sequence[str], position: int | None) -> str:
    """The first of these that is a text or a number; else the position, or nothing."""
    for name in names:
        value = facts.get(name)
        if isinstance(value, str | int | float) and str(value).strip():
            return str(value).strip()
    return "" if position is None else str(position)


def _shown(item: Any) -> str:
    text = json.dumps(item, default=str)
    return text if len(text) <= 60 else f"{text[:56]} ..."
