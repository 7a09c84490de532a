"""What `ptrnet_suite` and its rooms offer to a program that imports them."""

from __future__ import annotations

import ast
import doctest
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import ptrnet_suite
from ptrnet_suite.errors import InputError
from ptrnet_suite.model.checkpoint import save_checkpoint
from ptrnet_suite.task.registry import load_task
from tests.networks import make_model

ROOMS = ("data", "evaluation", "model", "reporting", "runtime", "search", "task", "training")
FACES = ("ptrnet_suite", *(f"ptrnet_suite.{room}" for room in ROOMS))
each_face = pytest.mark.parametrize("name", FACES)


def names_for_type_checkers(path: Path) -> dict[str, str]:
    """Names that a package imports for type checkers alone, and the modules that hold them."""
    blocks = [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.If)]
    imports = [node for block in blocks for node in block.body if isinstance(node, ast.ImportFrom)]
    return {alias.name: str(node.module) for node in imports for alias in node.names}


@each_face
def test_type_checkers_see_the_names_that_programs_get(name: str) -> None:
    package = import_module(name)
    typed = names_for_type_checkers(Path(str(package.__file__)))
    assert sorted(typed) == sorted(set(package.__all__) - {"__version__"})
    for attribute, module in typed.items():
        assert getattr(package, attribute) is getattr(import_module(module), attribute)


@each_face
def test_no_public_name_is_that_of_a_module_which_would_take_its_place(name: str) -> None:
    package = import_module(name)
    folder = Path(str(package.__file__)).parent
    inside = {path.stem for path in folder.glob("*.py")} | {path.name for path in folder.iterdir()}
    assert not inside & set(package.__all__)


@each_face
def test_every_public_name_says_what_it_is(name: str) -> None:
    package = import_module(name)
    assert package.__doc__
    listed = set(dir(package))
    for attribute in package.__all__:
        assert attribute in listed
        value = getattr(package, attribute)
        if callable(value):
            assert value.__doc__, attribute


def test_importing_the_package_and_asking_what_it_has_imports_nothing_heavy() -> None:
    code = (
        "import sys, ptrnet_suite; dir(ptrnet_suite); ptrnet_suite.InputError; "
        "ptrnet_suite.register; ptrnet_suite.training.TrainingConfig; "
        "print([name for name in ('torch', 'numpy', 'matplotlib', 'rich') if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_rooms_are_reached_from_the_package() -> None:
    code = "import ptrnet_suite; print(ptrnet_suite.search.Beam(3).width, ptrnet_suite.__version__)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["3", ptrnet_suite.__version__]


def test_a_misspelt_name_is_met_with_the_right_one() -> None:
    code = "import ptrnet_suite; ptrnet_suite.lod"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "Did you mean: 'load'" in ran.stderr


def test_the_example_of_the_package_is_true() -> None:
    result = doctest.testmod(ptrnet_suite)
    assert result.attempted == 2
    assert result.failed == 0


def test_modules_of_the_user_called_tasks_or_solvers_change_nothing(tmp_path: Path) -> None:
    checkpoint, task = tmp_path / "random.safetensors", load_task("tsp")
    save_checkpoint(checkpoint, make_model(task.spec), task, {"sizes": [3, 9]})
    for name in ("tasks", "solver", "search", "data", "training", "constraints"):
        (tmp_path / f"{name}.py").write_text("raise RuntimeError('this is the user's own')\n")
    script = tmp_path / "script.py"
    script.write_text(
        "from ptrnet_suite import load\n"
        "points = [[0, 0], [1, 1], [1, 0], [0, 1]]\n"
        "print(sorted(load('tsp').solve(points).tolist()))\n"
        f"print(sorted(load('tsp', {str(checkpoint)!r}).solve(points).tolist()))\n"
    )
    ran = subprocess.run([sys.executable, script], cwd=tmp_path, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == "[0, 1, 2, 3]\n" * 2


def test_the_package_itself_and_its_configs_need_no_torch(tmp_path: Path) -> None:
    code = (
        "import sys, ptrnet_suite, ptrnet_suite.training.config, ptrnet_suite.search.grammar\n"
        "import ptrnet_suite.model.checkpoint_files, ptrnet_suite.studies.comparison.plan\n"
        "assert 'torch' not in sys.modules and 'scipy' not in sys.modules"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_the_package_tells_its_error_without_importing_torch_first() -> None:
    assert ptrnet_suite.InputError is InputError
    with pytest.raises(AttributeError, match="no attribute 'Missing'"):
        _ = ptrnet_suite.Missing
