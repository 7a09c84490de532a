"""docs/extending: its examples run, and its lists are those that the code goes by."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

from ptrnet_suite.runtime.moved_modules import MOVED
from ptrnet_suite.studies.registration import REGISTRIES, registry_of
from tests.locations import ROOT

PAGES = [ROOT / "docs" / name for name in ("extending.md", "extending.zh.md")]
CODE_SPAN = r"`([\w.]+)`"

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def blocks_of(page: Path, language: str) -> list[str]:
    """The fenced blocks in a language, empty for those without one."""
    fenced = re.findall(
        r"^```(\w*)\n(.*?)^```$", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    return [block for of, block in fenced if of == language]


def rows_of(page: Path) -> list[list[str]]:
    """The cells of all rows of tables."""
    lines = page.read_text(encoding="utf-8").splitlines()
    return [line.strip("| ").split(" | ") for line in lines if line.startswith("| ")]


def test_the_examples_run_one_after_another(tmp_path: Path) -> None:
    code = "\n".join(blocks_of(PAGES[0], "python"))
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=300
    )
    assert ran.returncode == 0, ran.stderr
    assert "in place" in ran.stdout
    assert (tmp_path / "run" / "best.safetensors").is_file()
    assert (tmp_path / "reverse" / "best.safetensors").is_file()


@each_page
def test_the_doors_are_those_of_the_registries(page: Path) -> None:
    groups = [cells[1].strip("`") for cells in rows_of(page) if len(cells) == 4][1:]
    assert groups == [registry_of(kind).group for kind in REGISTRIES]
    bases = [cells[2].strip("`").rpartition(".") for cells in rows_of(page) if len(cells) == 4][1:]
    for module, _, name in bases:
        assert isinstance(getattr(import_module(module), name), type)


@each_page
def test_the_layers_are_those_that_are_checked(page: Path) -> None:
    configuration = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = configuration["tool"]["importlinter"]["contracts"]
    checked = [contract["layers"] for contract in contracts if contract["type"] == "layers"]
    assert [block.splitlines() for block in blocks_of(page, "")] == checked


@each_page
def test_the_modules_that_moved_are_those_that_can_still_be_imported(page: Path) -> None:
    listed = {}
    for cells in rows_of(page):
        room = cells[0].strip("`")
        if len(cells) == 2 and (ROOT / "ptrnet_suite" / room.replace(".", "/")).is_dir():
            for old, new in re.findall(rf"{CODE_SPAN}(?: \({CODE_SPAN}\))?", cells[1]):
                listed[old] = f"{room}.{new or old.rpartition('.')[2]}"
    assert listed == MOVED


@each_page
def test_the_new_names_are_there(page: Path) -> None:
    renamed = re.findall(
        rf"^\| `[\w.]+\.[A-Za-z]+` \| {CODE_SPAN} \|$", page.read_text("utf-8"), re.M
    )
    assert len(renamed) > 8
    for name in renamed:
        module, _, attribute = f"ptrnet_suite.{name}".rpartition(".")
        assert hasattr(import_module(module), attribute), name
