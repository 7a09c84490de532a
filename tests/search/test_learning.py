"""How searches learn: samples, gradients, and what they refuse to learn from."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from ptrnet_tasks.sorting.task import Sorting
from torch import Tensor

from ptrnet_suite.errors import InputError
from ptrnet_suite.model.ensemble import Ensemble
from ptrnet_suite.search import learning
from ptrnet_suite.search.active_search import ActiveSearch
from ptrnet_suite.search.base import Problem
from ptrnet_suite.search.efficient_active_search import EfficientActiveSearch
from ptrnet_suite.search.learning import LearningSearch, SearchTask
from ptrnet_suite.search.rollout import equivalent_starts
from ptrnet_suite.search.streams import Streams
from tests.networks import SPECS, make_batch, make_model
from tests.search.learners import KINDS, SIZES, TSP, find


def lesson_of(samples: int) -> SearchTask:
    """A small lesson on two instances."""
    spec, constraint = SPECS["tour"]
    model, batch = make_model(spec).requires_grad_(False), make_batch(spec, [6, 4])
    streams = Streams.of(0, range(2), torch.device("cpu"))
    problem = Problem(model, batch, constraint, streams, TSP.cost)
    return SearchTask(problem, equivalent_starts(constraint, batch, 6), samples)


@pytest.mark.parametrize("samples", [3, 6, 14])
def test_samples_are_spread_over_the_starts(samples: int) -> None:
    search_task = lesson_of(samples)
    model, batch = search_task.problem.model, search_task.problem.batch
    drawn = [
        search_task.answers(
            model,
            model.encode(batch),
            lambda scores: scores.argmax(1),
            search_task.problem.streams.child(number),
        ).choices
        for number in range(9)
    ]
    for choices in drawn:
        often = choices[0, :, 0].bincount(minlength=6)
        assert int(often.max() - often.min()) <= 1
        assert set(choices[1, :, 0].tolist()) <= set(range(4))
    assert set(torch.cat(drawn, 1)[0, :, 0].tolist()) == set(range(6))


def first_gradients(
    search: LearningSearch, cells: int, monkeypatch: pytest.MonkeyPatch
) -> list[Tensor]:
    """What the first updates go by."""
    monkeypatch.setattr(learning, "CELLS", cells)
    seen: list[Tensor] = []

    def look(optimiser: torch.optim.Adam) -> None:
        parameters = optimiser.param_groups[0]["params"]
        seen.extend(part.grad.clone() for part in parameters if part.grad is not None)

    monkeypatch.setattr(torch.optim.Adam, "step", look)
    find(search)
    return seen


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_in_parts_are_the_gradient(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    search = replace(KINDS[kind], steps=1, imitation=0.1)
    whole, parts = (first_gradients(search, cells, monkeypatch) for cells in (2**21, 1))
    assert sum(float(part.abs().sum()) for part in whole) > 0
    for one, other in zip(whole, parts, strict=True):
        torch.testing.assert_close(one, other, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("kind", ["embedding", "layer"])
def test_an_instance_learns_nothing_from_its_company(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        LearningSearch,
        "_weights",
        lambda search, costs: torch.nn.functional.pad(costs, (1, 0)) * torch.eye(3)[:, :1],
    )
    parts = first_gradients(replace(KINDS[kind], steps=1), 2**21, monkeypatch)
    assert all(len(part) == len(SIZES) for part in parts)
    assert all(not part[1:].any() for part in parts)
    assert any(part[0].any() for part in parts)


def test_tasks_without_a_cost_are_refused() -> None:
    model, batch = make_model(Sorting().spec), make_batch(Sorting().spec, [4])
    for told in (Sorting().cost, None):
        with pytest.raises(InputError, match="whose answers' cost can be told without a known"):
            ActiveSearch(1)(model, batch, Sorting().constraint(), cost=told)


def test_a_model_without_anything_encoded_to_train_is_refused() -> None:
    with pytest.raises(InputError, match="adapt=layer"):
        find(EfficientActiveSearch(1), "text", "gru unattended")


def test_a_samples_weight_is_what_it_costs_above_the_mean_of_its_instance() -> None:
    costs = torch.tensor([[1.0, 2.0, 6.0], [4.0, 4.0, 1.0]])
    found = ActiveSearch(1, imitation=0.25)._weights(costs)
    expected = [[-0.25, -2 / 3, -1 / 3, 3 / 3], [-0.25, 1 / 3, 1 / 3, -2 / 3]]
    torch.testing.assert_close(found, torch.tensor(expected))


@pytest.mark.parametrize("kind", [ActiveSearch, EfficientActiveSearch])
def test_an_answer_must_have_another_to_be_held_against(kind: type[LearningSearch]) -> None:
    with pytest.raises(InputError, match="samples=1 leaves an answer nothing to be held against"):
        kind(1, samples=1)
    for samples in (0, 2):
        search = kind(1, samples=samples)
        assert search.learns
        assert search.hypotheses_at(7) == 7
    assert kind(1, samples=9).hypotheses_at(7) == 9


@pytest.mark.parametrize("kind", KINDS)
def test_every_update_goes_by_its_own_gradient_alone(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nothing but the incumbent is learned, nothing is cheaper, and weights hardly move.
    monkeypatch.setattr(
        LearningSearch, "_weights", lambda search, costs: -torch.eye(1, costs.shape[1] + 1)
    )
    seen: list[list[Tensor]] = []

    def look(optimiser: torch.optim.Adam) -> None:
        parameters = optimiser.param_groups[0]["params"]
        seen.append([part.grad.clone() for part in parameters if part.grad is not None])

    monkeypatch.setattr(torch.optim.Adam, "step", look)
    spec, constraint = SPECS["tour"]
    model, batch = make_model(spec), make_batch(spec, [5])
    search = replace(KINDS[kind], steps=2, samples=4)
    generator = torch.Generator().manual_seed(0)
    search(model, batch, constraint, generator, lambda _, made: torch.ones(made.shape[:2]))
    assert len(seen) == 2
    assert sum(float(part.abs().sum()) for part in seen[0]) > 0
    for one, other in zip(*seen, strict=True):
        torch.testing.assert_close(one, other, atol=1e-5, rtol=1e-4)


def test_a_view_of_a_model_has_no_weights_to_train() -> None:
    spec, constraint = SPECS["tour"]
    model, batch = make_model(spec), make_batch(spec, [4])
    for search in (ActiveSearch(1), EfficientActiveSearch(1)):
        with pytest.raises(InputError, match="needs the model itself, not a view of it"):
            search(Ensemble([model, model]), batch, constraint, cost=TSP.cost)
