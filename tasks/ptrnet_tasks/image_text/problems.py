"""The kinds of picture, and what is written about each."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, final

import numpy as np

from ptrnet_tasks.image_text.captions import MOST, WORDS, caption_of, closed_up, spaced
from ptrnet_tasks.image_text.rendering import LANE, LANES, drawn_canvases, drawn_rows
from ptrnet_tasks.text.vocabulary import Vocabulary


@final
class ImageProblem(NamedTuple):
    """One kind of problem.

    height: pixel rows of every image; most: most digits of a generated one; longest: most tokens
    of an answer, END included. draw: glyphs `(count, size, 8, 8)`, blank from the number that is
    shown of each on, to images `(height, width)` uint8; write: the digits shown, in the order of
    the glyphs, to the text. metrics: names in `text.metrics.MEASURES`, the first of which decides
    which checkpoint is best. spaced, closed_up: a text to its tokens with blanks between
    them and back.
    """

    height: int
    most: int
    longest: int
    vocabulary: Vocabulary
    draw: Callable[[np.ndarray, np.ndarray, np.random.Generator], list[np.ndarray]]
    write: Callable[[np.ndarray], str]
    metrics: tuple[str, ...]
    spaced: Callable[[str], str] = str
    closed_up: Callable[[str], str] = str

    def tokens(self, text: str) -> list[str]:
        """The tokens of a text."""
        return self.vocabulary.tokenise(self.spaced(text))


def _rows(glyphs: np.ndarray, shown: np.ndarray, rng: np.random.Generator) -> list[np.ndarray]:
    canvas, widths = drawn_rows(glyphs, shown, rng)
    return [image[:, :width] for image, width in zip(canvas, widths, strict=True)]


def _canvases(glyphs: np.ndarray, shown: np.ndarray, rng: np.random.Generator) -> list[np.ndarray]:
    return list(drawn_canvases(glyphs, rng))


def _number(labels: np.ndarray) -> str:
    return "".join(map(str, labels))


PROBLEMS = {
    "digits": ImageProblem(
        LANE, 40, 64, Vocabulary.of("target", "0123456789", "characters"),
        _rows, _number, ("cer", "exact"),
    ),
    "captions": ImageProblem(
        LANES * LANE, MOST, 32, Vocabulary.of("target", WORDS, "words"),
        _canvases, caption_of, ("exact", "token_accuracy"), spaced, closed_up,
    ),
}  # fmt: skip
