"""Searches that learn: their answers, what they leave as it was, and what they refuse."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from ptrnet_suite import runtime
from ptrnet_suite.checkpoint import Checkpoint
from ptrnet_suite.data import Batch, Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.evaluation import solve_instances, warm_up
from ptrnet_suite.search import learning
from ptrnet_suite.search.active_search import ActiveSearch
from ptrnet_suite.search.base import Problem, Search
from ptrnet_suite.search.efficient_active_search import EfficientActiveSearch
from ptrnet_suite.search.learning import LearningSearch, Lesson
from ptrnet_suite.search.sampling import Greedy
from ptrnet_suite.search.spec import parse_search
from ptrnet_suite.search.wrappers import Augment, Multistart
from ptrnet_suite.training.pomo import equivalent_starts
from tasks.sorting.task import Sorting
from tasks.tsp.task import TravellingSalesman
from tests.networks import DECODERS, SPECS, every_sequence, make_batch, make_model, one_of, score_of

TSP = TravellingSalesman()
SIZES = [6, 4, 5]
KINDS: dict[str, LearningSearch] = {
    "active": ActiveSearch(3, learning_rate=0.01),
    "embedding": EfficientActiveSearch(3, learning_rate=0.05),
    "layer": EfficientActiveSearch(3, learning_rate=0.05, adapt="layer"),
}


class Told:
    """A cost that remembers what it was asked and what it said."""

    def __init__(self, cost: learning.Cost = TSP.cost) -> None:
        self.cost, self.choices, self.costs = cost, list[Tensor](), list[Tensor]()

    def __call__(self, batch: Batch, choices: Tensor) -> Tensor | None:
        found = self.cost(batch, choices)
        assert found is not None
        self.choices.append(choices)
        self.costs.append(found)
        return found


def uneven(batch: Batch, choices: Tensor) -> Tensor:
    """Some cost that depends on every choice and its place, whatever the padding behind."""
    weights = torch.arange(1, choices.shape[2] + 1) ** 1.5
    return (torch.sin(choices * weights) * (choices > 0)).sum(2)


def find(search: Search, name: str = "tour", decoder: str = "glimpse", seed: int = 0) -> tuple:  # type: ignore[type-arg]
    """What a search finds, the cost's record, model, batch and constraint."""
    spec, constraint = SPECS[name]
    model, batch = make_model(spec, decoder), make_batch(spec, SIZES)
    told = Told(TSP.cost if name == "tour" else uneven)
    generator = torch.Generator().manual_seed(seed)
    found = search(model, batch, constraint, generator, told, TSP.symmetries)
    return found, told, model, batch, constraint


@pytest.mark.parametrize("decoder", DECODERS)
@pytest.mark.parametrize("kind", KINDS)
@torch.inference_mode()
def test_tours_are_tours_no_longer_than_the_best_greedy_one(kind: str, decoder: str) -> None:
    found, _, model, batch, constraint = find(KINDS[kind], decoder=decoder)
    begun = Multistart(Greedy())(model, batch, constraint, cost=TSP.cost)
    assert (TSP.cost(batch, found.choices) <= TSP.cost(batch, begun.choices)[:, :1] + 1e-6).all()
    for index, size in enumerate(SIZES):
        choices = found.choices[index, 0].tolist()
        assert sorted(choices[:size]) == list(range(size))
        assert choices[0] == 0
        assert not any(choices[size:])
        score = score_of(model, one_of(batch, index), constraint, choices[:size])
        assert float(found.log_probabilities[index, 0]) == pytest.approx(score, abs=1e-3)


@pytest.mark.parametrize("name", ["hull", "sorting", "text"])
@pytest.mark.parametrize("kind", KINDS)
def test_where_starts_are_not_equivalent_answers_are_answers_too(kind: str, name: str) -> None:
    for decoder in ("glimpse", "lstm fed"):
        found, _, model, batch, constraint = find(KINDS[kind], name, decoder)
        greedy = Greedy()(model, batch, constraint)
        assert (uneven(batch, found.choices) <= uneven(batch, greedy.choices) + 1e-6).all()
        for index in range(len(SIZES)):
            one, choices = one_of(batch, index), found.choices[index, 0].tolist()
            every = every_sequence(one, constraint, model.choices_of(one))
            (made,) = (
                known
                for known in every
                if known == choices[: len(known)] and not any(choices[len(known) :])
            )
            score = score_of(model, one, constraint, made)
            assert float(found.log_probabilities[index, 0]) == pytest.approx(score, abs=1e-3)
            ends = constraint.ends and made[-1] == 0
            assert int(found.lengths[index, 0]) == len(made) - ends


