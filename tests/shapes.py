"""Whether the fields of a NamedTuple have the shapes that their types name."""

from __future__ import annotations

from typing import Any, get_type_hints

from beartype.door import is_bearable
from jaxtyping import jaxtyped


def misfits(record: Any) -> list[str]:
    """Fields whose values are not of their types; a dimension is of one size in all fields."""
    hints = get_type_hints(type(record), include_extras=True)
    with jaxtyped("context"):
        return [
            name for name, hint in hints.items() if not is_bearable(getattr(record, name), hint)
        ]
