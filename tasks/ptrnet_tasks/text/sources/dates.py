"""Dates as people write them, and the one form that machines sort: `3rd of march 1998`."""

from __future__ import annotations

import re
from datetime import date, timedelta
from string import ascii_lowercase, digits

import numpy as np

from ptrnet_suite.errors import InputError

SOURCE = (*ascii_lowercase, *digits, *" ,./'")
TARGET = (*digits, "-")

FORMATS = (
    "{weekday}, {ordinal} of {month} {year}",
    "the {ordinal} of {month}, {year}",
    "{weekday} {day} {month} {year}",
    "{day} {month} {year}",
    "{day} {mon} {year}",
    "{ordinal} {mon} {year}",
    "{day} {mon} '{short}",
    "{month} {day}, {year}",
    "{month} {ordinal}, {year}",
    "{mon} {day}, {year}",
    "{wkd}, {mon} {day}, {year}",
    "{wkd} {day} {mon} '{short}",
    "{year}, {month} {day}",
    "{year} {mon} {day}",
    "{day}.{number}.{year}",
    "{dd}.{mm}.{year}",
    "{dd}.{mm}.{short}",
    "{number}/{day}/{year}",
    "{mm}/{dd}/{short}",
    "{year}/{mm}/{dd}",
)
"""With dots the day stands first, with slashes the month, as in Germany and in America."""

FIRST, LAST = date(1900, 1, 1), date(2099, 12, 31)
CENTURY_FROM = 50
"""Two digits are a year from 1950 to 2049."""

_MONTHS = (
    "", "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SHORT_MONTHS = [name[:3] for name in _MONTHS]
_SHORT_DAYS = [name[:3] for name in _DAYS]
_PATTERNS = {
    "year": r"(?P<year>\d{4})",
    "short": r"(?P<short>\d\d)",
    "month": f"(?P<month>{'|'.join(_MONTHS[1:])})",
    "mon": f"(?P<mon>{'|'.join(_SHORT_MONTHS[1:])})",
    "number": r"(?P<number>1?\d)",
    "mm": r"(?P<number>\d\d)",
    "day": r"(?P<day>[1-3]?\d)",
    "dd": r"(?P<day>\d\d)",
    "ordinal": r"(?P<day>[1-3]?\d)(?:st|nd|rd|th)",
    "weekday": f"(?:{'|'.join(_DAYS)})",
    "wkd": f"(?:{'|'.join(_SHORT_DAYS)})",
}
_FIELD = re.compile(r"\{(\w+)\}")


def _reader(form: str) -> re.Pattern[str]:
    """What matches the dates of one format."""
    return re.compile(_FIELD.sub(lambda field: _PATTERNS[field[1]], form.replace(".", r"\.")))


_READERS = [_reader(form) for form in FORMATS]


def sample_dates(count: int, rng: np.random.Generator) -> list[str]:
    """`count` dates from 1900 to 2099, every day and every format alike."""
    days = rng.integers((LAST - FIRST).days + 1, size=count).tolist()
    forms = rng.integers(len(FORMATS), size=count).tolist()
    return [
        written(FIRST + timedelta(day), FORMATS[form])
        for day, form in zip(days, forms, strict=True)
    ]


def written(day: date, form: str) -> str:
    """A date in one of the formats; a year that two digits cannot tell is moved by a century."""
    if "{short}" in form:
        century = 1900 if day.year % 100 >= CENTURY_FROM else 2000
        # The year 1900 had no 29 February.
        day = date(century + day.year % 100, day.month, min(day.day, 28 if day.month == 2 else 31))
    return form.format(
        year=day.year,
        short=f"{day.year % 100:02}",
        month=_MONTHS[day.month],
        mon=_SHORT_MONTHS[day.month],
        number=day.month,
        mm=f"{day.month:02}",
        day=day.day,
        dd=f"{day.day:02}",
        ordinal=f"{day.day}{_ending(day.day)}",
        weekday=_DAYS[day.weekday()],
        wkd=_SHORT_DAYS[day.weekday()],
    )


def _ending(day: int) -> str:
    if day in (11, 12, 13):
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")


def iso_date(text: str) -> str:
    """The date as `1998-03-03`; raises InputError for a text that is none of the formats'."""
    for reader in _READERS:
        match = reader.fullmatch(text.lower())
        if match is not None:
            return _iso(text, match.groupdict())
    raise InputError(f"{text!r} is no date; accepted are the likes of {FORMATS[0]!r}")


def _iso(text: str, parts: dict[str, str | None]) -> str:
    year = int(parts.get("year") or 0)
    if not year:
        short = int(parts["short"] or 0)
        year = short + (1900 if short >= CENTURY_FROM else 2000)
    if parts.get("month"):
        month = _MONTHS.index(str(parts["month"]))
    elif parts.get("mon"):
        month = _SHORT_MONTHS.index(str(parts["mon"]))
    else:
        month = int(parts["number"] or 0)
    try:
        return date(year, month, int(parts["day"] or 0)).isoformat()
    except ValueError as error:
        raise InputError(f"{text!r} is no date: {error}; accepted are days that exist") from None
