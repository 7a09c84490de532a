"""A package with one thing of each kind, installed beside the suite, is used like the suite's own.

`tests/door_package` holds a task, a search, a strategy, an encoder and a decoder, each known by an
entry point. It is installed into a new environment, which sees the suite's dependencies and it.
"""

from __future__ import annotations

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


class Environment(NamedTuple):
    """A virtual environment with the package in it, and a folder to work in."""

    python: Path
    folder: Path

    def run(self, *words: str, code: int = 0) -> str:
        """Standard output of the interpreter with these arguments; fails on another exit code."""
        outside = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        found = subprocess.run(
            [str(self.python), *words],
            cwd=self.folder,
            env={**outside, "MPLBACKEND": "Agg", "OMP_NUM_THREADS": "1"},
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert found.returncode == code, found.stderr
        return found.stdout if code == 0 else found.stderr

    def ptrnet(self, *words: str, code: int = 0) -> str:
        """The same for the command line."""
        return self.run("-m", "ptrnet_suite.cli.main", *words, code=code)


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
    environment = Environment(python, work)
    environment.ptrnet(
        *("data", "by_distance", "--size", "5", "--count", "12"),
        *("--seed", "1", "--out", "points.npz"),
    )
    environment.ptrnet("train", "by_distance", "--config", "focal", "--output", "run", *SMALL)
    return environment


def test_what_a_package_brings_is_listed(environment: Environment) -> None:
    listed = environment.ptrnet("list")
    assert "points by their distance to the origin" in listed
    assert "least_probable:2" in listed


def test_a_run_of_a_packages_own_parts_is_solved_and_evaluated_by_its_own_search(
    environment: Environment,
) -> None:
    common = ["--checkpoint", "run", "--search", "least_probable:1"]
    solved = environment.ptrnet("solve", "by_distance", "points.npz", *common)
    greedy = environment.ptrnet("solve", "by_distance", "points.npz", "--checkpoint", "run")
    other = [*common[:-1], "least_probable:among=4"]
    assert solved.splitlines()[:14] == greedy.splitlines()[:14]
    assert environment.ptrnet("solve", "by_distance", "points.npz", *other) != solved
    evaluated = environment.ptrnet("evaluate", "by_distance", "--data", "points.npz", *common)
    assert "in_place" in evaluated


def test_a_task_of_a_package_is_benchmarked_without_a_shipped_checkpoint(
    environment: Environment,
) -> None:
    shown = environment.ptrnet(
        "bench", "by_distance", "--checkpoint", "run", "--output", "report", "--threads", "1"
    )
    assert "norm" in shown
    assert (environment.folder / "report" / "report.html").is_file()


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
    environment: Environment,
) -> None:
    said = environment.ptrnet("solve", "by_distanse", "points.npz", code=2)
    assert "did you mean 'by_distance'" in said
    said = environment.ptrnet(
        *("train", "by_distance", "--model.encoder.kind", "deep_set", "--output", "other"), code=2
    )
    assert "did you mean 'deep_sets'" in said
    assert not (environment.folder / "other").exists()
