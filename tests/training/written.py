"""Configs as they are written in files."""

from __future__ import annotations

from typing import Any


def merged(kept: dict[str, Any], written: dict[str, Any]) -> dict[str, Any]:
    """What was kept, with all that was written over it."""
    return {
        name: merged(value, written[name])
        if isinstance(value, dict) and isinstance(written.get(name), dict)
        else written.get(name, value)
        for name, value in kept.items()
    } | {name: value for name, value in written.items() if name not in kept}
