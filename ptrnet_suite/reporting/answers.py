"""Pictures of answers: drawn by the task's presenter where it draws, else as the spec describes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np
from matplotlib.axes import Axes

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.reporting.style import (
    INK,
    MODEL,
    POINT,
    REFERENCE,
    SKY,
    axes_or_new,
    bare,
    in_house_style,
)
from ptrnet_suite.task.presenter import in_words

if TYPE_CHECKING:
    from ptrnet_suite.task.base import Task

MAX_NUMBERED = 40
"""Chosen points beyond which their numbers would hide each other."""

INCHES = 0.06
"""Inches of an image's pixel."""


@runtime_checkable
class DrawsAnswers(Protocol):
    """A presenter that draws answers by itself; those of others are drawn by their spec."""

    def plot(
        self, instances: Instances, index: int, answer: Any, reference: Any, ax: Axes | None
    ) -> Axes:
        """One answer, beside the reference where given; returns the axes."""


def plot_answer(
    task: Task,
    instances: Instances,
    index: int,
    answer: Any,
    reference: Any = None,
    ax: Axes | None = None,
) -> Axes:
    """Draws one answer, beside the reference where given, and returns the axes.

    reference: a known answer, or of texts also a list of those that are accepted.
    """
    presenter, spec, item = task.presenter, task.spec, instances.inputs[index]
    if isinstance(presenter, DrawsAnswers):
        return presenter.plot(instances, index, answer, reference, ax)
    known = reference
    if isinstance(reference, list | tuple) and reference and isinstance(reference[0], str):
        known = reference[0]
    if spec.inputs == "images":
        return draw_image(np.asarray(item), in_words(answer), _words_or_none(known), ax)
    if spec.inputs == "tokens" or spec.outputs == "vocabulary" or isinstance(answer, str):
        return draw_texts(in_words(item), in_words(answer), _words_or_none(known), ax)
    values, chosen = np.asarray(item), _positions(answer, len(item))
    expected = None if known is None else _positions(known, len(item))
    if spec.features == 2:
        curve = spec.cyclic or not spec.ends
        return draw_in_plane(values, chosen, expected, ax, curve=curve, closed=spec.cyclic)
    wanted = None if expected is None else values[expected]
    return draw_bars(values, chosen, wanted, ax)


def _words_or_none(known: Any) -> str | None:
    return None if known is None else in_words(known)


def _positions(answer: Any, count: int) -> np.ndarray:
    """An answer's positions, without padding and what else is no position."""
    positions = np.asarray(answer, np.int64)
    return positions[(positions >= 0) & (positions < count)]


@in_house_style
def draw_in_plane(
    points: np.ndarray,
    answer: np.ndarray,
    reference: np.ndarray | None = None,
    ax: Axes | None = None,
    *,
    curve: bool = True,
    closed: bool = True,
    numbered: bool = False,
    title: str = "",
    names: tuple[str, str] = ("answer", "reference"),
) -> Axes:
    """Points `(n, 2)` with an answer as a thin line over the reference as a broad, pale one.

    answer, reference: positions. curve: whether a line joins the positions, which else are marked
    points; closed: whether it goes back to its start, which a star marks. numbered: whether each
    point has its number in the answer. names: of answer and reference, for the legend.
    """
    ax = bare(axes_or_new(ax, 5, 5), title)
    # Many points share the space of few.
    scale = float(np.clip(15 / np.sqrt(len(points)), 0.5, 1.0))
    pale: dict[str, Any] = {"color": SKY, "alpha": 0.55, "label": names[1], "zorder": 1}
    vivid: dict[str, Any] = {"color": MODEL, "label": names[0], "zorder": 3}
    for positions, style, width, area in ((reference, pale, 6.0, 150), (answer, vivid, 1.6, 40)):
        if positions is None or not len(positions):
            continue
        if curve:
            ends = np.append(positions, positions[:1]) if closed else positions
            ax.plot(*points[ends].T, linewidth=width * scale, **style)
        else:
            _dots(ax, points[positions], s=area * scale, **style)
    _dots(ax, points, s=14 * scale, color=POINT, zorder=2)
    if curve:
        _dots(ax, points[answer[:1]], s=140 * scale, marker="*", color=INK, label="start", zorder=5)
    if numbered and 0 < len(answer) <= MAX_NUMBERED:
        _number_positions(ax, points, answer)
    ax.margins(0.1)
    if reference is not None:
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, 0.0), ncols=3)
    return ax


def _dots(ax: Axes, points: np.ndarray, **style: Any) -> None:
    if len(points):
        ax.scatter(points[:, 0], points[:, 1], **style)


