"""Files of images."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from ptrnet_tasks.image_text.task import ImageText

from ptrnet_suite.data.instances import Instances

pytest.importorskip("sklearn", reason="the digits come with scikit-learn")


def test_files_of_images_come_back_as_they_were(tmp_path: Path) -> None:
    task = ImageText("digits")
    found = Instances([i for n in (2, 4) for i in task.generate(n, 2, n, "test").inputs])
    labelled = found.with_solutions([["12"], ["34"], ["1234"], ["5678"]])
    task.formats.write(labelled, tmp_path / "rows.npz")
    back = task.formats.read(tmp_path / "rows.npz")
    assert back.solutions == [["12"], ["34"], ["1234"], ["5678"]]
    for ours, theirs in zip(back.inputs, found.inputs, strict=True):
        np.testing.assert_array_equal(ours, theirs)
