"""Pictures of digits, put together at random."""

from __future__ import annotations

import numpy as np

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_tasks.image_text.digits import PARTS, digits_of
from ptrnet_tasks.image_text.formats import of_images
from ptrnet_tasks.image_text.problems import ImageProblem
from ptrnet_tasks.image_text.rendering import distorted
from ptrnet_tasks.text.problems import check_choice

DISTORTED, MIXED = "distorted", "mixed"

DISTRIBUTIONS = (*PARTS, DISTORTED, MIXED)
"""The parts that the digit images are split into, and two ways to train on one of them."""


def sample_pictures(
    problem: ImageProblem, size: int, count: int, rng: np.random.Generator, distribution: str
) -> Instances:
    """`count` pictures of `size` digits of one part, with the texts that they show as solutions.

    `distorted` is `train` with every digit turned, slanted, stretched, moved and inked at random,
    `mixed` the same with 1 to `size` digits in a picture. Raises InputError for another
    distribution, for more digits than there is room for, and without scikit-learn.
    """
    check_choice("distribution", distribution, DISTRIBUTIONS)
    if not 1 <= size <= problem.most or count < 1:
        raise InputError(
            f"size {size} and count {count}: accepted are 1 to {problem.most} digits in a "
            "picture, and one picture or more"
        )
    of_training = distribution in (DISTORTED, MIXED)
    digits = digits_of("train" if of_training else distribution)
    chosen = rng.integers(len(digits.labels), size=(count, size))
    glyphs, shown = digits.images[chosen], np.full(count, size)
    if of_training:
        glyphs = distorted(glyphs, rng)
    if distribution == MIXED:
        shown = rng.integers(1, size + 1, count)
        glyphs = glyphs * (np.arange(size) < shown[:, None])[:, :, None, None]
    labels = zip(digits.labels[chosen], shown, strict=True)
    texts = [problem.write(row[:most]) for row, most in labels]
    return of_images(problem.draw(glyphs, shown, rng), texts)
