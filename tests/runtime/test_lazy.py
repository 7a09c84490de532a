"""Names that a package imports when they are asked for."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

CONTENT = """
from ptrnet_suite.runtime.lazy import public_names

__getattr__, __dir__, __all__ = public_names(
    __name__, {"parts": "first second", "json.decoder": "nothing"}, ["inner"]
)
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A package on disk with lazy names."""
    name = f"lazily_{tmp_path.name}"
    folder = tmp_path / name
    (folder / "inner").mkdir(parents=True)
    (folder / "__init__.py").write_text(CONTENT)
    (folder / "parts.py").write_text("first, second, third = 1, 2, 3\n")
    (folder / "inner" / "__init__.py").write_text("fourth = 4\n")
    monkeypatch.syspath_prepend(tmp_path)
    return name


def test_a_module_is_imported_by_the_first_of_its_names(package: str) -> None:
    module = __import__(package)
    assert f"{package}.parts" not in sys.modules
    assert (module.first, module.second) == (1, 2)
    assert f"{package}.parts" in sys.modules
    assert vars(module)["first"] == 1


def test_all_names_are_listed_before_any_is_imported(package: str) -> None:
    module = __import__(package)
    assert module.__all__ == ["first", "nothing", "second"]
    assert {"first", "second", "inner", "__doc__"} <= set(dir(module))
    assert "public_names" not in dir(module)


def test_a_package_within_is_reached_without_an_import_of_its_own(package: str) -> None:
    assert __import__(package).inner.fourth == 4


def test_another_name_is_an_attribute_error_that_knows_its_module(package: str) -> None:
    module = __import__(package)
    with pytest.raises(AttributeError, match="has no attribute 'third'") as caught:
        _ = module.third
    assert (caught.value.name, caught.value.obj) == ("third", module)
