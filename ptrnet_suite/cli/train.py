"""`ptrnet train`: a run from a config, any of whose values the command line may change."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ptrnet_suite.cli.arguments import Parser
from ptrnet_suite.errors import InputError
from ptrnet_suite.task.registry import task_folder

if TYPE_CHECKING:
    from jsonargparse import ArgumentParser

    from ptrnet_suite.training.config import TrainingConfig

EXAMPLE = "ptrnet train tsp --config tsp50_supervised --model.width 192 --output runs/wide"

POSITIVE = (
    *("steps", "batch_size", "learning_rate", "gradient_clip"),
    *("validation.every", "validation.count", "model.width"),
    *(f"model.{part}.{what}" for part in ("encoder", "decoder") for what in ("layers", "heads")),
)
"""Values that must be above 0, whatever the task."""


class Wanted(NamedTuple):
    """A run to make, or with `resume` to go on with."""

    task: str
    config: TrainingConfig
    output: Path
    resume: bool


def run(given: Sequence[str]) -> None:
    """Parses, trains and tells where the checkpoint is and what the run last reached."""
    run_parser = _run_parser()
    if not {"-h", "--help"}.isdisjoint(given):
        print(f"{run_parser.format_help()}\n{_values_help()}")
        return
    wanted = _wanted(*run_parser.parse_known_args(given))
    from ptrnet_suite.studies.training_run import train

    trainer = train(*wanted)
    figures = ", ".join(f"{name} {value:.4f}" for name, value in trainer.figures.items())
    print(f"{trainer.run.best}: {trainer.step} steps, {trainer.seconds:.0f} s; last: {figures}")


def _wanted(arguments: argparse.Namespace, changes: list[str]) -> Wanted:
    """The run that the arguments and the changed values ask for; raises InputError."""
    from ptrnet_suite.task.registry import task_class

    task = arguments.task
    task_class(task)
    if arguments.resume is not None:
        if arguments.config is not None or arguments.output is not None:
            raise InputError("--resume keeps its run's config and folder; leave the others out")
        kept = _config_of(arguments.resume, task)
        return Wanted(task, read_config(kept, changes), arguments.resume, True)
    values, name = {}, task
    if arguments.config is not None:
        path = find_config(task, arguments.config)
        values, name = _yaml(path), path.stem
    output = arguments.output or Path("runs") / name
    if (output / "config.json").exists():
        raise InputError(
            f"{output} already holds a run; name another folder with --output, "
            f"or go on with it: ptrnet train {task} --resume {output}"
        )
    return Wanted(task, read_config(values, changes), output, False)


def find_config(task: str, name: str) -> Path:
    """The task's config of that name, or the file; raises InputError where there is neither."""
    folder = task_folder(task) / "configs"
    if (folder / f"{name}.yaml").is_file():
        return folder / f"{name}.yaml"
    if Path(name).is_file():
        return Path(name)
    known = ", ".join(sorted(path.stem for path in folder.glob("*.yaml"))) or "none"
    raise InputError(f"there is no config {name!r}: no such file; {task} comes with {known}")


def read_config(values: dict[str, Any], changes: Sequence[str]) -> TrainingConfig:
    """A config of these values after the changes `--key value`; raises InputError."""
    from jsonargparse import ArgumentError

    from ptrnet_suite.training.config import TrainingConfig

    parser = _values_parser()
    try:
        base = parser.parse_object(values)
        found = parser.parse_args([_underscored(change) for change in changes], base)
        for name in POSITIVE:
            if not found[name] > 0:
                raise InputError(f"{name} is {found[name]}; accepted are numbers above 0")
        made: TrainingConfig = TrainingConfig(**vars(parser.instantiate(found)))
    except ArgumentError as error:
        # A value's type reads `<class 'int'>` there.
        text = str(error).replace("<class '", "").replace("'>", "").replace("typing.", "")
        raise InputError(f"{text}; `ptrnet train --help` tells what is accepted") from error
    return made


def _underscored(change: str) -> str:
    """`--batch-size=8` as `--batch_size=8`, for those who are used to it from other commands."""
    if not change.startswith("--"):
        return change
    name, separator, value = change.partition("=")
    return f"--{name[2:].replace('-', '_')}{separator}{value}"


def _config_of(folder: Path, task: str) -> dict[str, Any]:
    """What a run was told; raises InputError for a folder without a run of this task."""
    path = folder / "config.json"
    if not path.is_file():
        raise InputError(f"nothing to resume in {folder}: it has no config.json")
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        trained, config = kept["task"], kept["config"]
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path} is not the config of a run") from error
    if trained != task:
        raise InputError(f"the run in {folder} trains the task {trained}, not {task}")
    found: dict[str, Any] = config
    return found


def _yaml(path: Path) -> dict[str, Any]:
    import yaml

    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"{path} is no YAML: {error}") from error
    if not isinstance(values, dict):
        raise InputError(f"{path} is no config: it must hold names and values")
    return values


def _run_parser() -> Parser:
    parser = Parser("train", "Trains a model.", EXAMPLE, add_help=False)
    parser.add_argument("task", metavar="TASK", help="a task (see `ptrnet list`)")
    parser.add_argument(
        "--config", metavar="NAME|FILE", help="a config that comes with the task, or a YAML file"
    )
    parser.add_argument(
        "--output",
        type=Path,
        metavar="DIR",
        help="for checkpoints and curves (default: runs/NAME of the config, or of the task)",
    )
    parser.add_argument(
        "--resume", type=Path, metavar="DIR", help="goes on with the run in this folder"
    )
    return parser


def _values_parser() -> ArgumentParser:
    """The values of a config as options, told by the words under each field."""
    from jsonargparse import ArgumentParser, set_parsing_settings

    from ptrnet_suite.training.config import TrainingConfig

    set_parsing_settings(docstring_parse_attribute_docstrings=True)
    parser = ArgumentParser(exit_on_error=False, add_help=False, usage=argparse.SUPPRESS)
    parser.add_class_arguments(TrainingConfig, None)
    return parser


def _values_help() -> str:
    return (
        f"Values of the config, each of which may be changed:\n\n{_values_parser().format_help()}"
    )
