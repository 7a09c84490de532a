"""`ptrnet train`: configs, changes to them, and runs that go on."""

from __future__ import annotations

import json
import re
import shlex
import signal
import subprocess
import sys
import time

import pytest

from ptrnet_suite.cli.commands.train import find_config, read_config
from ptrnet_suite.errors import InputError
from ptrnet_suite.model.checkpoint import load_checkpoint
from ptrnet_suite.task.registry import task_folder, task_names
from ptrnet_suite.training.config import TrainingConfig
from ptrnet_suite.training.state_file import read_state

SMALL = (
    *("--model.width", "8", "--model.encoder.layers", "1", "--model.encoder.heads", "2"),
    *("--model.decoder.layers", "1", "--model.decoder.heads", "2", "--batch-size", "4"),
    *("--validation.count", "4", "--validation.every", "2", "--threads", "1"),
)


def test_a_run_is_made_and_gone_on_with(tmp_path, ptrnet):
    folder = tmp_path / "run"
    words = ("train", "sorting", "--config", "sorting", *SMALL, "--steps", "2", "--output", folder)
    ran = ptrnet(*words)
    assert ran.code == 0
    assert str(folder / "best.safetensors") in ran.out
    checkpoint = load_checkpoint(folder)
    assert checkpoint.model.config.width == 8
    assert checkpoint.record["step"] == 2
    assert checkpoint.record["sizes"] == [5, 30]

    refused = ptrnet(*words)
    assert refused.code == 2
    assert "already holds a run" in refused.err

    assert ptrnet("train", "tsp", "--resume", folder).code == 2
    assert ptrnet("train", "sorting", "--resume", folder, "--steps", "4").code == 0
    assert load_checkpoint(folder / "last.safetensors").record["step"] == 4
    lines = (folder / "metrics.jsonl").read_text().splitlines()
    steps = [json.loads(line)["step"] for line in lines]
    assert steps[0] == 2
    assert steps[-1] == 4


def test_without_a_config_training_takes_the_defaults():
    assert read_config({}, []) == TrainingConfig()


def test_the_command_line_changes_what_the_config_says(tmp_path):
    values = {"steps": 5, "model": {"width": 32, "encoder": {"kind": "gru"}}}
    config = read_config(values, ["--model.width", "64", "--label-smoothing=0.1"])
    assert config.steps == 5
    assert config.model.width == 64
    assert config.model.encoder.kind == "gru"
    assert config.label_smoothing == 0.1
    assert config.batch_size == TrainingConfig().batch_size


def test_lists_and_options_of_the_task_can_be_given():
    config = read_config({}, ["--data.sizes", "[5, 9]", "--options.problem", "g2p"])
    assert config.data.sizes == [5, 9]
    assert config.options == {"problem": "g2p"}


CONFIGS = [
    (task, path.stem)
    for task in task_names()
    for path in sorted((task_folder(task) / "configs").glob("*.yaml"))
]


@pytest.mark.parametrize(("task", "name"), CONFIGS)
def test_every_config_that_comes_with_a_task_is_valid(task, name):
    import yaml

    path = find_config(task, name)
    config = read_config(yaml.safe_load(path.read_text()), [])
    assert config != TrainingConfig()


def test_a_config_file_anywhere_is_found(tmp_path):
    (tmp_path / "mine.yaml").write_text("steps: 3\n")
    assert find_config("tsp", str(tmp_path / "mine.yaml")) == tmp_path / "mine.yaml"
    with pytest.raises(InputError, match="tsp50"):
        find_config("tsp", str(tmp_path / "other.yaml"))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("model: {wdth: 3}", "wdth"),
        ("modl: 3", "modl"),
        ("steps: many", "steps"),
        ("steps: 0", "steps is 0"),
        ("[1, 2]", "names and values"),
        ("{{{", "no YAML"),
        ("", "names and values"),
    ],
)
def test_a_bad_config_is_told_in_one_line(content, told, tmp_path, ptrnet):
    (tmp_path / "bad.yaml").write_text(content)
    output = tmp_path / "run"
    ran = ptrnet("train", "tsp", "--config", tmp_path / "bad.yaml", "--output", output)
    assert ran.code == 2
    assert told in ran.err
    assert ran.err.count("\n") == 1
    assert not output.exists()


def test_help_of_train_tells_what_each_value_of_the_config_means(ptrnet):
    told = ptrnet("train", "--help").out
    assert "example: ptrnet train" in told
    assert "--model.encoder.kind {transformer,lstm,gru,cnn}" in told
    assert "number of optimiser steps" in told


def test_a_run_that_is_there_is_overwritten_by_request_alone(tmp_path, ptrnet):
    folder = tmp_path / "run"
    words = ("train", "sorting", *SMALL, "--steps", "2", "--output", folder)
    assert ptrnet(*words).code == 0
    refused = ptrnet(*words)
    assert (refused.code, refused.err.count("\n")) == (2, 1)
    assert f"go on with the run: ptrnet train sorting --resume {folder}" in refused.err
    assert ptrnet(*words, "--overwrite", "--seed", "3").code == 0
    assert load_checkpoint(folder).record["config"]["seed"] == 3
    both = ptrnet("train", "sorting", "--resume", folder, "--overwrite")
    assert both.code == 2
    assert "either gone on with or overwritten" in both.err


def test_an_existing_run_is_refused_before_torch_is_imported(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    code = (
        "import sys; from ptrnet_suite.cli.main import main\n"
        "code = main(['train', 'sorting', '--output', sys.argv[1]])\n"
        "sys.exit(3 if 'torch' in sys.modules else code)"
    )
    ran = subprocess.run([sys.executable, "-c", code, tmp_path], capture_output=True, timeout=100)
    assert ran.returncode == 2
    assert b"already holds a run" in ran.stderr


@pytest.mark.parametrize(
    "number", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.slow)]
)
def test_a_signal_ends_the_command_with_the_command_that_goes_on(tmp_path, number):
    folder = tmp_path / "my run"
    command = [sys.executable, "-m", "ptrnet_suite.cli.main", "train", "sorting", *SMALL]
    command += ["--steps", "100000", "--validation.every", "100000", "--output", str(folder)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        log = folder / "metrics.jsonl"
        wait_until(lambda: log.is_file() and b"\n" in log.read_bytes())
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 128 + number
    (line,) = err.decode().splitlines()
    told = re.fullmatch(
        rf"ptrnet: stopped and saved after step ([\d,]+) \({number.name}\); go on with: (.*)", line
    )
    assert told is not None
    step = int(told[1].replace(",", ""))
    assert shlex.split(told[2]) == ["ptrnet", "train", "sorting", "--resume", str(folder)]
    assert out == b""
    state = read_state(folder / "state.safetensors")
    assert state["counters"]["step"] == step
    assert load_checkpoint(folder).record["step"] == step


def wait_until(holds):
    until = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.01)
