"""Several answers to a problem, and how probable a given one is."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from ptrnet_suite import InputError, load

POINTS = np.random.default_rng(3).random((4, 2))
NUMBERS = [0.4, 0.1, 0.8]
TOURS = [[0, *rest] for rest in itertools.permutations([1, 2, 3])]


def test_the_probabilities_of_all_answers_add_up_to_one(saved: Callable[..., str]) -> None:
    tours = load(saved("tsp"), device="cpu")
    assert sum(math.exp(tours.log_probability(POINTS, tour)) for tour in TOURS) == pytest.approx(1)
    sorting = load(saved("sorting"), device="cpu")
    orders = list(itertools.permutations(range(3)))
    several = sorting.log_probability([NUMBERS] * 6, orders)
    assert np.exp(several).sum() == pytest.approx(1)


def test_a_closed_tour_is_as_probable_from_any_city_on(saved: Callable[..., str]) -> None:
    solver = load(saved("tsp"), device="cpu")
    expected = solver.log_probability(POINTS, [0, 2, 3, 1])
    assert isinstance(expected, float)
    for tour in ([2, 3, 1, 0], np.array([3, 1, 0, 2]), torch.tensor([1, 0, 2, 3]), (1.0, 0, 2, 3)):
        assert solver.log_probability(POINTS, tour) == pytest.approx(expected)
    assert solver.log_probability(POINTS, [0, 1, 3, 2]) != pytest.approx(expected)


@pytest.mark.parametrize("name", ["tsp", "sorting", "g2p"])
def test_solutions_tell_the_probability_that_the_model_gives_to_their_choices(
    name: str, saved: Callable[..., str]
) -> None:
    problem: Any = {"sorting": NUMBERS, "g2p": "TEST"}.get(name, POINTS)
    # A random model of texts hardly ends before it is cut off, and then END has no probability.
    solver = load(name if name == "g2p" else saved(name), device="cpu")
    found = solver.solutions(problem, "beam:9", n_best=4)
    assert 1 < len(found) <= 4
    sequences = {tuple(solution.choices.tolist()) for solution in found}
    assert len(sequences) == len(found)
    for solution in found:
        score = solver.log_probability(problem, solution.answer)
        assert solution.log_probability == pytest.approx(score, abs=1e-4)


def test_a_hull_is_as_probable_as_the_choices_that_draw_it_from_its_lowest_corner() -> None:
    solver = load("convex_hull", device="cpu")
    points = np.random.default_rng(0).random((9, 2))
    best = solver.solutions(points, n_best=1)[0]
    assert best.choices[0] == 1 + points[:, 1].argmin()
    score = solver.log_probability(points, np.roll(best.answer, 2))
    assert best.log_probability == pytest.approx(score, abs=1e-4)


def test_the_best_solution_comes_first_and_is_what_solve_gives(saved: Callable[..., str]) -> None:
    tours = load(saved("tsp"), device="cpu")
    found = tours.solutions(POINTS, "beam:24", n_best=6)
    walks = [POINTS[[*one.answer, 0]] for one in found]
    lengths = [float(np.linalg.norm(np.diff(walk, axis=0), axis=1).sum()) for walk in walks]
    assert len(lengths) == 6
    assert lengths == pytest.approx(sorted(lengths))
    assert lengths[0] < lengths[-1] - 0.01
    assert np.array_equal(found[0].answer, tours.solve(POINTS, "beam:24"))
    sorting = load(saved("sorting"), device="cpu")
    chances = [one.log_probability for one in sorting.solutions(NUMBERS, "beam:9", n_best=6)]
    assert len(chances) == 6
    assert chances == sorted(chances, reverse=True)


def test_a_search_that_has_fewer_answers_gives_fewer_and_none_twice(
    saved: Callable[..., str],
) -> None:
    solver = load(saved("tsp"), device="cpu")
    assert len(solver.solutions(POINTS, "greedy", n_best=5)) == 1
    assert len(solver.solutions(POINTS, "beam:2", n_best=5)) == 2
    drawn = solver.solutions(POINTS, "sample:200,temperature=3", n_best=200)
    assert sorted(one.answer.tolist() for one in drawn) == sorted(TOURS)


def test_several_problems_have_lists_of_solutions_in_their_order(
    saved: Callable[..., str],
) -> None:
    solver = load(saved("tsp"), device="cpu")
    problems = [np.random.default_rng(seed).random((size, 2)) for seed, size in enumerate((7, 4))]
    several = solver.solutions(problems, n_best=2)
    assert [[len(one.answer) for one in found] for found in several] == [[7, 7], [4, 4]]
    for problem, found in zip(problems, several, strict=True):
        alone = solver.solutions(problem, n_best=2)
        assert all(np.array_equal(a.answer, b.answer) for a, b in zip(found, alone, strict=True))


def test_an_ensemble_tells_the_mean_probability_of_its_models(saved: Callable[..., str]) -> None:
    names = [saved("text", seed=seed) for seed in (1, 2)]
    both = load("+".join(names), device="cpu")
    each = [load(name, device="cpu") for name in names]
    # Of one letter: the mean is taken at each choice, and an empty answer has one alone.
    mean = np.mean([math.exp(solver.log_probability("ab", "")) for solver in each])
    assert math.exp(both.log_probability("ab", "")) == pytest.approx(float(mean))
    solution = both.solutions("ab", "beam:4", n_best=1)[0]
    score = both.log_probability("ab", solution.answer)
    assert solution.log_probability == pytest.approx(score, abs=1e-4)


IMPOSSIBLE = {
    "tsp": [
        ([0, 1], "stops before it is complete"),
        ([], "stops before it is complete"),
        ([0, 1, 1, 2], "position 1 may not follow there"),
        ([0, 1, 2, 3, 0], "position 0 may not follow there"),
        ([0, 1, 2, 4], "position 4 is none of 0 to 3"),
        ([0, 1, 2, -1], "position -1 is none of 0 to 3"),
        ([0.5, 1, 2, 3], "positions are whole numbers"),
        ([[0, 1, 2, 3], [1, 2]], "accepted is what solve gives"),
        ("0123", "accepted is what solve gives"),
        (None, "accepted is what solve gives"),
    ],
    "convex_hull": [
        ([0, 1], "it may not end there"),
        ([1, 1, 2], "position 1 may not follow there"),
    ],
    "text": [
        ("a+b", r"has the character '\+'"),
        (3, "accepted is what solve gives"),
        (np.array([1, 2]), "accepted is what solve gives"),
    ],
}


@pytest.mark.parametrize(
    ("name", "answer", "sentence"),
    [(name, *pair) for name, pairs in IMPOSSIBLE.items() for pair in pairs],
)
def test_an_answer_that_cannot_be_is_refused_in_one_sentence(
    name: str, answer: Any, sentence: str, saved: Callable[..., str]
) -> None:
    problem: Any = "abc" if name == "text" else POINTS
    with pytest.raises(InputError, match=sentence) as caught:
        load(saved(name), device="cpu").log_probability(problem, answer)
    assert f"is no answer of {name}" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_each_of_several_problems_needs_an_answer(saved: Callable[..., str]) -> None:
    solver = load(saved("tsp"), device="cpu")
    with pytest.raises(InputError, match="1 answers to 2 problems"):
        solver.log_probability([POINTS, POINTS], [TOURS[0]])
    with pytest.raises(InputError, match="the number 3 is no list of answers"):
        solver.log_probability([POINTS, POINTS], 3)
    with pytest.raises(InputError, match="answer 2, "):
        solver.log_probability([POINTS, POINTS], [TOURS[0], [0, 1]])


@pytest.mark.parametrize("n_best", [0, -1, 1.5, True, None])
def test_a_number_of_solutions_is_a_whole_one(n_best: Any, saved: Callable[..., str]) -> None:
    with pytest.raises(InputError, match="accepted are whole numbers from 1 on"):
        load(saved("tsp"), device="cpu").solutions(POINTS, n_best=n_best)
