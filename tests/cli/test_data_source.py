"""Standard input, folders and samples: the same answers as from a file, under names that tell."""

from __future__ import annotations

import hashlib
import io
import json
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from ptrnet_tasks.sorting.task import Sorting
from ptrnet_tasks.tsp.task import TravellingSalesman

from ptrnet_suite.cli.data_source import Selection, read_data
from ptrnet_suite.errors import InputError
from tests.cli.refusals import expect_refusal

TSP = TravellingSalesman()


@pytest.fixture
def piped(monkeypatch):
    """Gives bytes to standard input."""

    def pipe(content: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(content)))

    return pipe


def told(ptrnet, out, *words):
    ran = ptrnet(*words, "--json", out)
    assert (ran.code, ran.err) == (0, "")
    return json.loads(out.read_text())


@pytest.mark.parametrize("suffix", [".txt", ".npz", ".pkl"])
def test_standard_input_is_read_like_a_file(suffix, piped, checkpoints, tmp_path, ptrnet):
    path, out = tmp_path / f"cities{suffix}", tmp_path / "out.json"
    TSP.formats.write(TSP.label(TSP.generate(7, 3, 0)), path)
    options = ("--checkpoint", checkpoints["tsp"])
    from_file = told(ptrnet, out, "solve", "tsp", path, *options)
    piped(path.read_bytes())
    from_pipe = told(ptrnet, out, "solve", "tsp", "-", *options)
    assert from_pipe["answers"] == from_file["answers"]
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert from_pipe["data"] == {"path": "-", "sha256": digest}


def test_lines_of_text_come_from_standard_input_without_a_checkpoint(piped, ptrnet):
    piped(b"HELLO\nABLE\n")
    ran = ptrnet("solve", "text", "-")
    assert (ran.code, ran.err) == (0, "")
    assert [line.split()[1] for line in ran.out.splitlines() if " -> " in line] == ["HELLO", "ABLE"]


def test_a_fault_of_standard_input_names_it_and_no_copy(piped, checkpoints, ptrnet):
    piped(b"0 0 1 0 1 1 0\n")
    line = expect_refusal(ptrnet("solve", "tsp", "-", "--checkpoint", checkpoints["tsp"]))
    assert "standard input" in line
    assert "/" not in line.partition("standard input")[0]
    piped(b"")
    expect_refusal(ptrnet("solve", "tsp", "-", "--checkpoint", checkpoints["tsp"]))


def test_a_folder_is_its_files_in_the_order_of_their_names(checkpoints, tmp_path, ptrnet):
    folder, out = tmp_path / "cities", tmp_path / "out.json"
    folder.mkdir()
    several, single = TSP.generate(6, 2, 1), TSP.label(TSP.generate(8, 1, 2))
    TSP.formats.write(single, folder / "b.txt")
    TSP.formats.write(several, folder / "a.npz")
    (folder / "notes.csv").write_text("no, numbers\nat all\n")
    (folder / ".hidden").write_text("\0")
    options = ("--checkpoint", checkpoints["tsp"], "--json", out)
    ran = ptrnet("solve", "tsp", folder, *options)
    assert ran.code == 0
    assert ran.err.count("\n") == 1
    assert "skipped what cannot be read: notes.csv" in ran.err
    solved = json.loads(out.read_text())
    assert [row["name"] for row in solved["answers"]] == ["a.npz:1", "a.npz:2", "b.txt"]
    digest = hashlib.sha256((folder / "a.npz").read_bytes() + (folder / "b.txt").read_bytes())
    assert solved["data"]["sha256"] == digest.hexdigest()
    alone = [told(ptrnet, out, "solve", "tsp", folder / name, *options[:2]) for name in
             ("a.npz", "b.txt")]  # fmt: skip
    for of in ("answer", "metrics"):
        assert [row[of] for row in solved["answers"]] == [
            row[of] for each in alone for row in each["answers"]
        ]
    assert solved["metrics"]["gap"]["reference"] == "exact and the file's solution"


def test_a_folder_without_anything_to_read_is_refused(checkpoints, tmp_path, ptrnet):
    (tmp_path / "words.csv").write_text("no, numbers\nat all\n")
    options = ("--checkpoint", checkpoints["tsp"])
    line = expect_refusal(ptrnet("solve", "tsp", tmp_path, *options))
    assert "words.csv cannot be read" in line
    (tmp_path / "empty").mkdir()
    line = expect_refusal(ptrnet("evaluate", "tsp", "--data", tmp_path / "empty", *options))
    assert "holds no file that tsp reads" in line


def test_a_sample_is_drawn_by_the_seed_from_the_whole_file_in_its_order(tmp_path):
    task, path = Sorting(), tmp_path / "numbers.npz"
    task.formats.write(task.generate(4, 200, 0), path)
    whole = read_data(task, path, path, Selection())
    assert whole.facts.keys() == {"path", "sha256"}
    names = {
        seed: [
            int(name)
            for name in read_data(task, path, path, Selection(20, seed)).instances.names or ()
        ]
        for seed in (0, 0, 1, 2, 3)
    }
    for seed, numbers in names.items():
        data = read_data(task, path, path, Selection(20, seed))
        assert numbers == sorted(set(numbers))
        assert len(numbers) == 20
        rows = [np.asarray(whole.instances.inputs[number - 1]) for number in numbers]
        np.testing.assert_array_equal(np.array(rows), np.array(list(data.instances.inputs)))
        assert data.facts["of"] == 200
        assert data.title == f"20 of the 200 instances of numbers.npz, drawn with seed {seed}"
    assert len({tuple(numbers) for numbers in names.values()}) == 4
    drawn = np.concatenate([*names.values()])
    assert drawn.min() <= 20
    assert drawn.max() > 180
    assert read_data(task, path, path, Selection(200)).instances.names is None


def test_a_source_that_is_not_there_is_refused(tmp_path):
    missing = tmp_path / "missing.txt"
    with pytest.raises(InputError, match=r"missing\.txt cannot be read: No such file"):
        read_data(TSP, missing, missing, Selection())
