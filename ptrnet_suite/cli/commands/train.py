"""`ptrnet train`: a run from a config, any of whose values the command line may change."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, final

from ptrnet_suite.cli.arguments import Parser
from ptrnet_suite.cli.config_changes import COMMAND_LINE, Changes
from ptrnet_suite.errors import InputError
from ptrnet_suite.model.checkpoint_files import find_checkpoint
from ptrnet_suite.runtime.parse_config import GIVEN, given_fields, parse_config
from ptrnet_suite.runtime.registry import nearest, unknown
from ptrnet_suite.runtime.yaml_documents import read_yaml
from ptrnet_suite.task.registry import TASKS, load_task, task_folder
from ptrnet_suite.training.config import TrainingConfig, read_run_config
from ptrnet_suite.training.run_folder import check_folder

if TYPE_CHECKING:
    from ptrnet_suite.runtime.parse_config import Source

EXAMPLE = "ptrnet train tsp --config tsp50_supervised --model.width 192 --output runs/wide"

OWN = ("config", "output", "resume", "overwrite")
"""Options that are no values of a config."""


@final
class Wanted(NamedTuple):
    """A run to make, or with `resume` to go on with."""

    task: str
    config: TrainingConfig
    output: Path
    resume: bool
    overwrite: bool
    source: Source


def run(given: Sequence[str]) -> None:
    """Parses, trains and tells where the checkpoint is and what the run last reached."""
    run_parser = _run_parser()
    if not {"-h", "--help"}.isdisjoint(given):
        print(f"{run_parser.format_help()}\n{_values_help()}")
        return
    own, changes = _split(given)
    wanted = _wanted(run_parser.parse_args(own), Changes(changes))
    load_task(wanted.task, wanted.config.options)
    if wanted.config.initial:
        find_checkpoint(wanted.config.initial)
    from ptrnet_suite.studies.training_run import train
    from ptrnet_suite.training.strategies.table import make_strategy

    make_strategy(wanted.config.strategy, source=wanted.source)
    trainer = train(
        wanted.task, wanted.config, wanted.output, wanted.resume, overwrite=wanted.overwrite
    )
    figures = ", ".join(f"{name} {value:.4f}" for name, value in trainer.figures.items())
    print(f"{trainer.run.best}: {trainer.step} steps, {trainer.seconds:.0f} s; last: {figures}")


def _split(given: Sequence[str]) -> tuple[list[str], list[str]]:
    """The command's own words, and those that change values: `--name value`, `--name=value`."""
    own: list[str] = []
    changes: list[str] = []
    rest = list(given)
    while rest:
        word = rest.pop(0)
        name = word.partition("=")[0]
        is_change = name.startswith("--") and name[2:] not in OWN
        (changes if is_change else own).append(word)
        if is_change and "=" not in word and rest and not rest[0].startswith("--"):
            changes.append(rest.pop(0))
    return own, changes


def _wanted(arguments: argparse.Namespace, changes: Changes) -> Wanted:
    """The run that the arguments and the changed values ask for; raises InputError."""
    task = arguments.task
    TASKS.check(task)
    if arguments.resume is not None:
        if arguments.config is not None or arguments.output is not None:
            raise InputError("--resume keeps its run's config and folder; leave the others out")
        kept = _config_of(arguments.resume, task)
        source = changes.source_over(str(arguments.resume / "config.json"))
        config = parse_changed(kept, changes, source)
        check_folder(arguments.resume, task, True, arguments.overwrite)
        return Wanted(task, config, arguments.resume, True, False, source)
    values, name, source = {}, task, changes.source_over(COMMAND_LINE)
    if arguments.config is not None:
        path = find_config(task, arguments.config)
        values = read_yaml(path, "config", "names and values")
        name, source = path.stem, changes.source_over(str(path))
    output = arguments.output or Path("runs") / name
    check_folder(output, task, False, arguments.overwrite)
    config = parse_changed(values, changes, source)
    return Wanted(task, config, output, False, arguments.overwrite, source)


def find_config(task: str, name: str) -> Path:
    """The task's config of that name, or the file; raises InputError where there is neither."""
    folder = task_folder(task) / "configs"
    if (folder / f"{name}.yaml").is_file():
        return folder / f"{name}.yaml"
    if Path(name).is_file():
        return Path(name)
    known = sorted(path.stem for path in folder.glob("*.yaml"))
    raise InputError(unknown("config", name, known, f"no such file; {task} comes with"))


def read_config(
    values: Mapping[str, Any], changes: Sequence[str], source: str = GIVEN
) -> TrainingConfig:
    """A config of these values after the changes `--key value`; raises InputError.

    source: where the values come from.
    """
    changed = Changes(changes)
    return parse_changed(values, changed, changed.source_over(source))


def parse_changed(values: Mapping[str, Any], changes: Changes, source: Source) -> TrainingConfig:
    """The same of changes that were read already."""
    known = [item.name for item in given_fields(TrainingConfig)]
    for name in changes.values:
        if name.partition(".")[0] not in known and nearest(name, OWN):
            options = [f"--{option}" for option in (*OWN, *known)]
            raise InputError(unknown("option", f"--{name}", options))
    return parse_config(TrainingConfig, changes.applied(values), source)


def _config_of(folder: Path, task: str) -> dict[str, Any]:
    """What a run was told; raises InputError for a folder without a run of this task."""
    path = folder / "config.json"
    if not path.is_file():
        raise InputError(f"nothing to resume in {folder}: it has no config.json")
    kept = read_run_config(path)
    if kept.task != task:
        raise InputError(f"the run in {folder} trains the task {kept.task}, not {task}")
    return kept.config


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
    parser.add_argument(
        "--overwrite", action="store_true", help="begins anew where the folder holds a run already"
    )
    return parser


def _values_help() -> str:
    from ptrnet_suite.cli.config_help import config_help

    return f"Values of the config, each of which may be changed:\n\n{config_help(TrainingConfig)}"
