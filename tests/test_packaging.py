"""The wheel, built from this checkout, holds all that the program needs to run elsewhere."""

from __future__ import annotations

import subprocess
import sys
import tomllib
import zipfile

import pytest

from ptrnet_suite import __version__
from tests.locations import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert built.returncode == 0, built.stderr
    (path,) = folder.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        yield archive


@pytest.mark.parametrize(
    "pattern",
    [
        *("ptrnet_suite/**/*.py", "tasks/ptrnet_tasks/**/*.py"),
        *(f"tasks/ptrnet_tasks/{kind}" for kind in ("comparisons/*.yaml", "*/configs/*")),
        *(f"tasks/ptrnet_tasks/{kind}" for kind in ("*/pretrained/*", "*/datasets.json")),
    ],
)
def test_the_wheel_holds_every_file_of(pattern, wheel):
    root = ROOT / "tasks" if pattern.startswith("tasks/") else ROOT
    here = {path.relative_to(root).as_posix() for path in ROOT.glob(pattern)}
    assert here
    assert here <= set(wheel.namelist())


def test_the_wheel_holds_nothing_but_the_two_packages(wheel):
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert tops == {"ptrnet_suite", "ptrnet_tasks", f"ptrnet_suite-{__version__}.dist-info"}
    assert "ptrnet_suite/py.typed" in wheel.namelist()


def test_the_wheel_brings_the_command_and_the_tasks(wheel):
    text = wheel.read(f"ptrnet_suite-{__version__}.dist-info/entry_points.txt").decode()
    assert "ptrnet = ptrnet_suite.cli.main:main" in text
    _, _, tasks = text.partition("[ptrnet_suite.tasks]\n")
    entries = dict(line.split(" = ") for line in tasks.split("\n\n")[0].strip().splitlines())
    assert entries["tsp"] == "ptrnet_tasks.tsp.task:TravellingSalesman"
    assert list(entries) == sorted(path.parent.name for path in ROOT.glob("tasks/*/*/task.py"))


def pinned() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pairs = (line.split("==") for line in lines if line and not line.startswith("#"))
    return {name.lower().replace("_", "-"): version for name, version in pairs}


def test_every_dependency_has_a_pinned_version_and_no_address():
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    versions = {canonicalize_name(name): version for name, version in pinned().items()}
    for requirement in map(Requirement, wanted):
        name = canonicalize_name(requirement.name)
        if name != "ptrnet-suite":
            assert requirement.specifier.contains(versions[name]), name
    assert versions["torch"] == "2.13.0"
    assert "://" not in (ROOT / "constraints.txt").read_text()
