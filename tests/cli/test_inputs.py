"""Files and checkpoints that the command line opens: what cannot be used is told in one line."""

from __future__ import annotations

import gzip
import json
import os
import pickle
from time import process_time

import numpy as np
import pytest

from tests.cli.refusals import expect_refusal
from tests.cli.test_main import start

SQUARE = "0 0 1 0 1 1 0 1 0.4 0.5"


resource = pytest.importorskip("resource")


def peak() -> int:
    """The most memory that this process ever had, in bytes."""
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


class Evil:
    def __reduce__(self):
        return (print, ("this must never run",))


EXPLICIT = (
    "TYPE: TSP\nDIMENSION: {}\nEDGE_WEIGHT_TYPE: EXPLICIT\nEDGE_WEIGHT_FORMAT: FULL_MATRIX\n"
    "EDGE_WEIGHT_SECTION\n0 1 1 0\nEOF\n"
)

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
    "cities that are not there": ("tsp", "p.tsp", EXPLICIT.format(30_000)),
    "ten million cities": ("tsp", "p.tsp", EXPLICIT.format(10**7)),
    "an integer of 5,000 digits": ("tsp", "p.tsp", EXPLICIT.format("9" * 5000)),
    "a superscript two for a size": ("tsp", "p.tsp", EXPLICIT.format("²")),
    "a position of 5,000 digits": ("tsp", "p.txt", f"{SQUARE} output 1 2 3 4 {'9' * 5000} 1\n"),
    "5,000 digits and a letter": ("tsp", "p.txt", f"{'9' * 5000}x 0 1 0\n"),
    "an index that takes gigabytes": ("tsp", "p.pkl", b"\x80\x02]r\xff\xff\xff\x7f."),
    "declared bytes": ("tsp", "p.pkl", b"\x80\x05\x96" + b"\0" * 5 + b"\1\0\0."),
    "gzip that unpacks to 300 MB": ("tsp", "p.csv.gz", gzip.compress(bytes(3 * 10**8), 1)),
    "an order that does not fit": ("sorting", "p.csv", "1,²\n"),
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
    before, start_of_it = peak(), process_time()
    told = expect_refusal(ptrnet(command, task, *data, "--checkpoint", checkpoints[task]))
    assert len(told) < 1200
    assert process_time() - start_of_it < 10
    assert peak() - before < 10**9


def test_what_is_no_regular_file_is_told_in_one_line(checkpoints, tmp_path, ptrnet):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "endless.csv").symlink_to("/dev/zero")
    for name in ("pipe", "endless.csv"):
        for task in ("tsp", "convex_hull", "sorting"):
            words = ("solve", task, tmp_path / name, "--checkpoint", checkpoints[task])
            assert name in expect_refusal(ptrnet(*words))


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


def test_what_no_model_reads_is_left_out_of_a_folder_and_named(checkpoints, tmp_path, ptrnet):
    """Distances without coordinates stop nothing, unless there is nothing else."""
    folder, out = tmp_path / "cities", tmp_path / "out.json"
    folder.mkdir()
    (folder / "far.csv").write_text("0,5,2,9\n5,0,3,5\n2,3,0,4\n9,5,4,0\n")
    (folder / "near.txt").write_text("0 0 1 0 1 1 0 1\n")
    for command in (("solve", "tsp", folder), ("evaluate", "tsp", "--data", folder)):
        ran = ptrnet(*command, "--checkpoint", checkpoints["tsp"], "--json", out)
        assert ran.code == 0
        assert "note: left out, for want of the coordinates that a model reads: " in ran.err
        assert "far.csv" in ran.err
        found = json.loads(out.read_text())
        assert (found["count"], found["data"]["of"]) == (1, 2)
    assert ptrnet("solve", "tsp", folder, "--solver", "exact").err == ""
    (folder / "near.txt").unlink()
    expect_refusal(ptrnet("solve", "tsp", folder, "--checkpoint", checkpoints["tsp"]))
