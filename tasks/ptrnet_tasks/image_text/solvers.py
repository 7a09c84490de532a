"""Reading without a network that attends: cut the digits out, then name each by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, partial
from typing import Any

import numpy as np

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.task.reference import Reference
from ptrnet_tasks.image_text.digits import SIDE, are_available, digits_of
from ptrnet_tasks.image_text.formats import as_bytes
from ptrnet_tasks.image_text.problems import ImageProblem
from ptrnet_tasks.image_text.rendering import LANE

SEGMENT_SVM = "segment_svm"

INKED = 0.25
"""Share of full ink from which on a pixel is no noise."""


def references(problem: ImageProblem) -> Mapping[str, Reference]:
    """Solvers by name."""
    description = "digits cut out at blank columns, each named by a support vector machine"
    solve = partial(segment_and_classify, problem=problem)
    extra = "install it with: pip install 'ptrnet-suite[images]'"
    svm = Reference(SEGMENT_SVM, description, solve, available=are_available, installed_by=extra)
    return {SEGMENT_SVM: svm}


def segment_and_classify(instances: Instances, problem: ImageProblem) -> list[str]:
    """The text of the digits that blank columns leave standing, each named by an SVM.

    A lane is cut at its blank columns; a piece as wide as several digits is cut into equal parts.
    The support vector machine (radial basis functions) learnt the training digits as they are.
    """
    cut = [_digits_in(as_bytes(np.asarray(image)) / 255) for image in instances.inputs]
    glyphs = [glyph for each in cut for glyph in each]
    names = _classifier().predict(np.reshape(glyphs, (-1, SIDE * SIDE))) if glyphs else np.empty(0)
    ends = np.cumsum([len(each) for each in cut])[:-1]
    return [problem.write(labels.astype(int)) for labels in np.split(names, ends)]


@cache
def _classifier() -> Any:
    from sklearn.svm import SVC

    known = digits_of("train")
    # On a scale of 0 to 16, which the images come with, this gamma is 0.001.
    model = SVC(C=10, gamma=0.256)
    return model.fit(known.images.reshape(len(known.images), -1), known.labels)


def _digits_in(image: np.ndarray) -> list[np.ndarray]:
    """Glyphs `(8, 8)`, lane by lane, from left to right."""
    image = np.where(image < INKED, 0, image)
    lanes = np.split(image, range(LANE, len(image), LANE))
    return [glyph for lane in lanes for first, last in _pieces(lane) for glyph in
            _framed(lane[:, first:last])]  # fmt: skip


def _pieces(lane: np.ndarray) -> Sequence[tuple[int, int]]:
    """First column and column after the last of every stretch of ink."""
    inked = np.concatenate([[False], lane.any(0), [False]])
    edges = np.flatnonzero(inked[1:] != inked[:-1])
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _framed(piece: np.ndarray) -> list[np.ndarray]:
    """A piece's digits, each in the middle of a frame of the size of a digit."""
    parts = max(1, round(piece.shape[1] / SIDE))
    return [_in_frame(part) for part in np.array_split(piece, parts, axis=1)]


def _in_frame(part: np.ndarray) -> np.ndarray:
    rows = np.flatnonzero(part.any(1))
    first = 0 if not len(rows) else min(int(rows[0]), len(part) - SIDE)
    kept = part[first : first + SIDE, :SIDE]
    left = (SIDE - kept.shape[1]) // 2
    return np.pad(kept, ((0, SIDE - len(kept)), (left, SIDE - kept.shape[1] - left)))
