"""Files and checkpoints that the command line opens: what cannot be used is told in one line."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from tests.cli.refusals import expect_refusal
from tests.cli.test_main import start

SQUARE = "0 0 1 0 1 1 0 1 0.4 0.5"


class Evil:
    def __reduce__(self):
        return (print, ("this must never run",))


BAD_FILES: dict[str, tuple[str, str, str | bytes]] = {
    "NaN": ("tsp", "p.txt", "0 0 1 0 nan 1\n"),
    "a label that is no hull": ("convex_hull", "p.txt", f"{SQUARE} output 1 2 3 4 5 1\n"),
    "all points in one place": ("tsp", "p.txt", "1 1 1 1 1 1 1 1\n"),
    "two points": ("tsp", "p.txt", "0 0 1 1\n"),
    "two points for a hull": ("convex_hull", "p.txt", "0 0 1 1\n"),
    "collinear points": ("convex_hull", "p.txt", "0 0 0.1 0.1 0.2 0.2 0.7 0.7\n"),
    "an empty file": ("tsp", "p.txt", ""),
    "a truncated line": ("tsp", "p.txt", f"{SQUARE} output 1 2 3\n"),
    "half a point": ("tsp", "p.txt", f"{SQUARE} 0.3\n"),
    "words": ("tsp", "p.txt", "these are no numbers\n"),
    "a truncated archive": ("tsp", "p.npz", b"PK\x03\x04broken"),
    "a pickle that runs code": ("tsp", "p.pkl", pickle.dumps([Evil()])),
    "an unknown letter": ("text", "w.tsv", "CAT\u4e2d\tK AE T\n"),
    "too many columns": ("text", "w.tsv", "CAT\tK AE T\tmore\n"),
    "no text": ("text", "w.tsv", "\n\n"),
    "bytes that are no text": ("text", "w.tsv", b"\xff\xfe\xfa"),
}


@pytest.mark.parametrize("command", ["solve", "evaluate"])
@pytest.mark.parametrize("name", BAD_FILES)
def test_a_bad_file_is_told_in_one_line(command, name, checkpoints, tmp_path, ptrnet):
    task, file, content = BAD_FILES[name]
    path = tmp_path / file
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    data = ("--data", path) if command == "evaluate" else (path,)
    expect_refusal(ptrnet(command, task, *data, "--checkpoint", checkpoints[task]))


def test_a_file_of_three_columns_is_told_in_one_line(checkpoints, tmp_path, ptrnet):
    np.savez(tmp_path / "three.npz", points=np.zeros((2, 5, 3)))
    words = ("solve", "tsp", tmp_path / "three.npz", "--checkpoint", checkpoints["tsp"])
    assert "three.npz" in expect_refusal(ptrnet(*words))


def test_a_solver_needs_no_torch(tmp_path):
    (tmp_path / "square.txt").write_text(f"{SQUARE}\n")
    for words in (["solve", "tsp", "square.txt"], ["evaluate", "tsp", "--data", "square.txt"]):
        started = start(tmp_path, *words, "--solver", "fast-tsp", "--json", "out.json")
        assert (started.code, started.err, started.loads_torch) == (0, "", False)
        assert (tmp_path / "out.json").is_file()


def test_distances_without_coordinates_are_told_in_one_line(checkpoints, tmp_path, ptrnet):
    path = tmp_path / "far.tsp"
    path.write_text(
        "NAME: far\nTYPE: TSP\nDIMENSION: 4\nEDGE_WEIGHT_TYPE: EXPLICIT\n"
        "EDGE_WEIGHT_FORMAT: UPPER_ROW\nEDGE_WEIGHT_SECTION\n1 2 3\n4 5\n6\nEOF\n"
    )
    told = expect_refusal(ptrnet("solve", "tsp", path, "--checkpoint", checkpoints["tsp"]))
    assert "coordinates" in told
