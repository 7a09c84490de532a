"""All tests check shapes and types at run time, for which the hook must come before the package."""

from __future__ import annotations

import os
import signal
from collections.abc import Hashable
from functools import partial, wraps
from inspect import isclass, isfunction
from typing import Any

import jaxtyping
from beartype import BeartypeConf, beartype
from torch import Tensor

typechecker = beartype(conf=BeartypeConf(is_pep484_tower=True))
"""A whole number is a float to it, as it is to mypy."""

jaxtyped = jaxtyping.jaxtyped


def kind(value: object) -> Hashable:
    """The part of an argument on which its check depends."""
    if isinstance(value, Tensor):
        return value.shape, value.dtype
    return tuple(map(kind, value)) if type(value) is tuple else type(value)


def checked(function: Any = None, **options: Any) -> Any:
    """`jaxtyped` for the first call with arguments of each kind: for all it takes twice as long."""
    if function is None:
        return partial(checked, **options)
    if isinstance(function, property):
        return property(checked(function.fget, **options))
    if isclass(function):
        # Dataclasses take any value, of which checks of ours then say what is wrong with it.
        return function
    if not isfunction(function):
        return jaxtyped(function, **options)
    check, seen = jaxtyped(function, **options), set[Hashable]()

    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        kinds = tuple([kind(value) for value in (*args, *kwargs.values())])
        if kinds in seen:
            return function(*args, **kwargs)
        result = check(*args, **kwargs)
        seen.add(kinds)
        return result

    return call


jaxtyping.jaxtyped = checked
jaxtyping.install_import_hook(
    ["ptrnet_suite.model", "ptrnet_suite.search", "ptrnet_suite.training"],
    f"{__name__}.typechecker",
)

# A shell that runs the tests in the background lets them ignore Ctrl-C, which some of them send.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Pictures need no screen.
os.environ.setdefault("MPLBACKEND", "Agg")

# Imported only now, as it imports the package.
pytest_plugins = ["tests.command_line"]
