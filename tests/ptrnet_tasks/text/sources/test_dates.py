"""Dates: their rule against independent ones."""

from __future__ import annotations

import re
from datetime import date, timedelta

import numpy as np
import pytest
from dateutil.parser import parse
from hypothesis import given
from hypothesis import strategies as st
from ptrnet_tasks.text.sources.dates import FIRST, FORMATS, LAST, iso_date, sample_dates, written
from ptrnet_tasks.text.task import Text

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError

DAYS = st.dates(FIRST, LAST)


@given(DAYS, st.sampled_from(FORMATS))
def test_a_date_is_read_as_it_was_written(day: date, form: str) -> None:
    text = written(day, form)
    found = date.fromisoformat(iso_date(text.upper()))
    if "{short}" in form:
        assert 1950 <= found.year < 2050
        assert (found.year - day.year) % 100 == 0
        assert found.month == day.month
        assert abs(found.day - day.day) <= (day.month == 2 and day.day == 29)
    else:
        assert found == day


@given(DAYS, st.sampled_from([form for form in FORMATS if "{short}" not in form]))
def test_dates_mean_what_another_reader_takes_them_for(day: date, form: str) -> None:
    text = written(day, form)
    theirs = parse(text, dayfirst="." in form, fuzzy=True).date()
    assert iso_date(text) == theirs.isoformat() == day.isoformat()


def test_every_kind_of_format_and_much_of_two_centuries_is_drawn() -> None:
    texts = sample_dates(4000, np.random.default_rng(0))
    shapes = {re.sub(r"[a-z]+", "a", re.sub(r"\d+", "0", text)) for text in texts}
    assert len(shapes) == 13
    years = [int(iso_date(text)[:4]) for text in texts]
    assert min(years) < 1905
    assert max(years) > 2095


def test_the_example_of_the_readme_and_what_is_no_date() -> None:
    assert iso_date("tuesday, 3rd of march 1998") == "1998-03-03"
    assert iso_date("03/04/49") == "2049-03-04"
    assert iso_date("03.04.50") == "1950-04-03"
    for text in ("32 march 1998", "30 february 2000", "13/13/1998", "march", "3 march 98 1"):
        with pytest.raises(InputError, match="is no date"):
            iso_date(text)
    with pytest.raises(InputError, match="is no date"):
        Text("dates").label(Instances(["soon"]))


def test_a_weekday_fits_its_date() -> None:
    day = date(1998, 3, 3)
    names = [written(day + timedelta(place), FORMATS[0]).partition(",")[0] for place in range(7)]
    assert names == ["tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "monday"]
