"""An answer beside its reference, token under token, with the edits marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, final

from rapidfuzz.distance import Levenshtein

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GAP = "–"
_COLOURS = {"equal": "#e8edf2", "replace": "#f6c667", "delete": "#e58a7b", "insert": "#b79ad6"}
_WORDS = {"replace": "substituted", "delete": "missing", "insert": "extra"}


@final
class AlignedColumn(NamedTuple):
    """One place of the alignment; `edit` as rapidfuzz names what turns reference into answer."""

    answer: str
    reference: str
    edit: str


def align(answer: Sequence[str], reference: Sequence[str]) -> list[AlignedColumn]:
    """Fewest-edit alignment of two token sequences."""
    columns: list[AlignedColumn] = []
    for code in Levenshtein.opcodes(reference, answer):
        known = list(reference[code.src_start : code.src_end])
        ours = list(answer[code.dest_start : code.dest_end])
        width = max(len(known), len(ours))
        known += [GAP] * (width - len(known))
        ours += [GAP] * (width - len(ours))
        columns += [AlignedColumn(*pair, code.tag) for pair in zip(ours, known, strict=True)]
    return columns


def draw(
    source: Sequence[str],
    answer: Sequence[str],
    reference: Sequence[str] | None,
    ax: Axes | None = None,
) -> Axes:
    """Rows of token boxes: the source, the answer and, where given, the reference under it."""
    if reference is None:
        columns = [AlignedColumn(token, GAP, "equal") for token in answer]
    else:
        columns = align(answer, reference)
    widest = max(len(source), len(columns), 1)
    from ptrnet_suite.reporting.style import INK, axes_or_new

    ax = axes_or_new(ax, 2.2 + 0.62 * widest, 2.4)
    rows = [("source", [(token, "equal") for token in source])]
    rows.append(("answer", [(column.answer, column.edit) for column in columns]))
    if reference is not None:
        rows.append(("reference", [(column.reference, column.edit) for column in columns]))
    for height, (name, tokens) in zip((2.3, 1.0, 0.0), rows, strict=False):
        _draw_row(ax, height, name, tokens)
    ax.set(xlim=(-1.9, widest), ylim=(-0.55, 2.85))
    ax.set_title(_title(columns, reference is not None), color=INK)
    ax.set_axis_off()
    return ax


def _draw_row(ax: Axes, height: float, name: str, tokens: Sequence[tuple[str, str]]) -> None:
    from matplotlib.patches import Rectangle

    from ptrnet_suite.reporting.style import INK

    ax.text(-0.2, height, name, ha="right", va="center", color=INK)
    for place, (token, edit) in enumerate(tokens):
        outline = "#ffffff" if edit == "equal" else "#333333"
        ax.add_patch(
            Rectangle(
                (place + 0.04, height - 0.42), 0.92, 0.84, fc=_COLOURS[edit], ec=outline, lw=1.2
            )
        )
        shown = "␣" if token == " " else token
        small = max(4.0, 11.0 - 0.9 * max(0, len(shown) - 3))
        ax.text(
            place + 0.5, height, shown, ha="center", va="center", fontsize=small, color="#1c2128"
        )


def _title(columns: Sequence[AlignedColumn], known: bool) -> str:
    if not known:
        return "answer"
    edits = [column.edit for column in columns if column.edit != "equal"]
    if not edits:
        return "right"
    parts = [f"{edits.count(edit)} {word}" for edit, word in _WORDS.items() if edit in edits]
    return f"{len(edits)} of {len(columns)} places differ: {', '.join(parts)}"
