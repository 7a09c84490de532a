"""Pictures: files of every kind, readable on white and on black."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.image import imread

from ptrnet_suite.errors import InputError
from ptrnet_suite.reporting.charts import gap_against_time
from ptrnet_suite.reporting.style import INK, PALETTE, new_figure, save
from tests.reporting.methods import METHODS


def contrast(first: str, second: str) -> float:
    """Contrast ratio of WCAG 2.1."""

    def luminance(colour: str) -> float:
        parts = np.array(to_rgb(colour))
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("page", ["#ffffff", "#0d1117"])
def test_words_and_lines_stand_out_on_white_and_on_near_black(page: str) -> None:
    assert contrast(INK, page) >= 3.9
    assert min(contrast(colour, page) for colour in PALETTE) >= 2


@pytest.mark.parametrize(
    ("suffix", "start"), [(".png", b"\x89PNG"), (".svg", b"<?xml"), (".pdf", b"%PDF")]
)
def test_a_picture_is_saved_as_its_suffix_says(tmp_path: Path, suffix: str, start: bytes) -> None:
    path = save(new_figure()[0], tmp_path / "new" / f"picture{suffix}")
    assert path.read_bytes().startswith(start)
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_another_suffix_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"\.png, \.svg, \.pdf"):
        save(new_figure()[0], tmp_path / "picture.gif")


def test_the_same_picture_is_the_same_bytes(tmp_path: Path) -> None:
    figures = [gap_against_time(METHODS).figure for _ in range(2)]
    first, second = (save(figure, tmp_path / f"{place}" / "gap.svg")
                     for place, figure in enumerate(figures))  # fmt: skip
    assert first.read_bytes() == second.read_bytes()


def test_a_picture_has_no_background(tmp_path: Path) -> None:
    pixels = imread(save(new_figure()[0], tmp_path / "empty.png"))
    assert pixels[0, 0, 3] == 0
