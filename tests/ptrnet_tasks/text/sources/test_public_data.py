"""Public data by name: the parts that each has, and that they do not meet."""

from pathlib import Path

import pytest
from ptrnet_tasks.text.sources.public_data import PUBLIC
from ptrnet_tasks.text.task import Text

from ptrnet_suite.errors import InputError
from tests.locations import SHARED, needs_data

FETCHED = SHARED / "text"
TASK = Text("files")


@needs_data
@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("multi30k", (29_000, 1014, 1000)),
        ("multi30k-en-de", (29_000, 1014, 1000)),
        ("scan-simple", (15_903, 825, 4182)),
        ("scan-length", (16_153, 837, 3920)),
    ],
)
def test_a_set_has_its_parts(
    monkeypatch: pytest.MonkeyPatch, name: str, counts: tuple[int, ...]
) -> None:
    monkeypatch.setenv("PTRNET_DATA", str(FETCHED))
    train, valid, test = (TASK.source(f"{name}:{part}") for part in ("train", "valid", "test"))
    assert (len(train), len(valid), len(test)) == counts
    assert not {*train.inputs} & {*test.inputs}
    if name.startswith("scan"):
        assert not {*train.inputs} & {*valid.inputs}
        assert not {*valid.inputs} & {*test.inputs}


@needs_data
def test_the_two_directions_are_each_others_reverse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTRNET_DATA", str(FETCHED))
    one, other = (TASK.source(f"{name}:valid") for name in ("multi30k", "multi30k-en-de"))
    assert [[text] for text in one.inputs] == other.solutions
    assert [[text] for text in other.inputs] == one.solutions
    assert TASK.files("multi30k:valid") == [FETCHED / f"multi30k/val.{s}.gz" for s in ("de", "en")]


def test_parts_by_hash_are_apart_and_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTRNET_DATA", str(tmp_path))
    words = [f"W{place}" for place in range(2000)]
    (tmp_path / "g014b2b.train").write_text("".join(f"{word}\tAH\n" for word in words))
    (tmp_path / "g014b2b.test").write_text("HELLO\tHH AH L OW\n")
    train, valid, test = (TASK.source(f"g014b2b:{part}") for part in ("train", "valid", "test"))
    assert test.inputs == ["HELLO"]
    assert not {*train.inputs} & {*valid.inputs}
    assert 1700 < len(train) < 1900
    assert 60 < len(valid) < 140


@pytest.mark.parametrize("name", PUBLIC)
def test_what_is_not_there_is_told_with_the_command_that_gets_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("PTRNET_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("HOME", str(tmp_path))
    for part in ("train", "valid", "test"):
        with pytest.raises(InputError, match=r"is not in .*data nor in .*`ptrnet fetch \w+` gets"):
            TASK.source(f"{name}:{part}")
