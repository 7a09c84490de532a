"""Dates, numbers and sorted letters: their rules against independent ones."""

import re
from datetime import date, timedelta

import numpy as np
import pytest
from dateutil.parser import parse
from hypothesis import given
from hypothesis import strategies as st
from ptrnet_tasks.text.sources.dates import FIRST, FORMATS, LAST, iso_date, sample_dates, written
from ptrnet_tasks.text.sources.number_words import in_digits, in_words, sample_numbers, translated
from ptrnet_tasks.text.task import Text

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.task.registry import bench_plan

DAYS = st.dates(FIRST, LAST)


@pytest.mark.parametrize("problem", ["letters", "dates", "numbers"])
def test_generated_texts_are_seeded_known_and_answered_by_the_rule(problem: str) -> None:
    task = Text(problem)
    found = task.label(task.generate(6, 200, 3))
    assert found.inputs == task.generate(6, 200, 3).inputs != task.generate(6, 200, 4).inputs
    task.formats.check(found)
    answers = task.references()["rule"].solve(found)
    assert task.metrics[0].name == "exact"
    assert task.evaluate(found, answers)["exact"].values.all()
    batch = task.batch(found)
    left = task.constraint().start(batch, task.spec.choices).left
    assert (batch.target_mask.sum(1) <= left).all()
    assert {case.table for case in bench_plan(task)} == {problem}
    for case in bench_plan(task):
        assert len(task.generate(case.size, 5, case.seed)) == 5


@given(st.lists(st.text("abcxyz", min_size=1, max_size=9), min_size=1))
def test_letters_come_back_in_order(texts: list[str]) -> None:
    found = Text("letters").label(Instances(texts))
    for text, (answer,) in zip(texts, found.solutions, strict=True):
        assert sorted(text) == [*answer]


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


KNOWN = {
    0: "zero", 7: "seven", 13: "thirteen", 20: "twenty", 21: "twenty-one", 100: "one hundred",
    110: "one hundred and ten", 1000: "one thousand", 1006: "one thousand and six",
    1100: "one thousand one hundred", 40_732: "forty thousand seven hundred and thirty-two",
    1_000_000: "one million", 2_000_019: "two million and nineteen",
    5_000_300: "five million three hundred",
    999_999_999_999: "nine hundred and ninety-nine billion nine hundred and ninety-nine million "
    "nine hundred and ninety-nine thousand nine hundred and ninety-nine",
}  # fmt: skip


@pytest.mark.parametrize("value", KNOWN)
def test_numbers_are_said_as_in_britain(value: int) -> None:
    assert in_words(value) == KNOWN[value]
    assert translated(KNOWN[value]) == in_digits(value)


@given(st.integers(0, 10**12 - 1))
def test_a_number_comes_back_from_its_words_and_from_its_digits(value: int) -> None:
    assert translated(in_words(value)) == in_digits(value)
    assert translated(in_digits(value)) == translated(str(value)) == in_words(value)
    assert int(in_digits(value).replace(" ", "")) == value


def test_numbers_differ_in_words() -> None:
    assert len({in_words(value) for value in range(20_000)}) == 20_000


def test_numbers_have_their_digits_and_half_of_them_are_words() -> None:
    texts = sample_numbers(5, 2000, np.random.default_rng(0))
    digits = [text for text in texts if text[0].isdigit()]
    assert {len(text) for text in digits} == {6}
    assert 900 < len(digits) < 1100
    for text in texts[:200]:
        assert translated(translated(text)) == text


@pytest.mark.parametrize(
    "text", ["one one", "hundred", "twenty-zero", "and", "1" * 13, "-4", "1.5"]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="is no number of up to 12 digits"):
        translated(text)


def test_more_digits_than_there_are_words_for_are_refused() -> None:
    with pytest.raises(InputError, match="numbers have 1 to 12 digits, not 13"):
        Text("numbers").generate(13, 1, 0)


def test_a_weekday_fits_its_date() -> None:
    day = date(1998, 3, 3)
    names = [written(day + timedelta(place), FORMATS[0]).partition(",")[0] for place in range(7)]
    assert names == ["tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "monday"]
