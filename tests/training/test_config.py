"""A mistake is told in the same words wherever it is made; what is shipped is read as it stands."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save_file

from ptrnet_suite.cli.commands.train import read_config
from ptrnet_suite.errors import InputError
from ptrnet_suite.model.checkpoint import load_checkpoint
from ptrnet_suite.model.checkpoint_files import HEADER
from ptrnet_suite.model.config import ModelConfig
from ptrnet_suite.runtime.parse_config import check_config, parse_config
from ptrnet_suite.studies.comparison.plan import parse_plan
from ptrnet_suite.task.registry import task_folder, task_names
from ptrnet_suite.training.config import TrainingConfig, ValidationConfig
from ptrnet_suite.training.loop import train
from ptrnet_suite.training.strategies.pomo import Pomo
from tests.training.configs import SORTING
from tests.training.written import merged

CONFIGS = [
    path for task in task_names() for path in sorted((task_folder(task) / "configs").glob("*.yaml"))
]
SLIPS = [
    ("model.width", "0"),
    ("model.width", "-8"),
    ("model.width", "x"),
    ("model.width", "130"),
    ("model.dropout", "1"),
    ("model.encoder.heads", "0"),
    ("model.encoder.layers", "1000000"),
    ("model.encoder.layers", "2.5"),
    ("model.encoder.bidirectional", "0"),
    ("model.encoder.kind", "lstmm"),
    ("model.decoder.input_feeding", "true"),
    ("model.wdth", "64"),
    ("learning_rate", ".nan"),
    ("learning_rate", ".inf"),
    ("learning_rate", "0"),
    ("steps", "many"),
    ("seed", "-1"),
    ("data.sizes", "[9, 5]"),
    ("data.sizes", "7"),
    ("data.augment", "1"),
    ("validation.gradient_batches", "1"),
    ("validation.search", "gredy"),
    ("strategy", "{kind: pom}"),
    ("precision", "int3"),
]


def nested(name: str, value: Any) -> dict[str, Any]:
    """`{"model": {"width": value}}` of `model.width`."""
    return reduce(lambda inner, part: {part: inner}, reversed(name.split(".")), value)


def refusal(call: Callable[[], object]) -> str:
    """What an InputError says, after its source."""
    with pytest.raises(InputError) as caught:
        call()
    assert "\n" not in str(caught.value)
    return str(caught.value).partition(": ")[2]


@pytest.mark.parametrize(("name", "text"), SLIPS)
def test_a_slip_is_told_alike_in_yaml_on_the_command_line_in_python_in_a_header_and_in_a_plan(
    name: str, text: str, tmp_path: Path
) -> None:
    value = yaml.safe_load(text)
    values = nested(name, value)
    told = refusal(lambda: parse_config(TrainingConfig, values, "run.yaml"))
    assert name in told or name.rpartition(".")[0] in told
    # As it was typed, where YAML's reading of it is not the same letters.
    typed = told.replace(" is nan;", " is .nan;").replace(" is inf;", " is .inf;")
    assert refusal(lambda: read_config({}, [f"--{name}", text])) == typed

    plan = tmp_path / "plan.yaml"
    task = {"task": "sorting", "config": values}
    plan.write_text(yaml.safe_dump({"tasks": {"x": task}, "strategies": {"a": {"kind": "pomo"}}}))
    in_plan = refusal(lambda: parse_plan(str(plan)))
    assert in_plan.replace("tasks.x.config.", "") == told

    if name != "model.wdth":
        config = with_value(TrainingConfig(), name.split("."), value)
        assert refusal(lambda: train("sorting", config, tmp_path / "run")) == told
        assert not (tmp_path / "run").exists()
    if name.startswith("model."):
        path = tmp_path / "broken.safetensors"
        header = {"task": "sorting", "options": {}, "record": {}, **values}
        save_file({"weight": np.zeros(1)}, path, {HEADER: json.dumps(header)})
        assert refusal(lambda: load_checkpoint(path)).removeprefix(f"{path}: ") == told


def with_value(config: Any, path: list[str], value: Any) -> Any:
    """The same dataclass with another value at a path."""
    name, *rest = path
    inner = with_value(getattr(config, name), rest, value) if rest else value
    return replace(config, **{name: inner})


def test_the_command_line_is_the_source_of_what_it_changed_and_the_file_of_the_rest() -> None:
    values = {"model": {"width": 130}}
    for changes, source in (
        (["--steps", "3"], "run.yaml"),
        (["--model.encoder.heads", "4"], "the command line"),
        (["--model.width", "130"], "the command line"),
    ):
        with pytest.raises(InputError, match=f"^{source}: model.width is 130"):
            read_config(values, changes, "run.yaml")


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_every_shipped_config_is_read_as_it_is_written(path: Path) -> None:
    written = yaml.safe_load(path.read_text())
    config = parse_config(TrainingConfig, written, str(path))
    kept = config.to_dict()
    assert merged(kept, written) == kept
    assert check_config(config) == config
    assert parse_config(TrainingConfig, json.loads(json.dumps(kept)), "config.json") == config


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "steps": st.integers(1, 10**9),
            "learning_rate": st.floats(1e-9, 10, allow_subnormal=False),
            "seed": st.integers(0, 2**31 - 1),
            "initial": st.text("abc 0:#'", max_size=6),
            "model.width": st.sampled_from([4, 64, 128]),
            "model.encoder.bidirectional": st.booleans(),
            "data.sizes": st.lists(st.integers(1, 9), min_size=1, max_size=2).map(sorted),
            "data.sources": st.lists(st.text("abc:", min_size=1, max_size=4), max_size=2),
            "strategy": st.fixed_dictionaries(
                {"kind": st.just("pomo"), "starts": st.integers(0, 2**63)}
            ),
        },
    )
)
def test_values_mean_the_same_in_yaml_on_the_command_line_and_in_python(
    flat: dict[str, Any],
) -> None:
    config = reduce(
        lambda made, item: with_value(made, item[0].split("."), item[1]),
        flat.items(),
        TrainingConfig(),
    )
    assert check_config(config) == config
    from_yaml = yaml.safe_load(yaml.safe_dump(config.to_dict()))
    assert parse_config(TrainingConfig, from_yaml, "run.yaml") == config
    words = [
        word
        for name, value in flat.items()
        for word in (f"--{name}={value if isinstance(value, str) else json.dumps(value)}",)
    ]
    assert read_config({}, words) == config


def test_a_strategy_made_in_python_is_checked_before_a_folder_is_made(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"strategy.samples is 1; accepted are whole numbers"):
        train("tsp", TrainingConfig(), tmp_path / "run", strategy=Pomo(samples=1))
    assert not (tmp_path / "run").exists()


def test_a_config_may_say_whole_numbers_as_floats() -> None:
    config = check_config(TrainingConfig(steps=5.0, model=ModelConfig(width=64.0)))  # type: ignore[arg-type]
    assert (config.steps, config.model.width) == (5, 64)
    assert type(config.model.width) is int


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"minutes": -1.0}, "minutes is -1.0"),
        ({"validation": ValidationConfig(minutes=-1.0)}, "validation.minutes is -1.0"),
        ({"validation": ValidationConfig(gradient_batches=1)}, "gradient_batches is 1"),
        ({"strategy": {"kind": "pomo", "start": "x"}}, "strategy.start is 'x'"),
        ({"strategy": {"kind": "pomo", "start": {"kind": "x"}}}, "no strategy 'x'"),
    ],
)
def test_a_wrong_budget_or_start_is_told_in_one_sentence(
    tmp_path: Path, change: dict[str, object], told: str
) -> None:
    with pytest.raises(InputError, match=told):
        train("sorting", replace(SORTING, **change), tmp_path)  # type: ignore[arg-type]