@pytest.mark.parametrize(
    "search",
    [
        ActiveSearch(24, samples=16, learning_rate=0.01),
        EfficientActiveSearch(24, samples=16, learning_rate=0.1, imitation=0),
        EfficientActiveSearch(24, samples=16, learning_rate=0.1, imitation=0, adapt="layer"),
    ],
)
def test_what_is_drawn_grows_cheaper(search: LearningSearch) -> None:
    spec, constraint = SPECS["tour"]
    model, batch, told = make_model(spec), make_batch(spec, [9]), Told()
    search(model, batch, constraint, torch.Generator().manual_seed(0), told)
    means = [float(costs.mean()) for costs in told.costs if costs.shape[1] == search.samples]
    assert len(means) == search.steps
    assert np.mean(means[-6:]) < 0.9 * np.mean(means[:6])


@pytest.mark.parametrize("kind", KINDS)
def test_where_all_costs_are_equal_imitation_makes_the_incumbent_certain(kind: str) -> None:
    spec, constraint = SPECS["tour"]
    model, batch = make_model(spec), make_batch(spec, [7])
    told = Told(lambda batch, choices: torch.ones(choices.shape[:2]))
    search = replace(KINDS[kind], steps=20, samples=20, imitation=1.0, learning_rate=0.05)
    found = search(model, batch, constraint, torch.Generator().manual_seed(0), told)
    drawn = [choices for choices in told.choices if choices.shape[1] == 20]
    share = [float((each == found.choices).all(2).float().mean()) for each in drawn]
    # Only the samples from the incumbent's own start, one in seven, learn to repeat it.
    assert np.mean(share[-5:]) > np.mean(share[:5]) + 0.03


@pytest.mark.parametrize("kind", KINDS)
def test_small_tours_are_solved(kind: str) -> None:
    instances = TSP.generate(7, 3, 3)
    known = TSP.label(instances).solutions
    model = make_model(TSP.spec)
    search = replace(KINDS[kind], steps=15, samples=28, learning_rate=0.003)
    begun, found = (
        solve_instances(model, TSP, instances, how, generator=torch.Generator())
        for how in (Multistart(Greedy()), search)
    )
    begun, found, known = (
        TSP.evaluate(instances, tours)["length"].values for tours in (begun, found, known)
    )
    assert (begun > known + 1e-6).all()
    np.testing.assert_allclose(found, known, rtol=1e-6)


@pytest.mark.parametrize("text", ["active_search:2", "efficient_active_search:2,adapt=layer"])
def test_the_model_stays_as_it_was(text: str) -> None:
    model = make_model(TSP.spec, "lstm").train()
    next(iter(model.parameters())).requires_grad_(False)
    before, rng = deepcopy(model), np.random.default_rng(0)
    mixed = Instances([rng.random((size, 2)) for size in SIZES])
    tours = solve_instances(model, TSP, mixed, parse_search(text), batch_size=2)
    assert [sorted(tour) for tour in tours] == [list(range(size)) for size in SIZES]
    assert model.training
    assert type(model.head) is type(before.head)
    for now, then in zip(model.parameters(), before.parameters(), strict=True):
        assert torch.equal(now, then)
        assert now.requires_grad == then.requires_grad
        assert now.grad is None


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_draws_the_same_and_another_does_not(kind: str) -> None:
    drawn = []
    for seed in (3, 3, 4):
        torch.manual_seed(len(drawn))
        told = find(KINDS[kind], seed=seed)[1]
        drawn.append(torch.cat([costs.flatten() for costs in told.costs]))
    assert torch.equal(drawn[0], drawn[1])
    assert not torch.equal(drawn[0], drawn[2])


@pytest.mark.parametrize("kind", KINDS)
def test_however_high_the_learning_rate_answers_stay_valid(kind: str) -> None:
    found, _, model, batch, constraint = find(replace(KINDS[kind], steps=6, learning_rate=1e30))
    begun = Multistart(Greedy())(model, batch, constraint, cost=TSP.cost)
    assert (TSP.cost(batch, found.choices) <= TSP.cost(batch, begun.choices)[:, :1] + 1e-6).all()
    for index, size in enumerate(SIZES):
        assert sorted(found.choices[index, 0, :size].tolist()) == list(range(size))


