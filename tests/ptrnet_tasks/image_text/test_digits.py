"""The digits and their parts."""

from __future__ import annotations

from collections import Counter

import pytest
from ptrnet_tasks.image_text.digits import PARTS, digits_of

pytest.importorskip("sklearn", reason="the digits come with scikit-learn")


def test_no_image_is_in_two_parts_and_none_is_left_out() -> None:
    parts = {part: digits_of(part).images for part in PARTS}
    seen = Counter(image.tobytes() for images in parts.values() for image in images)
    assert sum(map(len, parts.values())) == 1797
    assert max(seen.values()) == 1
