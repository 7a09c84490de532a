"""Names of one kind of thing and what they stand for: one door for all that can be added.

A kind is the tasks, the searches, the strategies, the encoders, decoders, attention scores or
alignments. A name comes with the suite, from an installed package's entry point, or from a program
that calls `register`; nothing is imported before it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points
from typing import Generic, TypeVar, final

from ptrnet_suite.errors import InputError

Thing = TypeVar("Thing")


@final
class Registry(Generic[Thing]):
    """Name -> thing, for one kind of thing.

    kind: what one is called, for messages; group: the entry point group of packages, in which an
    entry's name is the thing's name and its value `module:attribute`; builtin: the suite's own, as
    such values by name. A package's name hides the suite's, and a registered one hides both.
    """

    def __init__(self, kind: str, group: str, builtin: Mapping[str, str] | None = None) -> None:
        self.kind, self.group = kind, group
        self._builtin = dict(builtin or {})
        self._registered: dict[str, Thing] = {}

    @cached_property
    def _entries(self) -> dict[str, EntryPoint]:
        own = (EntryPoint(name, value, self.group) for name, value in self._builtin.items())
        return {entry.name: entry for entry in (*own, *entry_points(group=self.group))}

    def names(self) -> list[str]:
        """All names: the suite's and packages' in their order, then the registered ones."""
        return list(dict.fromkeys((*self._entries, *self._registered)))

    def __iter__(self) -> Iterator[str]:
        return iter(self.names())

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and (name in self._registered or name in self._entries)

    def register(self, name: str, thing: Thing) -> Thing:
        """Makes `thing` known under `name` in this process; returns it. Raises InputError."""
        if not isinstance(name, str) or not name.replace("_", "").replace("-", "").isalnum():
            raise InputError(
                f"{name!r} cannot name a {self.kind}; accepted are letters, digits, _ and -"
            )
        self._registered[name] = thing
        return thing

    def get(self, name: str) -> Thing:
        """The thing of that name; raises InputError for an unknown or a broken one."""
        self.check(name)
        if name in self._registered:
            return self._registered[name]
        try:
            thing: Thing = self._entries[name].load()
        except (ImportError, AttributeError) as error:
            value = self._entries[name].value
            raise InputError(
                f"the {self.kind} {name!r} cannot be loaded from {value}: {error}"
            ) from error
        return thing

    def module_of(self, name: str) -> str:
        """The module that defines the thing of that name, not imported yet; raises InputError."""
        self.check(name)
        if name in self._registered:
            return str(getattr(self._registered[name], "__module__", "__main__"))
        return self._entries[name].module

    def check(self, name: object) -> None:
        """Raises InputError for an unknown name, with the nearest known one."""
        if name not in self:
            raise InputError(unknown(self.kind, name, self.names()))


def unknown(
    kind: str,
    name: object,
    known: Sequence[str],
    listed: str = "there are",
    near: str | None = None,
) -> str:
    """One sentence that a name is not known, the nearest one that is, and all that are.

    listed: the words before all that are known, such as `no such file; shipped are`; near: the
    name that is meant, where the caller knows better than by its letters; empty for none.
    """
    near = nearest(name, known) if near is None else near
    guess = f"; did you mean {near!r}" if near else ""
    return f"there is no {kind} {name!r}{guess}; {listed} {', '.join(known) or 'none'}"


def nearest(name: object, known: Sequence[str]) -> str:
    """The known name that is most like `name`; empty where none is."""
    return next(iter(get_close_matches(str(name), known, 1, 0.6)), "")
