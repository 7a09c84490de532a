"""Which checkpoint a solver takes, and which names it refuses."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from ptrnet_suite import InputError, load
from ptrnet_suite.model.checkpoint import load_checkpoint
from ptrnet_suite.model.checkpoint_files import shipped_headers
from ptrnet_suite.studies.solver.checkpoints import CheckpointChoice


def test_each_problem_goes_to_the_checkpoint_of_its_size_and_answers_keep_their_order() -> None:
    rng = np.random.default_rng(0)
    problems = [rng.random((size, 2)) for size in (50, 8, 20, 50)]
    solver = load("tsp", device="cpu")
    names = [solver.checkpoint(len(points)).name for points in problems]
    assert len(set(names)) == 2
    expected = [
        load(name, device="cpu").solve(points) for name, points in zip(names, problems, strict=True)
    ]
    assert all(map(np.array_equal, solver.solve(problems), expected))
    chances = solver.log_probability(problems, expected)
    alone = [load(*pair).log_probability for pair in zip(names, strict=True)]
    each = [score(*pair) for score, *pair in zip(alone, problems, expected, strict=True)]
    assert chances == pytest.approx(each, abs=1e-4)


def test_texts_of_all_lengths_go_to_checkpoints_of_one_problem() -> None:
    choice = CheckpointChoice("text", None, torch.device("cpu"))
    parts = choice.by_size(np.array([3, 200, 4, 30]))
    problems = {shipped_headers()[part.name]["options"]["problem"] for part, _ in parts}
    assert len(problems) == 1
    assert sorted(index for _, indices in parts for index in indices) == [0, 1, 2, 3]


def test_a_checkpoint_is_taken_by_name_file_folder_or_as_it_was_loaded(
    saved: Callable[..., str], tmp_path: Path
) -> None:
    path = Path(saved("tsp"))
    folder = tmp_path / "run"
    folder.mkdir()
    shutil.copy(path, folder / "best.safetensors")
    points = np.random.default_rng(1).random((7, 2))
    expected = load(str(path), device="cpu").solve(points)
    loaded: list[Any] = [path, folder, str(folder), load_checkpoint(path)]
    for given in loaded:
        assert np.array_equal(load(given, device="cpu").solve(points), expected)
        assert np.array_equal(load("tsp", given, device="cpu").solve(points), expected)
    assert load("tsp20", device="cpu").checkpoint().name == "tsp20"


def test_several_checkpoints_joined_by_a_plus_answer_together(saved: Callable[..., str]) -> None:
    names = saved("text", seed=1), saved("text", seed=2)
    both = load("text", "+".join(names), device="cpu")
    assert both.checkpoint().name == "+".join(Path(name).stem for name in names)
    assert isinstance(both.solve("abc"), str)
    same = load(f"{names[0]}+{names[0]}", device="cpu")
    assert same.solve("abcde") == load(names[0], device="cpu").solve("abcde")
    with pytest.raises(InputError, match="trains one model, and 2 answer together"):
        both.solve("abc", "active_search:2")
    with pytest.raises(InputError, match="trains one model, and 2 answer together"):
        load("+".join(names), search="active_search:2")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("tps",), "no task and no checkpoint 'tps'; did you mean 'tsp'"),
        (("tsp21",), "did you mean 'tsp20'"),
        (("tsp", "tsp21"), "no checkpoint 'tsp21'; did you mean 'tsp20'"),
        (("tsp20", "tsp20"), "no task 'tsp20'; did you mean 'tsp'"),
        (("tsp20+tsp21",), "no checkpoint 'tsp21'"),
        (("tsp20+sorting",), "cannot answer together"),
        (("tsp", "sorting"), "is for task 'sorting', not 'tsp'"),
        ((None,), "None names no solver"),
        (("tsp", 3), "3 names no solver"),
    ],
)
def test_names_that_are_not_known_are_refused_when_they_are_loaded(
    arguments: tuple[Any, ...], sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence) as caught:
        load(*arguments)
    assert "\n" not in str(caught.value)


def test_a_folder_without_a_checkpoint_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"holds no best\.safetensors"):
        load(tmp_path)
