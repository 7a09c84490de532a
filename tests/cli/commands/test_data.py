"""`ptrnet data`: what it writes can be read with its solutions."""

from __future__ import annotations

import numpy as np
import pytest

from ptrnet_suite.cli.commands import data
from ptrnet_suite.task.registry import load_task

GENERATE = ("--size", "6", "--count", "5", "--seed", "3")


@pytest.mark.parametrize(
    ("task", "suffix"),
    [
        ("tsp", ".npz"),
        ("tsp", ".txt"),
        ("convex_hull", ".npz"),
        ("convex_hull", ".txt"),
        ("sorting", ".npz"),
        ("text", ".tsv"),
    ],
)
def test_what_data_writes_can_be_read_with_its_solutions(task, suffix, tmp_path, ptrnet):
    out = tmp_path / "new folder" / f"made{suffix}"
    ran = ptrnet("data", task, *GENERATE, "--out", out)
    assert (ran.code, ran.err) == (0, "")
    known = load_task(task)
    read, made = known.formats.read(out), known.generate(6, 5, 3)
    assert len(read) == 5
    for ours, theirs in zip(read.inputs, made.inputs, strict=True):
        if isinstance(theirs, str):
            assert ours == theirs
        else:
            np.testing.assert_allclose(ours, theirs, atol=1e-12)
    assert read.solutions is not None
    first = [one[0] if task == "text" else one for one in read.solutions]
    metric, best = ("gap", 0.0) if task == "tsp" else ("exact", 1.0)
    score = known.evaluate(known.label(made), first)[metric]
    np.testing.assert_allclose(score.values, np.full(5, best), atol=1e-9)


def test_same_seed_same_points_another_seed_others(tmp_path, ptrnet):
    found = []
    for seed in ("1", "1", "2"):
        words = ("data", "tsp", "--size", "6", "--count", "4", "--seed", seed)
        assert ptrnet(*words, "--no-label", "--out", tmp_path / "points.npz").code == 0
        found.append(load_task("tsp").formats.read(tmp_path / "points.npz"))
    np.testing.assert_array_equal(found[0].inputs, found[1].inputs)
    assert np.abs(np.asarray(found[0].inputs) - np.asarray(found[2].inputs)).max() > 0.01
    assert found[0].solutions is None


def test_several_processes_label_like_one(monkeypatch):
    monkeypatch.setattr(data, "CHUNK", 4)
    monkeypatch.setattr(data, "WORTHWHILE", 0.0)
    task = load_task("sorting")
    instances = task.generate(7, 10, seed=2)
    alone, together = (data.labelled(task, instances, processes) for processes in (1, 2))
    assert len(together.solutions) == 10
    np.testing.assert_array_equal(np.asarray(alone.solutions), np.asarray(together.solutions))
    np.testing.assert_array_equal(
        np.asarray(together.solutions), np.asarray(task.label(instances).solutions)
    )


def test_labels_of_different_lengths_stay_in_order(monkeypatch):
    monkeypatch.setattr(data, "CHUNK", 3)
    task = load_task("convex_hull")
    instances = task.generate(9, 8, seed=2)
    for ours, theirs in zip(
        data.labelled(task, instances, 1).solutions, task.label(instances).solutions, strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)


def test_an_option_of_the_task_is_passed_on(tmp_path, ptrnet):
    out = tmp_path / "copies.tsv"
    assert ptrnet("data", "text", "--option", "problem=copy", *GENERATE, "--out", out).code == 0
    for line in out.read_text().splitlines():
        source, target = line.split("\t")
        assert source == target


@pytest.mark.parametrize(
    "words",
    [
        ("tsp", "--distribution", "cubic", "--out", "points.npz"),
        ("tsp", "--out", "points.docx"),
        ("text", "--option", "problem", "--out", "text.tsv"),
        ("text", "--option", "colour=red", "--out", "text.tsv"),
        ("text", "--option", "problem=poems", "--out", "text.tsv"),
    ],
    ids=" ".join,
)
def test_what_cannot_be_generated_is_told_in_one_line(words, tmp_path, monkeypatch, ptrnet):
    monkeypatch.chdir(tmp_path)
    task, *options = words
    ran = ptrnet("data", task, *GENERATE, *options)
    assert ran.code == 2
    assert ran.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