def test_augmented_views_are_judged_together() -> None:
    found, _, model, batch, constraint = find(Augment(KINDS["embedding"], 3))
    costs = TSP.cost(batch, found.choices)
    assert costs.shape[1] == 3
    assert (costs[:, 1:] >= costs[:, :-1]).all()
    begun = Augment(Multistart(Greedy()), 3)(
        model, batch, constraint, cost=TSP.cost, symmetries=TSP.symmetries
    )
    assert (costs[:, 0] <= TSP.cost(batch, begun.choices)[:, 0] + 1e-6).all()


def lesson_of(samples: int) -> Lesson:
    """A small lesson on two instances."""
    spec, constraint = SPECS["tour"]
    model, batch = make_model(spec).requires_grad_(False), make_batch(spec, [6, 4])
    problem = Problem(model, batch, constraint, torch.Generator().manual_seed(0), TSP.cost)
    return Lesson(problem, equivalent_starts(constraint, batch, 6), samples)


@pytest.mark.parametrize("samples", [3, 6, 14])
def test_samples_are_spread_over_the_starts(samples: int) -> None:
    lesson = lesson_of(samples)
    model, batch = lesson.problem.model, lesson.problem.batch
    drawn = [
        lesson.answers(model, model.encode(batch), lambda scores: scores.argmax(1)).choices
        for _ in range(9)
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
    monkeypatch.setattr(learning, "fast_bfloat16", lambda device: False)
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


def test_only_one_batch_of_greedy_answers_warms_up_what_learns() -> None:
    task = TravellingSalesman()
    checkpoint = Checkpoint(make_model(TSP.spec), task, {}, Path("none"), "none", "", 0)
    sizes: list[int] = []

    class Watched(EfficientActiveSearch):
        """Remembers whether it was asked."""

        def find(self, problem: Problem) -> learning.Hypotheses:
            sizes.append(problem.batch.size)
            return super().find(problem)

    warm_up(checkpoint, TSP.generate(5, 3, 0), Augment(Watched(1), 2))
    assert not sizes


@pytest.mark.parametrize(("flags", "fast"), [({"avx2"}, False), ({"avx2", "amx_bf16"}, True)])
def test_bfloat16_is_used_where_the_processor_has_it(
    flags: set[str], fast: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime, "_processor", lambda: ("some processor", flags))
    assert runtime.fast_bfloat16(torch.device("cpu")) is fast
    assert not runtime.fast_bfloat16(torch.device("mps"))


def test_tasks_without_a_cost_are_refused() -> None:
    model, batch = make_model(Sorting().spec), make_batch(Sorting().spec, [4])
    for told in (Sorting().cost, None):
        with pytest.raises(InputError, match="whose answers' cost can be told without a known"):
            ActiveSearch(1)(model, batch, Sorting().constraint(), cost=told)


def test_a_model_without_anything_encoded_to_train_is_refused() -> None:
    with pytest.raises(InputError, match="adapt=layer"):
        find(EfficientActiveSearch(1), "text", "gru unattended")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("active_search:7,samples=4,learning_rate=1e-5", ActiveSearch(7, 4, 1e-5)),
        ("efficient_active_search:imitation=0", EfficientActiveSearch(imitation=0)),
        ("efficient_active_search:50,adapt=layer", EfficientActiveSearch(50, adapt="layer")),
        (
            "augment:8/efficient_active_search:5,adapt=embedding",
            Augment(EfficientActiveSearch(5), 8),
        ),
    ],
)
def test_they_are_read_from_their_names(text: str, expected: Search) -> None:
    assert parse_search(text) == expected


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("multistart/active_search:5", "multistart cannot stand before a search that learns"),
        ("augment:8/multistart/efficient_active_search", "multistart cannot stand before"),
        ("efficient_active_search:5,adapt=head", "adapt must be embedding or layer, not 'head'"),
        ("efficient_active_search:5,adapt=3", "adapt must be embedding or layer, not '3'"),
        ("active_search:5,adapt=layer", "has no option 'adapt'; it has steps, samples"),
        ("active_search:5,samples=1", "samples=1 leaves"),
        ("active_search:5,imitation=-1", "imitation=-1 is out of range"),
        ("active_search:0", "steps=0 is out of range"),
        ("active_search:5,learning_rate=0", "learning_rate=0 is out of range"),
    ],
)
def test_a_wrong_one_is_told_in_one_line(text: str, told: str) -> None:
    with pytest.raises(InputError, match=told) as caught:
        parse_search(text)
    assert "\n" not in str(caught.value)
