"""Other code for functions that are loaded, and other sources for modules that are not."""

from __future__ import annotations

import ast
import builtins
import gc
from collections.abc import Callable, Iterable, Iterator
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

from mutants.planting import FUNCTIONS, is_prose

MARKER = "__statement_reached__"


class LoadedFunctions:
    """Functions of the given files, by file and qualified name; those of classes, too."""

    def __init__(self, files: Iterable[str]) -> None:
        wanted = set(files)
        self._found: dict[tuple[str, str], list[FunctionType]] = {}
        for each in gc.get_objects():
            if type(each) is FunctionType and each.__code__.co_filename in wanted:
                key = each.__code__.co_filename, each.__code__.co_qualname
                self._found.setdefault(key, []).append(each)

    def swap(self, file: str, tree: ast.Module, only: str = "") -> bool:
        """Gives functions their code in `tree`; whether `only` (none: any) was found and fits."""
        fits = not only
        for code in codes(compile(tree, file, "exec", dont_inherit=True)):
            if only and code.co_qualname != only:
                continue
            for function in self._found.get((file, code.co_qualname), []):
                if function.__code__.co_freevars == code.co_freevars:
                    function.__code__ = code
                    fits = True
                elif only:
                    return False
        return fits


def codes(module: CodeType) -> Iterator[CodeType]:
    """Code of the functions of a module and of its classes, not of those inside functions."""
    for constant in module.co_consts:
        if isinstance(constant, CodeType):
            if constant.co_flags & 0x2:  # CO_NEWLOCALS: a function, not the body of a class
                yield constant
            else:
                yield from codes(constant)


class Marked(ast.NodeTransformer):
    """Every statement of a function says that it is reached."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.inside = 0

    def generic_visit(self, node: ast.AST) -> ast.AST:
        self.inside += isinstance(node, FUNCTIONS)
        super().generic_visit(node)
        if self.inside:
            for field in ("body", "orelse", "finalbody"):
                block = getattr(node, field, None)
                if isinstance(block, list) and block and not isinstance(node, ast.ClassDef):
                    setattr(node, field, [part for each in block for part in self._marked(each)])
        self.inside -= isinstance(node, FUNCTIONS)
        return node

    def _marked(self, statement: ast.stmt) -> list[ast.stmt]:
        if is_prose(statement):
            return [statement]
        name = ast.Name(MARKER, ast.Load())
        places = [ast.Constant(self.path), ast.Constant(statement.lineno)]
        mark = ast.Expr(ast.Call(name, places, []))  # type: ignore[arg-type]
        return [ast.copy_location(mark, statement), statement]


def marked(path: str, root: Path) -> ast.Module:
    """A file's tree whose functions call the marker before each statement."""
    tree = ast.parse((root / path).read_text(encoding="utf-8"))
    return ast.fix_missing_locations(Marked(path).visit(tree))


def call_at_each_statement(marker: Callable[[str, int], Any] | None) -> None:
    """What marked code calls."""
    setattr(builtins, MARKER, marker)


def load_instead(file: str, tree: ast.Module) -> None:
    """From now on, `file` is imported as if this tree stood in it."""
    source = ast.unparse(tree).encode()
    read, stats = SourceFileLoader.get_data, SourceFileLoader.path_stats

    def get_data(self: SourceFileLoader, path: str) -> bytes:
        return source if str(path) == file else read(self, path)

    def path_stats(self: SourceFileLoader, path: str) -> Any:
        if str(path) == file:
            raise OSError("what was compiled before is of the file as it stands")
        return stats(self, path)

    SourceFileLoader.get_data = get_data  # type: ignore[method-assign]
    SourceFileLoader.path_stats = path_stats  # type: ignore[method-assign]
