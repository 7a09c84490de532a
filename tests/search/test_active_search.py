"""What searches that learn find, what they leave as it was, and how they are named."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

import numpy as np
import pytest
import torch

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.evaluation.decode import solve_instances
from ptrnet_suite.search.active_search import ActiveSearch
from ptrnet_suite.search.efficient_active_search import EfficientActiveSearch
from ptrnet_suite.search.learning import LearningSearch
from ptrnet_suite.search.sampling import Greedy
from ptrnet_suite.search.spec import parse_search
from ptrnet_suite.search.wrappers import Augment, Multistart
from tests.networks import DECODERS, SPECS, every_sequence, make_batch, make_model, one_of, score_of
from tests.search.learners import KINDS, SIZES, TSP, RecordedCost, find, uneven


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
            every = every_sequence(one, constraint, model.num_choices_of(one))
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
    model, batch, told = make_model(spec), make_batch(spec, [9]), RecordedCost()
    search(model, batch, constraint, torch.Generator().manual_seed(0), told)
    means = [float(costs.mean()) for costs in told.costs if costs.shape[1] == search.samples]
    assert len(means) == search.steps
    assert np.mean(means[-6:]) < 0.9 * np.mean(means[:6])


@pytest.mark.parametrize("kind", KINDS)
def test_where_all_costs_are_equal_imitation_makes_the_incumbent_certain(kind: str) -> None:
    spec, constraint = SPECS["tour"]
    model, batch = make_model(spec), make_batch(spec, [7])
    told = RecordedCost(lambda batch, choices: torch.ones(choices.shape[:2]))
    search = replace(KINDS[kind], steps=20, samples=20, imitation=1.0, learning_rate=0.02)
    found = search(model, batch, constraint, torch.Generator().manual_seed(0), told)
    drawn = [choices for choices in told.choices if choices.shape[1] == 20]
    share = [float((each == found.choices).all(2).float().mean()) for each in drawn]
    # Only the samples from the incumbent's own start, one in seven, learn to repeat it.
    assert np.mean(share[-5:]) > np.mean(share[:5]) + 0.03


@pytest.mark.parametrize("kind", KINDS)
def test_small_tours_are_solved(kind: str) -> None:
    instances = TSP.generate(7, 3, 7)
    known = TSP.label(instances).solutions
    model = make_model(TSP.spec)
    search = replace(KINDS[kind], steps=40, samples=28, learning_rate=0.003)
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
