"""The values of a configuration as options of a command line: name, meaning, range, default."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from dataclasses import MISSING, Field, is_dataclass
from functools import cache
from shutil import get_terminal_size
from typing import Any, Literal, get_args, get_origin

from ptrnet_suite.runtime.config_fields import ACCEPTS, Grammar, Items, Range, Words
from ptrnet_suite.runtime.config_values import names_of, noun_of, shown
from ptrnet_suite.runtime.parse_config import given_fields, hints_of

INDENT = 24
"""Columns before what a value means, as in argparse's help."""


def config_help(cls: type, prefix: str = "") -> str:
    """All values of a dataclass and of those in it, in groups; prefix: the dotted name of `cls`."""
    lines = [f"{(cls.__doc__ or cls.__name__).splitlines()[0].rstrip('.')}:"]
    groups = []
    for item in given_fields(cls):
        hint, path = hints_of(cls)[item.name], f"{prefix}{item.name}"
        if isinstance(hint, type) and is_dataclass(hint):
            groups.append(config_help(hint, f"{path}."))
        else:
            lines += _option(path, hint, item, attribute_docs(cls).get(item.name, ""))
    return "\n\n".join(["\n".join(lines), *groups])


@cache
def attribute_docs(cls: type) -> dict[str, str]:
    """Field -> the string under it in the source, on one line; also of the classes it extends."""
    docs: dict[str, str] = {}
    for base in reversed(cls.__mro__[:-1]):
        body = ast.parse(textwrap.dedent(inspect.getsource(base))).body[0]
        assert isinstance(body, ast.ClassDef)
        for statement, below in zip(body.body, body.body[1:], strict=False):
            if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
                text = _string(below)
                if text is not None:
                    docs[statement.target.id] = " ".join(text.split())
    return docs


def _string(statement: ast.stmt) -> str | None:
    """The text of a statement that is nothing but a string."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        value = statement.value.value
        return value if isinstance(value, str) else None
    return None


def _option(path: str, hint: Any, item: Field[Any], meaning: str) -> Iterator[str]:
    accepts = item.metadata.get(ACCEPTS)
    notes = [*_limits(hint, accepts), f"default: {_default(item)}"]
    text = f"{meaning} ({'; '.join(notes)})"
    width = max(40, min(100, get_terminal_size().columns)) - INDENT
    described = textwrap.wrap(text, width, break_on_hyphens=False, break_long_words=False)
    head = f"  --{path} {_metavar(hint, accepts)}"
    if len(head) < INDENT - 1:
        yield head.ljust(INDENT) + described.pop(0)
    else:
        yield head
    yield from (" " * INDENT + line for line in described)


def _default(item: Field[Any]) -> str:
    if item.default is not MISSING:
        return item.default if isinstance(item.default, str) and item.default else (
            "none" if item.default == "" else shown(item.default))  # fmt: skip
    return "needed" if item.default_factory is MISSING else shown(item.default_factory())


def _limits(hint: Any, accepts: object) -> list[str]:
    """What else is to be known of a value, besides its default."""
    if isinstance(accepts, Range | Items):
        return [accepts.describe(noun_of(get_args(hint)[0] if get_args(hint) else hint))]
    return []


def _metavar(hint: Any, accepts: object) -> str:
    if isinstance(accepts, Words) or get_origin(hint) is Literal:
        return f"{{{','.join(names_of(hint, accepts))}}}"
    if isinstance(accepts, Items) and accepts.form:
        return accepts.form
    if isinstance(accepts, Grammar):
        return "SPEC"
    if get_origin(hint) is list:
        return "[TEXT, ...]"
    if get_origin(hint) is dict:
        return "{NAME: VALUE, ...}"
    return {bool: "{true,false}", int: "N", float: "X"}.get(hint, "TEXT")
