"""`load(...).solve(...)`: the face for Python, with a small model of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any, final

import numpy as np
import pytest
import torch
from matplotlib.collections import LineCollection

from ptrnet_suite import load
from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.model.checkpoint import load_checkpoint, save_checkpoint
from ptrnet_suite.reporting.style import new_figure
from ptrnet_suite.search.base import Hypotheses, Problem, Search
from ptrnet_suite.search.sampling import Greedy
from ptrnet_suite.task.registry import load_task
from tests.networks import make_model


@pytest.fixture
def checkpoint(tmp_path: Path) -> str:
    """A random model for tours."""
    task = load_task("tsp")
    path = tmp_path / "random.safetensors"
    save_checkpoint(path, make_model(task.spec), task, {"sizes": [5, 9]})
    return str(path)


def test_one_set_of_points_gives_one_tour_and_several_give_a_list(checkpoint: str) -> None:
    points = np.random.default_rng(0).random((3, 7, 2))
    solver = load("tsp", checkpoint)
    tours = solver.solve(points)
    assert [sorted(tour) for tour in tours] == [list(range(7))] * 3
    assert np.array_equal(solver.solve(points[0]), tours[0])


def test_solving_repeats_with_its_seed_and_leaves_the_callers_random_numbers_alone(
    checkpoint: str,
) -> None:
    points = np.random.default_rng(0).random((4, 9, 2))
    solver = load("tsp", checkpoint, search="sample:2,temperature=5")
    before = torch.get_rng_state()
    first, again, other = (solver.solve(points, seed=seed) for seed in (1, 1, 2))
    assert torch.equal(torch.get_rng_state(), before)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_sets_of_different_sizes_can_be_solved_together(checkpoint: str) -> None:
    rng = np.random.default_rng(0)
    tours = load("tsp", checkpoint).solve([rng.random((5, 2)), rng.random((8, 2))])
    assert [len(tour) for tour in tours] == [5, 8]


@pytest.mark.parametrize(
    "search",
    [
        "greedy",
        "beam:4",
        "sample:4",
        "multistart/greedy",
        "augment:8/greedy",
        "exhaustive",
        "simulation_guided:2",
    ],
)
@pytest.mark.parametrize(
    "ends",
    [
        {"open": True},
        {"open": True, "start": 2},
        {"end": 4},
        {"start": 0, "end": 3},
        {"start": "5", "end": "1"},
        {"start": 3},
    ],
)
def test_every_search_answers_with_the_ends_asked_for_and_counts_no_edge_between_them(
    checkpoint: str, search: str, ends: dict[str, Any]
) -> None:
    points = np.random.default_rng(0).random((3, 6, 2))
    solver = load("tsp", checkpoint)
    task, instances = solver.task.with_ends(**ends), Instances(points)
    answers = solver.solve(points, search=search, **ends)
    scores = task.evaluate(instances, answers)
    assert (scores["valid"].values == 1).all()
    first, last = ends.get("start"), ends.get("end")
    expected = [None if city is None else int(city) for city in (first, last)]
    for answer in answers:
        assert expected[0] in (None, answer[0])
        assert expected[1] in (None, answer[-1])
    asked = solver.with_ends(**ends).solve(points, search=search)
    assert [answer.tolist() for answer in asked] == [answer.tolist() for answer in answers]


def test_many_starts_find_shorter_paths_than_one(checkpoint: str) -> None:
    points = np.random.default_rng(0).random((20, 7, 2))
    solver, instances = load("tsp", checkpoint).with_ends(open=True, start=1), Instances(points)

    def length(search: str) -> float:
        scores = solver.task.evaluate(instances, solver.solve(points, search=search))
        return float(scores["length"].values.mean())

    assert length("multistart/greedy") < 0.95 * length("greedy")


def test_probability_and_attention_of_a_path_are_told_by_the_cities(checkpoint: str) -> None:
    points = np.random.default_rng(0).random((6, 2))
    solver = load("tsp", checkpoint).with_ends(start=4, end=2)
    best = solver.solutions(points, search="beam:24", n_best=24)
    assert len(best) == 24
    assert sum(np.exp(each.log_probability) for each in best) == pytest.approx(1, abs=1e-4)
    for each in best[:3]:
        told = solver.log_probability(points, each.answer)
        assert told == pytest.approx(each.log_probability, abs=1e-4)
    with pytest.raises(InputError, match="no answer of tsp"):
        solver.log_probability(points, [4, 0, 1, 2, 3, 5])
    seen = solver.attention(points)
    assert seen.positions == ("2", "4", "0", "1", "3", "5")
    assert seen.steps == ("2", *map(str, seen.answer[:-1]))
    collections = solver.plot_attention(points).collections
    drawn = next(each for each in collections if isinstance(each, LineCollection)).get_segments()
    closed = [seen.answer[-1], *seen.answer]
    np.testing.assert_allclose(drawn, [points[closed[at : at + 2]] for at in range(6)])


def test_a_task_without_ends_says_so(saved: Any) -> None:
    with pytest.raises(InputError, match="answers of sorting have no ends to choose"):
        load("sorting", saved("sorting")).solve([3.0, 1.0, 2.0], start=0)


def test_a_tour_does_not_change_when_the_points_are_moved_or_enlarged(checkpoint: str) -> None:
    points = np.random.default_rng(1).random((8, 2))
    points = (points - points.min(0)) / np.ptp(points, axis=0).max()
    solver = load("tsp", checkpoint)
    assert np.array_equal(solver.solve(points), solver.solve(points * 1000 + 5000))


def test_a_solver_tells_its_task_and_draws_answers_and_how_they_came(
    checkpoint: str, tmp_path: Path
) -> None:
    points = np.random.default_rng(0).random((2, 7, 2))
    solver = load("tsp", checkpoint)
    assert solver.task.name == "tsp"
    tour = solver.solve(points[0])
    _, axes = new_figure(1, 2)
    ax = solver.plot(points[0], tour, ax=axes[0, 0])
    assert ax is axes[0, 0]
    np.testing.assert_allclose(ax.lines[0].get_xydata(), points[0][[*tour, tour[0]]])
    told = solver.plot_attention(points[0], ax=axes[0, 1])
    assert told is axes[0, 1]
    places = [tuple(label.xy) for label in told.texts]  # type: ignore[attr-defined]
    assert places == [tuple(points[0][city]) for city in tour]
    path = solver.animate(points[0], tmp_path / "tour.gif", speed=5)
    assert path.read_bytes().startswith(b"GIF8")
    with pytest.raises(InputError, match="2 problems cannot share a picture"):
        solver.plot(points, tour)


@pytest.mark.parametrize(
    ("problem", "told"),
    [
        (np.zeros(3), r"shape \(3,\)"),
        (np.array([[0.0, 0.0], [1.0, float("nan")], [0.5, 0.5]]), "NaN|finite|number"),
        (np.array([[0.0, 0.0], [1.0, 1.0]]), "3"),
        (np.random.default_rng(0).random((5, 3)), r"column|coordinates|\(n, 2\)"),
    ],
)
def test_a_problem_without_an_answer_is_told_in_one_sentence(
    checkpoint: str, problem: np.ndarray, told: str
) -> None:
    with pytest.raises(InputError, match=told) as caught:
        load("tsp", checkpoint).solve(problem)
    assert "\n" not in str(caught.value)


def test_a_checkpoint_of_another_task_is_refused(checkpoint: str) -> None:
    with pytest.raises(InputError, match="is for task 'tsp', not 'convex_hull'"):
        load("convex_hull", checkpoint)


def test_unknown_names_and_files_that_are_no_checkpoints_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no checkpoint 'nowhere'"):
        load("nowhere")
    for name, content in {"empty": b"", "text": b"hello, this is text"}.items():
        path = tmp_path / f"{name}.safetensors"
        path.write_bytes(content)
        with pytest.raises(InputError, match="cannot be read as safetensors"):
            load_checkpoint(path)


@final
class Recording(Search):
    """Greedy, and what sizes the batches had that it was given."""

    def __init__(self) -> None:
        self.sizes: list[int] = []
        self.types: list[torch.dtype] = []

    def find(self, problem: Problem) -> Hypotheses:
        self.sizes.append(problem.batch.size)
        self.types += {weight.dtype for weight in problem.model.parameters()}  # type: ignore[attr-defined]
        return Greedy().find(problem)


def test_a_search_of_ones_own_gets_batches_of_the_size_asked_for(checkpoint: str) -> None:
    points = np.random.default_rng(0).random((5, 6, 2))
    search = Recording()
    solver = load(checkpoint, search=search, batch_size=2)
    tours = solver.solve(points)
    assert search.sizes == [2, 2, 1]
    assert all(map(np.array_equal, tours, load(checkpoint).solve(points, Greedy())))


def test_precision_is_that_of_the_models_layers_and_only_while_they_compute() -> None:
    search = Recording()
    solver = load("g2p", search=search, precision="bfloat16", device="cpu")
    exact = load("g2p", device="cpu").log_probability("HELLO", "HH EH L OW")
    assert isinstance(solver.solve("HELLO"), str)
    assert torch.bfloat16 in search.types
    assert {weight.dtype for weight in solver.checkpoint().model.parameters()} == {torch.float32}
    rough = solver.log_probability("HELLO", "HH EH L OW")
    assert rough != exact
    assert rough == pytest.approx(exact, abs=0.2)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"search": "beem:8"}, "no search 'beem'"),
        ({"search": 3}, "search 3 is neither a name"),
        ({"search": None}, "search None is neither a name"),
        ({"device": "gpu"}, "device 'gpu' cannot be used here"),
        ({"precision": "float8"}, "precision 'float8' is not known"),
        ({"batch_size": 0}, "batch_size is 0"),
        ({"batch_size": 2.5}, "batch_size is 2.5"),
    ],
)
def test_settings_that_are_not_known_are_refused_when_a_solver_is_loaded(
    options: dict[str, Any], told: str, checkpoint: str
) -> None:
    with pytest.raises(InputError, match=told) as caught:
        load(checkpoint, **options)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("seed", [-1, 1.5, None, "1", 2**64])
def test_a_seed_is_a_whole_number(seed: Any, checkpoint: str) -> None:
    with pytest.raises(InputError, match="accepted are whole numbers from 0 on"):
        load(checkpoint).solve(np.random.default_rng(0).random((5, 2)), seed=seed)


def test_a_solver_says_what_it_is(checkpoint: str) -> None:
    assert repr(load(checkpoint, device="cpu", search="beam:3")).startswith(
        "<Solver of tsp with checkpoint random by Beam(width=3"
    )
