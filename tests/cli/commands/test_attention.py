"""`ptrnet attention` and `ptrnet plot attention`: points, numbers and text, still and moving."""

from __future__ import annotations

import pytest
from matplotlib.image import imread
from PIL import Image

GENERATE = ("--size", "6", "--count", "2", "--seed", "3")


@pytest.mark.parametrize("task", ["tsp", "convex_hull", "sorting", "text"])
def test_every_task_is_explained_as_picture_as_panels_and_as_film(
    task, checkpoints, tmp_path, ptrnet
):
    data = tmp_path / ("made.tsv" if task == "text" else "made.npz")
    if task == "text":
        data.write_text("ABLE\tEY B AH L\nBEE\tB IY\n")
    else:
        assert ptrnet("data", task, *GENERATE, "--out", data).code == 0
    given = (task, data, "--instance", "2", "--checkpoint", checkpoints[task])
    still, film, panels = (tmp_path / f"out.{suffix}" for suffix in ("png", "gif", "svg"))
    ran = ptrnet("attention", *given, "--out", still)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[-1] == str(still)
    assert imread(still).std() > 0.01
    assert ptrnet("attention", *given, "--steps", "2", "--out", panels).code == 0
    assert "<svg" in panels.read_text()
    if task == "tsp":
        assert ptrnet("plot", "attention", *given, "--speed", "4", "--out", film).code == 0
        with Image.open(film) as moving:
            assert moving.info["duration"] == 250
            assert getattr(moving, "n_frames", 1) > 1


def test_numbers_of_every_instance_or_of_one(checkpoints, tmp_path, ptrnet):
    data, out = tmp_path / "words.txt", tmp_path / "out.txt"
    data.write_text("ABLE\nBEE\nCAT\n")
    given = ("attention", "text", data, "--checkpoint", checkpoints["text"])
    ran = ptrnet(*given, "--numbers", out)
    assert (ran.code, ran.out, ran.err) == (0, f"{out}\n", "")
    lines = out.read_text().splitlines()
    assert len(lines) == 3
    pairs = [[tuple(map(int, pair.split("-"))) for pair in line.split()] for line in lines]
    for word, aligned in zip(("ABLE", "BEE", "CAT"), pairs, strict=True):
        assert [step for _, step in aligned] == list(range(len(aligned)))
        assert all(0 <= position < len(word) for position, _ in aligned)
    assert ptrnet(*given, "--instance", "2", "--numbers", out).code == 0
    assert out.read_text().splitlines() == [lines[1]]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("tsp",), "needs a file or --text"),
        (("tsp", "{data}", "--instance", "3"), "there are 2 instances"),
        (("tsp", "{data}", "--steps", "0"), "at least 1"),
        (("text", "{data}", "--text", "AB"), "one of the two"),
    ],
)
def test_what_cannot_be_explained_is_told_in_one_line(words, told, checkpoints, tmp_path, ptrnet):
    data = tmp_path / "points.npz"
    ptrnet("data", "tsp", *GENERATE, "--out", data)
    given = [word.format(data=data) for word in words]
    out = tmp_path / "out.png"
    ran = ptrnet("attention", *given, "--checkpoint", checkpoints[words[0]], "--out", out)
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert told in ran.err
    assert not out.exists()
