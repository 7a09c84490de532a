"""A package with one thing of each kind, installed beside the suite, is used like the suite's own.

`tests/door_package` holds a task, a search, a strategy, an encoder and a decoder, each known by an
entry point. It is installed into a new environment, which sees the suite's dependencies and it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from typing import NamedTuple

import ptrnet_tasks
import pytest

import ptrnet_suite
from tests.locations import TESTS

PACKAGE = TESTS / "door_package"

SMALL = ["--steps", "6", "--threads", "1", "--validation.every", "3"]
POINTS = ["by_distance", "points.npz"]
RUN = ["--checkpoint", "run"]
COMMANDS = {
    "data": ["data", "by_distance", "--size", "5", "--count", "12", "--seed", "1",
             "--out", "points.npz"],
    "train": ["train", "by_distance", "--config", "focal", "--output", "run", *SMALL],
    "list": ["list"],
    "greedy": ["solve", *POINTS, *RUN],
    "most probable": ["solve", *POINTS, *RUN, "--search", "least_probable:1"],
    "least probable": ["solve", *POINTS, *RUN, "--search", "least_probable:among=4"],
    "evaluate": ["evaluate", "by_distance", "--data", "points.npz", *RUN,
                 "--search", "least_probable:1"],
    "bench": ["bench", "by_distance", *RUN, "--output", "report", "--threads", "1"],
    "a slip in the task": ["solve", "by_distanse", "points.npz"],
    "a slip in a value": ["train", "by_distance", "--model.encoder.kind", "deep_set",
                          "--output", "other"],
}  # fmt: skip
"""Command lines in the order in which one process runs them."""

SESSION = """
import contextlib, io, json, sys
from ptrnet_suite.cli.main import main
results = {}
for name, words in json.loads(sys.argv[1]).items():
    with contextlib.redirect_stdout(io.StringIO()) as out:
        with contextlib.redirect_stderr(io.StringIO()) as err:
            code = main(words)
    results[name] = [code, out.getvalue(), err.getvalue()]
print(json.dumps(results))
"""


class Ran(NamedTuple):
    """What a command line left behind."""

    code: int
    out: str
    err: str


class Environment(NamedTuple):
    """A virtual environment with the package in it, and a folder to work in."""

    python: Path
    folder: Path

    def run(self, *words: str) -> str:
        """Standard output of the interpreter with these arguments; fails where it fails."""
        outside = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        found = subprocess.run(
            [str(self.python), *words],
            cwd=self.folder,
            env={**outside, "MPLBACKEND": "Agg", "OMP_NUM_THREADS": "1"},
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert found.returncode == 0, found.stderr
        return found.stdout


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    folder = tmp_path_factory.mktemp("doors")
    venv.create(folder / "venv", with_pip=False)
    python = folder / "venv" / "bin" / "python"
    site = subprocess.check_output(
        [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], text=True
    )
    seen = [sysconfig.get_path("purelib")]
    seen += [str(Path(str(one.__file__)).parents[1]) for one in (ptrnet_suite, ptrnet_tasks)]
    (Path(site.strip()) / "seen.pth").write_text("\n".join(seen) + "\n")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(python)]
    how = ["install", "-qq", "--no-deps", "--no-index", "--no-build-isolation"]
    copied = folder / "door_package"
    subprocess.run(["cp", "-r", str(PACKAGE), str(copied)], check=True)
    subprocess.run([*pip, *how, str(copied)], check=True)
    work = folder / "work"
    work.mkdir()
    # A user's own files must not stand in the way of the suite's.
    (work / "tasks.py").write_text("raise RuntimeError('a file of the user was imported')\n")
    return Environment(python, work)


@pytest.fixture(scope="module")
def shown(environment: Environment) -> dict[str, Ran]:
    """What each command showed; all in one process, which imports torch once."""
    results = json.loads(environment.run("-c", SESSION, json.dumps(COMMANDS)))
    return {name: Ran(*result) for name, result in results.items()}


def test_what_a_package_brings_is_listed(shown: dict[str, Ran]) -> None:
    assert shown["list"].code == 0
    assert "points by their distance to the origin" in shown["list"].out
    assert "least_probable:2" in shown["list"].out


def test_a_run_of_a_packages_own_parts_is_solved_and_evaluated_by_its_own_search(
    shown: dict[str, Ran],
) -> None:
    for name in ("data", "train", "greedy", "most probable", "least probable", "evaluate"):
        assert shown[name].code == 0, shown[name].err
    greedy, solved, other = (
        shown[name].out for name in ("greedy", "most probable", "least probable")
    )
    assert solved.splitlines()[:14] == greedy.splitlines()[:14]
    assert other != solved
    assert "in_place" in shown["evaluate"].out


def test_a_task_of_a_package_is_benchmarked_without_a_shipped_checkpoint(
    environment: Environment, shown: dict[str, Ran]
) -> None:
    assert shown["bench"].code == 0
    assert "norm" in shown["bench"].out
    assert (environment.folder / "report" / "report.html").is_file()


@pytest.mark.usefixtures("shown")
def test_python_takes_names_and_objects_of_all_of_them(environment: Environment) -> None:
    script = environment.folder / "script.py"
    script.write_text(
        """
import numpy as np
from door_package.decoder import LastChoice
from door_package.encoder import DeepSets
from door_package.search import LeastProbable
from door_package.strategy import Focal
from door_package.task import ByDistance
from ptrnet_suite import load, train
from ptrnet_suite.training import Callback, TrainingConfig, ValidationConfig

points = np.random.default_rng(0).random((5, 2))
solver = load("run", search="least_probable:3")
network = solver.checkpoint().network
assert isinstance(network.encoder.network, DeepSets)
assert isinstance(network.decoder, LastChoice)
assert list(solver.solve(points)) == list(load("run").solve(points, search=LeastProbable(3)))


class Steps(Callback):
    steps = 0
    validations = 0

    def on_step(self, trainer):
        self.steps += 1

    def on_validation(self, trainer):
        self.validations += 1


task, steps = ByDistance(), Steps()
config = TrainingConfig(
    steps=4, batch_size=4, threads=1, validation=ValidationConfig(size=4, count=4, every=2)
)
trainer = train(
    task,
    config,
    "from_python",
    strategy=Focal(focus=1.0),
    data=task.label(task.generate(4, 16, 1)),
    callbacks=[steps],
    shown=False,
)
assert (steps.steps, steps.validations, trainer.step) == (4, 2, 4)
assert trainer.task is task
print("done")
"""
    )
    assert environment.run(str(script)).endswith("done\n")


def test_a_slip_in_a_name_of_a_package_is_told_with_its_neighbour(
    environment: Environment, shown: dict[str, Ran]
) -> None:
    for name, known in {
        "a slip in the task": "by_distance",
        "a slip in a value": "deep_sets",
    }.items():
        assert shown[name].code == 2
        assert f"did you mean '{known}'" in shown[name].err
    assert not (environment.folder / "other").exists()
