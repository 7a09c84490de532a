"""Tables that the program or a script has written already."""

from __future__ import annotations

import re

from pages.markdown import RESULTS


def compared(folder: str) -> str:
    """A comparison's own table."""
    text = (RESULTS / folder / "table.md").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.startswith("|")]
    end = next((i for i, line in enumerate(lines) if i > 2 and "---" in line), len(lines) + 1)
    return "\n".join(lines[: end - 1])


def peers(name: str) -> str:
    """A peer script's own table."""
    return (RESULTS / "peers" / f"{name}.md").read_text(encoding="utf-8").rstrip()


def long_inputs() -> str:
    """Quality by input length, for every alignment and none."""
    text = (RESULTS / "long_inputs" / "table.md").read_text(encoding="utf-8")
    found = re.findall(r"\*\*(\w+) by the length.*token accuracy.*\*\*\n\n((?:\|.*\n)+)", text)
    return "\n\n".join(f"{label}, token accuracy (%):\n\n{rows.rstrip()}" for label, rows in found)
