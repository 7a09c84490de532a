"""The help of `ptrnet train` on the values of a config."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from ptrnet_suite.cli.config_help import attribute_docs, config_help
from ptrnet_suite.runtime.config_fields import number, word
from ptrnet_suite.runtime.parse_config import dotted_names
from ptrnet_suite.training.config import TrainingConfig


def test_every_value_has_an_option_a_meaning_and_a_default() -> None:
    told = config_help(TrainingConfig)
    options = re.split(r"^  --(?=\w)", told, flags=re.MULTILINE)[1:]
    assert sorted(option.split()[0] for option in options) == sorted(dotted_names(TrainingConfig))
    for option in options:
        text = " ".join(option.split())
        assert re.search(r"\w.* \(.*default: .+\)", text), text
    assert not re.search(r"Literal|<class|dataclass|Range\(|None", told)


def test_an_option_tells_its_range_and_its_words() -> None:
    told = " ".join(config_help(TrainingConfig).split())
    assert (
        "--model.width N features of every state, query and key "
        "(whole numbers from 1 to 65536; default: 128)"
    ) in told
    assert "--model.encoder.kind {transformer,lstm,gru,cnn} " in told
    assert "--data.sizes [smallest, largest] " in told
    assert "--data.augment {true,false} whether" in told
    assert "--validation.search SPEC search that decodes them (default: greedy)" in told
    assert "--initial TEXT checkpoint whose weights training starts from (default: none)" in told


def test_no_line_is_wider_than_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert max(map(len, config_help(TrainingConfig).splitlines())) <= 80


@dataclass(frozen=True)
class Base:
    """What all have."""

    size: int = number(1, low=1)
    """how
    large"""


@dataclass(frozen=True)
class Extended(Base):
    """More of it."""

    kind: str = word("a", ("a", "b"))
    plain: int = 3
    """a number"""


def test_meanings_are_the_strings_under_the_fields_of_a_class_and_of_those_it_extends() -> None:
    assert attribute_docs(Extended) == {"size": "how large", "plain": "a number"}
