"""Files of images."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from ptrnet_tasks.image_text.task import ImageText

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError

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


def png(width: int, height: int, rows: bytes) -> bytes:
    """A grey picture with any header and any packed rows."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    packed = chunk(b"IDAT", zlib.compress(rows))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + packed + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (png(7_000, 5_000, b""), "has 7000 x 5000 pixels; accepted are 1 to 33,554,432"),
        (png(50_000, 50_000, b""), "cannot be read as a picture: Image size"),
        (png(2**31 - 1, 2**31 - 1, b""), "pixels|cannot be read as a picture"),
        (png(0, 5, b""), "pixels|cannot be read as a picture"),
        (png(4, 4, b"\0"), "cannot be read as a picture"),
        (png(9000, 1, bytes(9001)), "far too wide for its height"),
        (b"\x89PNG\r\n\x1a\n", "cannot be read as a picture"),
        (b"GIF89a" + bytes(20), "cannot be read as a picture"),
        (b"", "cannot be read as a picture"),
    ],
)
def test_pictures_that_cannot_be_read_are_refused(tmp_path: Path, content: bytes, message: str):
    (tmp_path / "a.png").write_bytes(content)
    with pytest.raises(InputError, match=message):
        ImageText("digits").formats.read(tmp_path / "a.png")


def test_a_picture_is_read_as_ink_on_paper(tmp_path: Path) -> None:
    task = ImageText("digits")
    height = task.formats.problem.height
    rows = (b"\0" + b"\xff" * 9 + b"\0") * height
    (tmp_path / "a.png").write_bytes(png(10, height, rows))
    image = task.formats.read(tmp_path / "a.png").inputs[0]
    assert image.shape == (height, 10)
    assert (image[:, :9] == 0).all()
    assert (image[:, 9] == 255).all()
