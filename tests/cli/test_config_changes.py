"""How a command line changes the values of a config."""

from __future__ import annotations

import pytest

from ptrnet_suite.cli.commands.train import read_config
from ptrnet_suite.cli.config_changes import COMMAND_LINE, Changes
from ptrnet_suite.errors import InputError


def test_the_words_of_the_command_and_changed_values_may_stand_in_any_order(
    tmp_path, monkeypatch, ptrnet
) -> None:
    monkeypatch.chdir(tmp_path)
    for words in (
        ("train", "tsp", "--steps", "0"),
        ("train", "--steps", "0", "tsp"),
        ("train", "--steps=0", "--config", "tsp20", "tsp"),
    ):
        assert "the command line: steps is 0; accepted are whole numbers" in ptrnet(*words).err


def test_a_change_reaches_what_a_file_says_and_leaves_the_rest() -> None:
    values = {"model": {"width": 32, "encoder": {"kind": "gru"}}}
    changes = Changes(["--model.encoder.layers", "2", "--model.width=8"])
    assert changes.applied(values) == {
        "model": {"width": "8", "encoder": {"kind": "gru", "layers": "2"}}
    }
    assert values == {"model": {"width": 32, "encoder": {"kind": "gru"}}}


def test_the_last_of_several_changes_counts_and_hyphens_are_underscores() -> None:
    config = read_config({}, ["--batch-size", "3", "--batch_size=4", "--learning-rate", "1e-4"])
    assert (config.batch_size, config.learning_rate) == (4, 1e-4)


def test_a_group_may_be_given_at_once_and_changed_after() -> None:
    encoder = ["--model.encoder", "{kind: gru, layers: 2}", "--model.encoder.layers", "3"]
    config = read_config({}, [*encoder, "--model.decoder.kind", "gru"])
    assert (config.model.encoder.kind, config.model.encoder.layers) == ("gru", 3)


def test_sources_are_told_apart() -> None:
    source = Changes(["--model.encoder", "{}", "--steps", "3"]).source_over("run.yaml")
    assert source("steps") == source("model.encoder.kind") == COMMAND_LINE
    assert source("model.width") == source("model.encoders") == "run.yaml"
    assert source("model.width", "steps") == COMMAND_LINE


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--steps"], "--steps needs a value, as in --steps VALUE"),
        (["--data.augment", "--steps", "3"], "--data.augment needs a value"),
        (["steps", "3"], "'steps' is no option; accepted are such as --steps 100"),
        (["--model.width.x", "3"], "model.width is {x: 3}; accepted are whole numbers"),
        (["--model", "3", "--steps", "2"], "model is 3; accepted are names with values"),
        (["--outptu", "x"], "no option '--outptu'; did you mean '--output'; there are --config"),
    ],
)
def test_words_that_change_nothing_are_refused(words: list[str], sentence: str) -> None:
    with pytest.raises(InputError) as caught:
        read_config({}, words)
    assert sentence in str(caught.value)
