"""`ptrnet diagnose` from outside: tables, JSON, pictures, and what it refuses."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest
from matplotlib.image import imread

from ptrnet_suite.model.config import DecoderConfig, EncoderConfig, HeadConfig, ModelConfig
from ptrnet_suite.task.registry import load_task
from ptrnet_suite.training.config import DataConfig, TrainingConfig, ValidationConfig
from ptrnet_suite.training.loop import train

TRAINING = TrainingConfig(
    options={"problem": "reverse", "source_vocabulary": "abcd", "target_vocabulary": "abcd"},
    model=ModelConfig(
        24,
        0.0,
        EncoderConfig("gru", layers=1),
        DecoderConfig("gru", layers=1, attention="dot"),
        HeadConfig(),
    ),
    data=DataConfig(sizes=[4, 7]),
    validation=ValidationConfig(size=6, count=20, every=60),
    steps=60,
    batch_size=32,
    learning_rate=1e-2,
    warmup=5,
    threads=1,
)
STRATEGIES = ("teacher_forcing", "free_running", "scheduled_sampling")


@pytest.fixture(scope="module")
def words(tmp_path_factory):
    """Words with their reverse, some longer than others."""
    path = tmp_path_factory.mktemp("data") / "words.tsv"
    task = load_task("text", TRAINING.options)
    parts = [task.label(task.generate(size, 40, size)) for size in (4, 5, 6)]
    pairs = [
        f"{source}\t{known[0]}\n"
        for part in parts
        for source, known in zip(part.inputs, part.solutions, strict=True)
    ]
    path.write_text("".join(sorted(set(pairs))))
    return path


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Folders of runs that differ in nothing but how their loss was made."""
    folder = tmp_path_factory.mktemp("runs")
    for name in STRATEGIES:
        train("text", replace(TRAINING, strategy={"kind": name}), folder / name)
    return folder


def test_models_trained_in_three_ways_are_told_apart(words, runs, tmp_path, ptrnet) -> None:
    out, picture = tmp_path / "drift.json", tmp_path / "drift.png"
    given = [word for name in STRATEGIES for word in ("--checkpoint", runs / name)]
    ran = ptrnet(
        "diagnose", "exposure", "text", "--data", words, *given, "--json", out, "--plot", picture
    )
    assert (ran.code, ran.err) == (0, "")
    assert imread(picture)[..., :3].std() > 0.01
    content = json.loads(out.read_text())
    assert [one["label"] for one in content["checkpoints"]] == list(STRATEGIES)
    assert len({one["checkpoint"]["sha256"] for one in content["checkpoints"]}) == 3
    for name in STRATEGIES:
        assert name in ran.out
    figures = [
        json.dumps({name: one["metrics"][name] for name in ("known_prefix", "drift")})
        for one in content["checkpoints"]
    ]
    assert len(set(figures)) == 3
    for one in content["checkpoints"]:
        metrics = {name: found["value"] for name, found in one["metrics"].items()}
        assert metrics["drift"] == pytest.approx(metrics["known_prefix"] - metrics["own_prefix"])
        assert 0 < metrics["own_prefix"] <= 1
        assert [step["step"] for step in one["steps"]][:5] == [1, 2, 3, 4, 5]
        first = one["steps"][0]
        assert first["known_prefix"] == first["own_prefix"]
        assert first["drift"]["value"] == 0


def test_figures_come_with_what_is_needed_to_get_them_again(words, runs, tmp_path, ptrnet) -> None:
    checkpoint, out = runs / "teacher_forcing" / "last.safetensors", tmp_path / "figures.json"
    picture = tmp_path / "bars.svg"
    given = ("--data", words, "--checkpoint", checkpoint, "--limit", "30", "--seed", "3")
    searches = ("--search", "greedy", "--search", "beam:3", "--search", "greedy")
    ran = ptrnet("diagnose", "search", "text", *given, *searches, "--json", out, "--plot", picture)
    assert (ran.code, ran.err) == (0, "")
    assert "unproved 0.00 %" in ran.out
    assert picture.read_text().startswith("<?xml")
    content = json.loads(out.read_text())
    assert list(content["searches"]) == ["greedy", "beam:3"]
    assert content["count"] == 30
    assert content["seed"] == 3
    assert content["right"] == {"metric": "exact", "value": 1.0}
    assert content["data"]["sha256"] == hashlib.sha256(words.read_bytes()).hexdigest()
    sha256 = hashlib.sha256(checkpoint.read_bytes()).hexdigest()
    assert content["checkpoint"]["sha256"] == sha256
    assert {"command", "versions", "machine", "device", "threads"} <= set(content)
    for found in content["searches"].values():
        assert sum(found["counts"].values()) == 30
        exact = found["counts"]["right_argmax"] + found["counts"]["right_not_argmax"]
        assert found["metrics"]["exact"]["value"] == pytest.approx(exact / 30)
        for share in found["shares"].values():
            assert share["low"] <= share["value"] <= share["high"]


def test_a_budget_that_ends_is_told(words, runs, ptrnet) -> None:
    given = ("--data", words, "--checkpoint", runs / "teacher_forcing", "--limit", "20")
    ran = ptrnet("diagnose", "search", "text", *given, "--search", "greedy", "--budget", "2")
    assert ran.code == 0
    assert "unproved 0.00 %" not in ran.out
    assert "argmax missed, of all instances, proved or not: greedy" in ran.out


@pytest.mark.parametrize(
    ("words_given", "told"),
    [
        ((), "search|exposure"),
        (("beam",), "invalid choice"),
        (("search",), "TASK"),
        (("search", "text"), "--data"),
        (("search", "text", "--data", "no-such-file"), "no-such-file"),
        (("search", "text", "--data", "{words}", "--search", "guess"), "greedy"),
        (("search", "text", "--data", "{words}", "--budget", "0"), "at least 1"),
        (("search", "text", "--data", "{words}", "--plot", "bars.gif"), ".png, .svg, .pdf"),
        (("search", "tsp", "--data", "{words}", "--checkpoint", "{run}"), "not for tsp"),
        (("exposure", "text", "--data", "{words}", "--checkpoint", "none"), "none"),
        (("exposure", "text", "--data", "{words}", *["--checkpoint", "{run}"] * 2), "twice"),
        (("exposure", "text", "--data", "{unknown}", "--checkpoint", "{run}"), "z"),
        (("exposure", "nothing", "--data", "{words}"), "nothing"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_wrong_command_line_is_told_in_one_line(
    words_given, told, words, runs, tmp_path, ptrnet
) -> None:
    unknown = tmp_path / "unknown.tsv"
    unknown.write_text("abz\tzba\n")
    places = {"words": words, "run": runs / "teacher_forcing", "unknown": unknown}
    ran = ptrnet("diagnose", *(word.format(**places) for word in words_given))
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.startswith("ptrnet: ")
    assert ran.err.count("\n") == 1
    assert told in ran.err
