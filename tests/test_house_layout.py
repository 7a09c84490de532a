"""Where files stand: tests mirror the packages, and no folder or file grows out of sight."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.locations import ROOT, TESTS

PACKAGES = (ROOT / "ptrnet_suite", ROOT / "tasks" / "ptrnet_tasks")
WHOLE_SUITE = {
    "test_answers.py",
    "test_broken_inputs.py",
    "test_doors.py",
    "test_extending.py",
    "test_fuzzing.py",
    "test_house.py",
    "test_house_layout.py",
    "test_notebooks.py",
    "test_own_task.py",
    "test_packaging.py",
    "test_public_api.py",
    "test_readme.py",
    "test_shipped_checkpoints.py",
}
"""Tests of all together, which stand at the top of tests/ and mirror no file."""

MOST_LINES = 300
MOST_FILES = 21
MOST_AT_THE_TOP = 12


def files_of_tests() -> Iterator[Path]:
    """Paths below tests/ of the files that hold tests."""
    return (path.relative_to(TESTS) for path in sorted(TESTS.rglob("test_*.py")))


def mirrored_by(path: Path) -> Path:
    """The file of a package that a file of tests is named by."""
    name = path.with_name(path.name.removeprefix("test_"))
    return ROOT / ("tasks" if path.parts[0] == "ptrnet_tasks" else "ptrnet_suite") / name


def modules() -> Iterator[Path]:
    """Python files of the packages, the tests and the experiments."""
    for folder in (*PACKAGES, TESTS, ROOT / "experiments"):
        yield from sorted(folder.rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    """Absolute names of the modules that a file imports, inside functions, too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield str(node.module)


def test_every_file_of_tests_is_named_by_the_file_that_it_tests() -> None:
    strays = [
        str(path)
        for path in files_of_tests()
        if str(path) not in WHOLE_SUITE and not mirrored_by(path).is_file()
    ]
    assert strays == []


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)
def test_no_folder_holds_more_files_than_can_be_read_at_a_glance(package: Path) -> None:
    counts = Counter(path.parent for path in package.rglob("*.py"))
    assert {str(folder): n for folder, n in counts.items() if n > MOST_FILES} == {}


def test_the_top_of_the_package_stays_small() -> None:
    entries = [
        path for path in PACKAGES[0].iterdir() if path.name not in ("__pycache__", "py.typed")
    ]
    assert len(entries) <= MOST_AT_THE_TOP


def test_no_file_is_longer_than_can_be_kept_in_mind() -> None:
    lengths = {str(path): len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}
    assert len(lengths) > 300
    assert {path: count for path, count in lengths.items() if count > MOST_LINES} == {}


def test_no_module_imports_one_called_tasks() -> None:
    found = [
        f"{path}: {name}"
        for path in modules()
        for name in imported(path)
        if name.split(".")[0] == "tasks"
    ]
    assert found == []


def test_results_hold_no_programs() -> None:
    programs = [path for path in (ROOT / "results").rglob("*") if path.suffix in (".py", ".sh")]
    assert programs == []
