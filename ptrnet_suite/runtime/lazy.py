"""Names of a package that are imported when they are asked for (PEP 562)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from typing import Any


def public_names(
    package: str, modules: Mapping[str, str], packages: Iterable[str] = ()
) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """`__getattr__`, `__dir__` and `__all__` of a package.

    modules: a module's name, within the package or whole -> the names that the package has of it,
    between spaces. packages: those within it that can be reached without an import of their own.
    No name may be that of a module beside it, which an import of that module would put in its
    place. A package says the same to type checkers by imports under TYPE_CHECKING:

        if TYPE_CHECKING:
            from ptrnet_suite.data.batch import Batch as Batch
        else:
            __getattr__, __dir__, __all__ = public_names(__name__, {"batch": "Batch"})
    """
    root = package.partition(".")[0]
    homes = {
        name: module if module.startswith(f"{root}.") else f"{package}.{module}"
        for module, names in modules.items()
        for name in names.split()
    }
    inner = set(packages)

    def get(name: str) -> Any:
        if name in homes:
            value = getattr(import_module(homes[name]), name)
            setattr(sys.modules[package], name, value)
            return value
        if name in inner:
            return import_module(f"{package}.{name}")
        raise AttributeError(
            f"module {package!r} has no attribute {name!r}", name=name, obj=sys.modules[package]
        )

    def listed() -> list[str]:
        special = {name for name in vars(sys.modules[package]) if name.startswith("__")}
        return sorted({*special, *homes, *inner})

    return get, listed, sorted(homes)
