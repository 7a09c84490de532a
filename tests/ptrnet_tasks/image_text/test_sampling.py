"""Pictures that are generated, and what stands beside them."""

from __future__ import annotations

import numpy as np
import pytest
from ptrnet_tasks.image_text.captions import SINGULAR
from ptrnet_tasks.image_text.digits import digits_of
from ptrnet_tasks.image_text.task import ImageText

pytest.importorskip("sklearn", reason="the digits come with scikit-learn")


@pytest.mark.parametrize("distribution", ["train", "distorted", "mixed"])
def test_pictures_to_train_on_hold_no_test_digit(distribution: str) -> None:
    test = {image.tobytes() for image in digits_of("test").images}
    task = ImageText("digits")
    for image in task.generate(1, 40, 5, distribution).inputs:
        ink = np.asarray(image, np.float32) / 255
        windows = np.lib.stride_tricks.sliding_window_view(ink, (8, 8)).reshape(-1, 8, 8)
        # The noise is small beside what tells digits apart.
        for known in list(test)[:60]:
            digit = np.frombuffer(known, np.float32).reshape(8, 8)
            assert np.abs(windows - digit).mean((1, 2)).min() > 0.02


@pytest.mark.parametrize("problem", ["digits", "captions"])
def test_mixed_pictures_show_one_to_size_digits_and_their_texts_tell_how_many(problem: str) -> None:
    task = ImageText(problem)
    found = task.generate(5, 300, 1, "mixed")
    assert found.solutions is not None
    if problem == "digits":
        counts = [len(known[0]) for known in found.solutions]
        widths = np.array([np.shape(image)[1] for image in found.inputs])
        # A row is as wide as its digits need, whatever stands beside it.
        assert all(
            7 * n + 1 <= width <= 11 * n + 5 for n, width in zip(counts, widths, strict=True)
        )
    else:
        parts = [known[0].split(", ") for known in found.solutions]
        counts = [sum(SINGULAR.index(one.split()[0]) for one in each) for each in parts]
    assert set(counts) == {1, 2, 3, 4, 5}
