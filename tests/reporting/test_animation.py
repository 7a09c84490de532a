"""Films of pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageSequence

from ptrnet_suite.errors import InputError
from ptrnet_suite.reporting.animation import write_animation
from ptrnet_suite.reporting.style import axes_or_new


def frames(path: Path) -> list[np.ndarray]:
    with Image.open(path) as film_read:
        return [np.array(frame.convert("L")) for frame in ImageSequence.Iterator(film_read)]


def test_no_frame_of_a_film_shows_the_frames_before_it(tmp_path: Path) -> None:
    def draw(frame: int, ax: object) -> object:
        ax = axes_or_new(ax, 2, 2)  # type: ignore[arg-type]
        ax.scatter([frame], [0], s=400, color="black")
        ax.set(xlim=(-1, 4), ylim=(-1, 1))
        ax.set_axis_off()
        return ax

    path = write_animation(draw, 4, tmp_path / "new" / "dots.gif", speed=4)  # type: ignore[arg-type]
    shown = frames(path)
    dark = [np.argwhere(frame < 100) for frame in shown]
    assert len(shown) == 4
    counts = [len(places) for places in dark]
    assert min(counts) > 50
    assert max(counts) < 1.2 * min(counts)
    centres = [places[:, 1].mean() for places in dark]
    assert centres == sorted(centres)
    assert all(frame[0, 0] == 255 for frame in shown)
    with Image.open(path) as film_read:
        spans = [frame.info["duration"] for frame in ImageSequence.Iterator(film_read)]
    assert spans[:3] == [250] * 3
    assert spans[3] > 1500


def test_a_film_needs_its_suffix_and_something_to_show(tmp_path: Path) -> None:
    for name, count, told in (("a.mp4", 3, r"\.gif"), ("a.gif", 0, "at least one")):
        with pytest.raises(InputError, match=told):
            write_animation(lambda frame, ax: axes_or_new(ax), count, tmp_path / name)
    assert list(tmp_path.iterdir()) == []
