"""Values of a configuration as a command line changes them: `--model.width 64`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, final

from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.config_values import CommandLineText

COMMAND_LINE = "the command line"


@final
class Changes:
    """Changed values by dotted name, as typed; the last one counts where a name stands twice."""

    def __init__(self, words: Sequence[str]) -> None:
        """Reads words `--name value` or `--name=value`; raises InputError for others."""
        self.values: dict[str, CommandLineText] = {}
        rest = list(words)
        while rest:
            name, equals, value = rest.pop(0).partition("=")
            if not name.startswith("--"):
                raise InputError(f"{name!r} is no option; accepted are such as --steps 100")
            if not equals:
                if not rest or rest[0].startswith("--"):
                    raise InputError(f"{name} needs a value, as in {name} VALUE")
                value = rest.pop(0)
            # `--batch-size` for those who are used to it from other commands.
            self.values[name[2:].replace("-", "_")] = CommandLineText(value)

    def applied(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Nested values with the changes in them."""
        changed: dict[str, Any] = dict(values)
        for name, value in self.values.items():
            changed = _changed(changed, name.split("."), value)
        return changed

    def source_over(self, base: str) -> SourceOver:
        """Where each value comes from, when `base` is where those come from that did not change."""
        return SourceOver(base, self)


@final
class SourceOver:
    """The command line for values that it changed, else where the others come from."""

    def __init__(self, base: str, changes: Changes) -> None:
        self.base, self.changes = base, changes

    def __call__(self, *paths: str) -> str:
        """The source of the values with these dotted names."""
        for name in self.changes.values:
            if any(path == name or path.startswith(f"{name}.") for path in paths):
                return COMMAND_LINE
        return self.base


def _changed(values: Any, path: list[str], value: CommandLineText) -> Any:
    """A mapping in which the value at a path is another."""
    if not path:
        return value
    inner = values.read() if isinstance(values, CommandLineText) else values
    mapping = dict(inner) if isinstance(inner, Mapping) else {}
    mapping[path[0]] = _changed(mapping.get(path[0]), path[1:], value)
    return mapping
