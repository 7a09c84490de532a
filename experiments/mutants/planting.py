"""Mutants of a file: where one fault each is planted, and the syntax tree with it."""

from __future__ import annotations

import ast
import hashlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from mutants.operators import alternatives

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
UNTOUCHED = (ast.Raise, ast.Import, ast.ImportFrom, ast.JoinedStr, ast.Assert)
"""What errors say is prose, and imports are right or the file is no module."""


class Mutant(NamedTuple):
    """One planted fault.

    name: of all that is known of it, unique; path: below the root; function: the outermost function
    that holds it, empty for what runs at import; owner: the class or function that it is told by;
    line: of the innermost statement; digest: of the owner's code; place: of the node in the tree's
    order, and of its alternative.
    """

    name: str
    path: str
    function: str
    owner: str
    line: int
    digest: str
    place: tuple[int, int]


class Site(NamedTuple):
    """A node with what leads to it."""

    node: ast.AST
    parent: ast.AST
    field: str
    index: int | None
    function: str
    owner: str
    line: int


def sites(tree: ast.Module) -> Iterator[Site]:
    """Nodes where a fault may be planted, in a fixed order."""
    yield from _below(tree, "", "", 0)


def _below(parent: ast.AST, function: str, owner: str, line: int) -> Iterator[Site]:
    for field, value in ast.iter_fields(parent):
        if field in ("annotation", "returns", "decorator_list", "type_params", "bases"):
            continue
        listed = isinstance(value, list)
        for index, node in enumerate(value if listed else [value]):
            if not isinstance(node, ast.AST) or isinstance(node, UNTOUCHED) or is_prose(node):
                continue
            at = node.lineno if isinstance(node, ast.stmt) else line
            # Defaults of arguments are computed where a function is defined, not where it runs.
            inside = function
            if isinstance(parent, FUNCTIONS) and field == "body" and not function:
                inside = owner
            here = f"{owner}.{node.name}".lstrip(".") if names_something(node, inside) else owner
            yield Site(node, parent, field, index if listed else None, inside, here, at)
            yield from _below(node, inside, here, at)


def names_something(node: ast.AST, function: str) -> bool:
    """Whether a node is a class or function that is not inside a function."""
    return isinstance(node, (*FUNCTIONS, ast.ClassDef)) and not function


def is_prose(node: ast.AST) -> bool:
    """Whether a statement is a docstring, or concerns only names and types."""
    match node:
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
        case ast.Assign(targets=[ast.Name(id="__all__")]):
            return True
        case ast.Assign(value=ast.Call(func=ast.Name(id="TypeVar"))):
            return True
    return False


def mutants_of(path: str, root: Path) -> list[Mutant]:
    """All mutants of a file below the root."""
    source = (root / path).read_text(encoding="utf-8")
    lines, counts, found = source.splitlines(), Counter[str](), []
    tree = ast.parse(source)
    digests = {name: digest(node) for name, node in owners(tree)}
    for number, site in enumerate(sites(tree)):
        for variant, other in enumerate(alternatives(site.node)):
            told = lines[getattr(site.node, "lineno", site.line) - 1].strip()
            name = f"{path}::{site.owner}: {told} [{change(site.node, other)}]"
            counts[name] += 1
            if counts[name] > 1:
                name = f"{name} #{counts[name]}"
            code = digests.get(site.owner, "") or digest(tree)
            place = (number, variant)
            found.append(Mutant(name, path, site.function, site.owner, site.line, code, place))
    return found


def owners(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Classes and functions by their qualified names."""
    for site in sites(tree):
        if names_something(site.node, site.function):
            yield site.owner, site.node


def digest(node: ast.AST) -> str:
    """A short name of what a node says."""
    return hashlib.sha256(ast.dump(node).encode()).hexdigest()[:12]


def change(node: ast.AST, other: ast.AST | None) -> str:
    """A fault in one line."""
    texts = [brief(part) if part is not None else "nothing" for part in (node, other)]
    return " → ".join(texts)


def brief(node: ast.AST) -> str:
    """A node as code; of a branch its condition only."""
    if isinstance(node, ast.If):
        return f"if {ast.unparse(node.test)}"
    if isinstance(node, ast.IfExp):
        return f"… if {ast.unparse(node.test)} else …"
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 90 else f"{text[:87]}…"


def planted(mutant: Mutant, root: Path) -> ast.Module:
    """The file's tree with the fault in it."""
    tree = ast.parse((root / mutant.path).read_text(encoding="utf-8"))
    number, variant = mutant.place
    site = next(site for place, site in enumerate(sites(tree)) if place == number)
    other: Any = list(alternatives(site.node))[variant]
    if other is None:
        other = ast.Pass()
    ast.copy_location(other, site.node)
    if site.index is None:
        setattr(site.parent, site.field, other)
    else:
        getattr(site.parent, site.field)[site.index] = other
    return ast.fix_missing_locations(tree)
