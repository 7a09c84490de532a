"""Imports by the names that modules had once."""

from __future__ import annotations

import subprocess
import sys
import warnings
from importlib import import_module
from pathlib import Path

import pytest

import ptrnet_suite
from ptrnet_suite.runtime.moved_modules import MOVED, present_name, redirect_imports

PACKAGE = Path(ptrnet_suite.__file__).parent


@pytest.mark.parametrize("old", MOVED)
def test_an_old_name_gives_the_module_of_today_and_says_where_it_is(
    old: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, f"ptrnet_suite.{old}", raising=False)
    with pytest.warns(DeprecationWarning, match="has moved to") as caught:
        module = import_module(f"ptrnet_suite.{old}")
    assert module is import_module(f"ptrnet_suite.{MOVED[old]}")
    messages = [str(warning.message) for warning in caught]
    told = f"ptrnet_suite.{old} has moved to ptrnet_suite.{MOVED[old]}"
    assert messages.count(told) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        import_module(f"ptrnet_suite.{old}")


@pytest.mark.parametrize("old", MOVED)
def test_no_file_stands_where_a_module_was(old: str) -> None:
    path = PACKAGE / old.replace(".", "/")
    assert not path.exists()
    assert not path.with_suffix(".py").exists()


def test_a_module_within_a_package_that_moved_is_not_loaded_a_second_time() -> None:
    with pytest.warns(DeprecationWarning, match="has moved to"):
        old = import_module("ptrnet_suite.decoders.glimpse")
    assert old is import_module("ptrnet_suite.model.decoders.glimpse")
    assert present_name("ptrnet_suite.heads.pointer") == "ptrnet_suite.model.heads.pointer"
    assert present_name("ptrnet_suite.decoders.recurrent") == "ptrnet_suite.model.decoders.luong"


def test_other_names_are_left_alone() -> None:
    for name in ("constraints", "numpy.constraints", "ptrnet_suite", "ptrnet_suite.task.plotting"):
        assert present_name(name) is None
    with pytest.raises(ModuleNotFoundError, match=r"ptrnet_suite\.nowhere"):
        import_module("ptrnet_suite.nowhere")
    before = list(sys.meta_path)
    redirect_imports()
    assert sys.meta_path == before


def test_the_warning_points_at_the_line_that_imports(tmp_path: Path) -> None:
    script = tmp_path / "old.py"
    script.write_text(
        "\n\nfrom ptrnet_suite.constraints import Polygon\nprint(Polygon.__module__)\n"
    )
    ran = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert ran.stdout == "ptrnet_suite.task.constraints\n"
    assert "old.py:3: DeprecationWarning: ptrnet_suite.constraints has moved to" in ran.stderr
    assert ran.stderr.count("DeprecationWarning") == 1
