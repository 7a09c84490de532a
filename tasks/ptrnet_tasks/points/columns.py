"""Which columns of a table, or names of a document, hold the coordinates and names of points."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import isfinite
from typing import NamedTuple, final

# Each part matches in one way: two that share digits take hours for some thousands of them.
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)(?:[eE][+-]?[0-9]+)?")
_UNIT = re.compile(r"[(\[].{0,40}?[)\]]")

_NAMES = {
    "x": "x xcoord xcoordinate coordx posx xpos",
    "y": "y ycoord ycoordinate coordy posy ypos",
    "z": "z zcoord zcoordinate coordz posz zpos",
    "latitude": "lat latitude latdeg",
    "longitude": "lon lng long longitude londeg lngdeg",
    "id": "id ids nr no num number index idx key node fid unnamed0",
    "name": "name names label labels title city town place",
}
_ROLES = {name: role for role, names in _NAMES.items() for name in names.split()}
ACCEPTED_NAMES = "x and y, or lat and lon (latitude, longitude, lng), with id and name if wanted"


@final
class Columns(NamedTuple):
    """Positions of columns; None where there is none.

    first, second: x and y, or latitude and longitude where `on_earth`. label: what points are
    called. height: a third coordinate.
    """

    first: int | None
    second: int | None
    on_earth: bool = False
    label: int | None = None
    height: int | None = None

    @property
    def complete(self) -> bool:
        """Whether both coordinates are there."""
        return self.first is not None and self.second is not None


def columns_by_name(header: Sequence[str]) -> Columns:
    """The columns that a header's names mean; degrees of the Earth before x and y."""
    roles: dict[str, int] = {}
    for position, name in enumerate(header):
        letters = "".join(filter(str.isalnum, _UNIT.sub("", name).casefold()))
        # An unnamed first column is an index, as data frames are written.
        role = "id" if not letters and position == 0 else _ROLES.get(letters)
        if role is not None:
            roles.setdefault(role, position)
    label = roles.get("name", roles.get("id"))
    if {"latitude", "longitude"} <= roles.keys() or not {"x", "y"} <= roles.keys():
        degrees = roles.get("latitude"), roles.get("longitude")
        if degrees != (None, None):
            return Columns(*degrees, True, label)
    return Columns(roles.get("x"), roles.get("y"), False, label, roles.get("z"))


def number(text: str) -> float | None:
    """The finite number that it says, with a decimal point or comma; None where it says none."""
    if not _NUMBER.fullmatch(text):
        return None
    value = float(text.replace(",", "."))
    return value if isfinite(value) else None