def _number_positions(ax: Axes, points: np.ndarray, answer: np.ndarray) -> None:
    """The order of the positions, written away from their centre."""
    centre = points[answer].mean(0)
    for number, position in enumerate(answer, 1):
        outward = points[position] - centre
        outward = outward / (np.linalg.norm(outward) or 1.0)
        ax.annotate(
            str(number), points[position], xytext=tuple(11 * outward),
            textcoords="offset points", ha="center", va="center", fontsize=8, color=INK,
        )  # fmt: skip


@in_house_style
def draw_bars(
    values: np.ndarray,
    answer: np.ndarray,
    expected: np.ndarray | None = None,
    ax: Axes | None = None,
    name: str = "reference",
) -> Axes:
    """Vectors `(n, features)` as bars in the order chosen, hatched where another was expected.

    expected: the vectors `(m, features)` of the right answer, drawn as a line with this name.
    """
    ax = axes_or_new(ax, max(6, 0.22 * len(values)), 3)
    width, chosen = 0.8 / values.shape[1], values[answer]
    wrong = np.zeros(chosen.shape, bool)
    if expected is not None:
        compared = min(len(chosen), len(expected))
        wrong[compared:] = True
        wrong[:compared] = chosen[:compared] != expected[:compared]
    label = "right place" if expected is not None else "chosen"
    for feature in range(values.shape[1]):
        left, heights = np.arange(len(answer)) - 0.4 + feature * width, chosen[:, feature]
        right, other = ~wrong[:, feature], wrong[:, feature]
        ax.bar(left[right], heights[right], width, align="edge", color=SKY, label=label)
        ax.bar(
            left[other], heights[other], width, align="edge", color=MODEL, hatch="//",
            label="wrong place",
        )  # fmt: skip
    if expected is not None:
        _draw_expected(ax, expected, width, name)
    ax.set_xticks(np.arange(len(answer)), [str(position) for position in answer])
    ax.set_xlabel("position in the input, in the order chosen")
    ax.set_ylabel("value")
    # Every feature has the same entries, and of what is not there none is needed.
    entries = dict(zip(*reversed(ax.get_legend_handles_labels()), strict=True))
    if not wrong.any():
        entries.pop("wrong place", None)
    ax.legend(entries.values(), entries.keys())
    return ax


def _draw_expected(ax: Axes, expected: np.ndarray, width: float, name: str) -> None:
    """The expected vectors as lines over their bars, of single values as one line of steps."""
    if expected.shape[1] == 1:
        ax.step(np.arange(len(expected)), expected[:, 0], where="mid", color=INK, label=name)
        return
    for feature in range(expected.shape[1]):
        start = np.arange(len(expected)) - 0.4 + feature * width
        ax.hlines(expected[:, feature], start, start + width, color=INK, label=name)


@in_house_style
def draw_texts(
    source: str, answer: str, reference: str | None = None, ax: Axes | None = None
) -> Axes:
    """Lines of text: the input, the answer and, where given, the reference under it."""
    lines = {"input": source, "answer": answer}
    if reference is not None:
        lines["reference"] = reference
    longest = max(map(len, lines.values()))
    ax = axes_or_new(ax, min(16.0, 2.0 + 0.12 * longest), 0.5 + 0.35 * len(lines))
    ax.set_axis_off()
    wrong = reference is not None and answer != reference
    for row, (name, text) in enumerate(lines.items()):
        height = 1 - (row + 0.5) / len(lines)
        colour = MODEL if name == "answer" and wrong else INK
        ax.text(0.14, height, name, ha="right", va="center", transform=ax.transAxes)
        ax.text(0.17, height, text, va="center", color=colour, transform=ax.transAxes)
    return ax


@in_house_style
def draw_image(
    image: np.ndarray, answer: str, reference: str | None = None, ax: Axes | None = None
) -> Axes:
    """The image `(height, width)` under its answer; under a wrong one the reference."""
    height, width = image.shape
    ax = show_image(image, axes_or_new(ax, 1.0 + INCHES * width, 1.3 + INCHES * height))
    wrong = reference is not None and answer != reference
    ax.set_title(answer, color=MODEL if wrong else INK)
    if wrong:
        ax.set_xlabel(f"reference: {reference}", color=REFERENCE)
    return ax


def show_image(image: np.ndarray, ax: Axes) -> Axes:
    """Ink as dark on light: of whole numbers up to 255, of others up to 1."""
    ax.imshow(
        image, cmap="gray_r", vmin=0, vmax=255 if image.max(initial=0) > 1 else 1,
        interpolation="nearest",
    )  # fmt: skip
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    return ax
