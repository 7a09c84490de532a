"""JSON of every kind becomes plain values, or one sentence in little time and memory."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime import json_documents
from ptrnet_suite.runtime.json_documents import DEEPEST, LARGEST_WHOLE, json_value, read_json

WHOLE = st.integers(1 - LARGEST_WHOLE, LARGEST_WHOLE - 1)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | WHOLE
PLAIN = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
    max_leaves=20,
)


@given(PLAIN, st.booleans())
def test_what_was_written_comes_back(value: Any, ascii_alone: bool) -> None:
    text = json.dumps(value, ensure_ascii=ascii_alone)
    assert json_value(text) == json_value(text.encode("utf-8-sig")) == value


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ("", "Expecting value: line 1"),
        ("{", "Expecting property name"),
        ("[1,]", "Expecting value"),
        ("{} {}", "Extra data"),
        (b"\xff{}", "can't decode byte 0xff"),
        ("[" * 100_000, "nested too deeply"),
        ('{"a":' * 50_000, "nested too deeply"),
        ("[" * (DEEPEST + 1) + "]" * (DEEPEST + 1), "nested more than 64 deep"),
        ("9" * 5000, "has more than 64 bits"),
        (str(LARGEST_WHOLE), "has more than 64 bits"),
        ("[1e999]", "the number '1e999' is too large"),
        ("[-Infinity]", "-Infinity is no number in JSON"),
        ('{"a": NaN}', "NaN is no number in JSON"),
        ('{"a": 1, "b": 2, "a": 3}', "the name 'a' stands twice"),
        (r'"\ud800"', "surrogates not allowed"),
        (r'{"\udfff": 1}', "surrogates not allowed"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_another_document_is_refused_with_the_reason(document: str | bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason) as refused:
        json_value(document)
    assert len(str(refused.value)) < 200


def test_nesting_is_accepted_up_to_the_limit() -> None:
    text = "[" * (DEEPEST - 1) + "3" + "]" * (DEEPEST - 1)
    value = json_value(text)
    assert json.dumps(value) == text


def test_undefined_numbers_are_read_where_that_is_asked_for() -> None:
    not_a_number, infinite = json_value("[NaN, -Infinity]", undefined=True)
    assert not_a_number != not_a_number
    assert infinite == float("-inf")
    with pytest.raises(ValueError, match="too large"):
        json_value("1e999", undefined=True)


def test_values_are_counted_before_they_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_documents, "MOST_VALUES", 10)
    assert json_value(json.dumps([1] * 10)) == [1] * 10
    with pytest.raises(ValueError, match="it holds more than 10 values"):
        json_value(json.dumps([1] * 11))


def test_a_file_is_named_in_what_is_said_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "figures.json"
    for content, sentence in (
        ("[1]", "figures.json holds a list; a JSON object is needed"),
        ("nul", "figures.json is no JSON: Expecting value"),
    ):
        path.write_text(content)
        with pytest.raises(InputError, match=sentence):
            read_json(path)
    path.write_text('{"a": [1.5]}')
    assert read_json(path) == {"a": [1.5]}
    monkeypatch.setattr(json_documents, "LARGEST_DOCUMENT", 5)
    with pytest.raises(InputError, match=r"figures.json is larger than 5 bytes"):
        read_json(path)
    with pytest.raises(InputError, match="is not a file but a device"):
        read_json(Path("/dev/zero"))
