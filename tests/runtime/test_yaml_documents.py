"""YAML of every kind becomes plain values, or one sentence in little time and memory."""

from __future__ import annotations

import resource
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.yaml_documents import read_yaml, yaml_value

NAMES = st.text("abcxyz_-. 0123456789äß𝄞", max_size=8)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False) | NAMES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=20,
)
LAUGHS = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{after}: &{after} [{','.join([f'*{before}'] * 10)}]\n"
    for before, after in zip("abcdefghi", "bcdefghij", strict=True)
)
MERGED = "a: &a {x: 1}\n" + "".join(
    f"{after}: &{after} {{<<: [{','.join([f'*{before}'] * 10)}]}}\n"
    for before, after in zip("abcdefghi", "bcdefghij", strict=True)
)


@given(PLAIN, st.sampled_from([True, False, None]))
def test_what_was_written_comes_back(value: Any, flow: bool | None) -> None:
    text = yaml.safe_dump(value, default_flow_style=flow, allow_unicode=True)
    assert yaml_value(text) == value


def test_anchors_and_merged_mappings_are_read() -> None:
    text = "one: &one {width: 8, heads: 2}\ntwo: {<<: *one, width: 16}\nthree: *one\n"
    one = {"width": 8, "heads": 2}
    assert yaml_value(text) == {"one": one, "two": {"width": 16, "heads": 2}, "three": one}


def test_what_yaml_would_make_more_of_stays_text() -> None:
    assert yaml_value("[2020-01-01, =, 2020-01-01 10:00:00]") == [
        "2020-01-01",
        "=",
        "2020-01-01 10:00:00",
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (LAUGHS, "line 5: this stands for more than 100,000 values"),
        (MERGED, "this stands for more than 100,000 values"),
        ("a: &x [*x]", "line 1: this holds itself"),
        ("&x {a: *x}", "line 1: this holds itself"),
        ("a: 1\nb: 2\na: 3", "line 3: the name 'a' stands twice"),
        ("? [1]\n: 2", "a list or a mapping cannot be a name"),
        ("a: *b", "found undefined alias 'b'"),
        ("a: 1\n---\nb: 2", "line 2: but found another document"),
        ("!!set {a, b}", "the tag 'set' is not accepted"),
        ("!!binary aGk=", "the tag 'binary' is not accepted"),
        ("!!timestamp 2020-01-01", "the tag 'timestamp' is not accepted"),
        ("!!omap [a: 1]", "the tag 'omap' is not accepted"),
        ("!!python/object/apply:os.system [ls]", "is not accepted"),
        ("!!python/name:os.system", "is not accepted"),
        ("!mine 3", "the tag '!mine' is not accepted"),
        ("!!map [a]", "the tag 'map' is not accepted"),
        ("!!int abc", "'abc' is no int"),
        ("!!bool maybe", "'maybe' is no bool"),
        ("<<: 3", "expected a mapping or list of mappings"),
        ("a: <<", "could not determine a constructor"),
        ("a: " + "9" * 5000, "has more than 64 bits"),
        ("a: 0x" + "f" * 17, "has more than 64 bits"),
        ("a: " + "1:" * 5000 + "1", "has more than 64 bits"),
        ("a: 0b_", "invalid literal"),
        ("[" * 2000, "nested too deeply"),
        ("- " * 2000, "nested too deeply"),
        ("[" * 70 + "]" * 70, "nested more than 64 deep"),
        ("a\0b", "special characters are not allowed"),
        (r'"\ud800": 1', "surrogates not allowed"),
        (r'"\U00110000"', "not in range"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_another_document_is_refused_with_the_reason(text: str, reason: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ValueError, match=reason) as refused:
        yaml_value(text)
    assert len(str(refused.value)) < 200
    assert "\n" not in str(refused.value)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300_000  # kB


def test_a_file_is_named_in_what_is_said_of_it(tmp_path: Path) -> None:
    path = tmp_path / "run.yaml"
    for content, sentence in (
        (b"steps: [", "run.yaml is no YAML: line 1: "),
        (b"\xff", "run.yaml is no YAML: 'utf-8' codec can't decode byte 0xff"),
        (b"3", "run.yaml is no config: it must hold names and values"),
        (b"", "run.yaml is no config: it must hold names and values"),
        (b"#" * 300_000, "run.yaml is larger than 131 kB"),
    ):
        path.write_bytes(content)
        with pytest.raises(InputError, match=sentence):
            read_yaml(path, "config", "names and values")
    path.write_bytes("steps: 3\nname: ä".encode("utf-8-sig"))
    assert read_yaml(path, "config", "names and values") == {"steps": 3, "name": "ä"}
    with pytest.raises(InputError, match="is not a file but a device"):
        read_yaml(Path("/dev/zero"), "config", "names and values")
