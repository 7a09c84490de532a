"""Labels of several checkpoints."""

from __future__ import annotations

import pytest

from ptrnet_suite.cli.checkpoints import distinct_labels
from ptrnet_suite.errors import InputError


def test_checkpoints_of_one_name_are_told_apart_by_their_folders(tmp_path) -> None:
    one, two = tmp_path / "wide", tmp_path / "narrow"
    runs = [folder / "best.safetensors" for folder in (one, two)]
    assert distinct_labels(runs) == ["wide", "narrow"]
    assert distinct_labels([one / "best.safetensors", one / "last.safetensors"]) == [
        "wide/best",
        "wide/last",
    ]
    assert distinct_labels([one / "g2p.safetensors", two / "g2p.safetensors"]) == [
        "wide/g2p",
        "narrow/g2p",
    ]
    with pytest.raises(InputError, match="twice"):
        distinct_labels([runs[0], runs[0]])
