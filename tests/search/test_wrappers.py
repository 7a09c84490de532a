"""Augmentation and multi-start around other searches."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from ptrnet_tasks.sorting.task import Sorting
from ptrnet_tasks.tsp.task import TravellingSalesman
from torch import Tensor

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.errors import InputError
from ptrnet_suite.evaluation.decode import solve_instances
from ptrnet_suite.search.active_search import ActiveSearch
from ptrnet_suite.search.base import Hypotheses, Problem, Search
from ptrnet_suite.search.beam import Beam
from ptrnet_suite.search.exhaustive import Exhaustive
from ptrnet_suite.search.sampling import Greedy, Sampling
from ptrnet_suite.search.spec import parse_search
from ptrnet_suite.search.wrappers import Augment, Multistart
from tests.networks import DECODERS, SPECS, make_batch, make_model, one_of
from tests.search.enumeration import every_answer, log_probabilities, same_choices

TSP = TravellingSalesman()
FREE = [(name, decoder) for name in ("hull", "sorting", "text") for decoder in DECODERS]
SIZES = [6, 4, 5]


def find(search: Search, decoder: str = "glimpse", sizes: list[int] = SIZES) -> tuple:  # type: ignore[type-arg]
    """A model's tours by that search, their lengths, and the batch."""
    spec, constraint = SPECS["tour"]
    model, batch = make_model(spec, decoder), make_batch(spec, sizes)
    generator = torch.Generator().manual_seed(0)
    found = search(model, batch, constraint, generator, TSP.cost, TSP.symmetries)
    return found, TSP.cost(batch, found.choices), batch


@pytest.mark.parametrize("decoder", DECODERS)
@pytest.mark.parametrize("inner", [Greedy(), Beam(3), Sampling(2)])
@pytest.mark.parametrize("wrap", [Augment, Multistart, lambda inner: Augment(Multistart(inner))])
@torch.inference_mode()
def test_wrapped_tours_are_tours_ranked_by_length(
    wrap: Callable[[Search], Search], inner: Search, decoder: str
) -> None:
    found, costs, _ = find(wrap(inner), decoder)
    known = found.log_probabilities.isfinite()
    assert (known[:, 1:] <= known[:, :-1]).all()
    assert (costs[:, 1:] >= costs[:, :-1])[known[:, 1:]].all()
    for index, size in enumerate(SIZES):
        for choices in found.choices[index][known[index]]:
            assert sorted(choices[:size].tolist()) == list(range(size))
            assert choices[0] == 0
            assert not choices[size:].any()
    if not isinstance(inner, Sampling):
        alone = find(inner, decoder)[1]
        assert (costs[:, 0] <= alone[:, 0] + 1e-5).all()


@pytest.mark.parametrize("text", ["multistart/greedy", "augment:8/multistart:2/beam:2"])
@torch.inference_mode()
def test_wrappers_do_not_depend_on_company_or_padding(text: str) -> None:
    search = parse_search(text)
    spec, constraint = SPECS["tour"]
    for decoder in DECODERS:
        found, costs, batch = find(search, decoder)
        model = make_model(spec, decoder)
        for index in range(len(SIZES)):
            one = one_of(batch, index)
            alone = search(model, one, constraint, None, TSP.cost, TSP.symmetries)
            least = TSP.cost(one, alone.choices)[0, 0]
            assert float(costs[index, 0]) == pytest.approx(float(least), abs=1e-5)
            told = alone.log_probabilities.isfinite().sum()
            assert int(found.log_probabilities[index].isfinite().sum()) == int(told)


@pytest.mark.parametrize("decoder", DECODERS)
@torch.inference_mode()
def test_a_tour_from_another_start_is_the_tour_with_the_cities_renamed(decoder: str) -> None:
    spec, constraint = SPECS["tour"]
    size = 6
    model, batch = make_model(spec, decoder), make_batch(spec, [size])
    found = Multistart(Greedy())(model, batch, constraint)
    tours = {tuple(tour) for tour in found.choices[0].tolist()}
    expected = []
    for start in range(size):
        order = torch.tensor([start, *[city for city in range(size) if city != start]])
        renamed = Batch(batch.inputs[:, order], batch.input_mask)
        greedy = Greedy()(model, renamed, constraint)
        tour = order[greedy.choices[0, 0]].roll(-order[greedy.choices[0, 0]].argmin().item())
        expected.append((float(greedy.log_probabilities), tuple(tour.tolist())))
    assert {tour for _, tour in expected} == tours
    scores = torch.tensor(sorted((score for score, _ in expected), reverse=True))
    torch.testing.assert_close(found.log_probabilities[0], scores, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize(("name", "decoder"), FREE)
@torch.inference_mode()
def test_where_the_start_is_free_its_probability_counts(name: str, decoder: str) -> None:
    spec, constraint = SPECS[name]
    model, batch = make_model(spec, decoder), make_batch(spec, [5, 3])
    found = Multistart(Greedy())(model, batch, constraint)
    greedy = Greedy()(model, batch, constraint)
    assert (found.log_probabilities[:, 0] >= greedy.log_probabilities[:, 0] - 1e-4).all()
    for index in range(batch.size):
        one = one_of(batch, index)
        real = found.log_probabilities[index].isfinite()
        answers = found.choices[index, real][:, : constraint.limit(one)]
        scores = log_probabilities(model, one, constraint, answers)
        told = found.log_probabilities[index, real]
        torch.testing.assert_close(told, scores, atol=1e-4, rtol=1e-4)
        firsts = answers[:, 0].tolist()
        open_ones = constraint.starts(one, model.num_choices_of(one))[0].nonzero().flatten()
        assert sorted(firsts) == open_ones.tolist()


@pytest.mark.parametrize(("name", "decoder"), FREE)
@torch.inference_mode()
def test_every_start_proved_is_the_whole_proved(name: str, decoder: str) -> None:
    spec, constraint = SPECS[name]
    model, batch = make_model(spec, decoder), make_batch(spec, [4, 5])
    plain = Exhaustive()(model, batch, constraint)
    begun = Multistart(Exhaustive())(model, batch, constraint)
    assert begun.proved is not None
    assert begun.proved.tolist() == [True, True]
    torch.testing.assert_close(
        begun.log_probabilities[:, 0], plain.log_probabilities[:, 0], atol=1e-4, rtol=1e-4
    )
    for index in range(2):
        assert same_choices(begun.choices[index, 0], plain.choices[index, 0])
    _, scores = every_answer(model, one_of(batch, 0), constraint)
    assert float(begun.log_probabilities[0, 0]) == pytest.approx(float(scores[0]), abs=1e-4)


@torch.inference_mode()
def test_a_few_starts_are_the_most_probable_ones() -> None:
    spec, constraint = SPECS["sorting"]
    model, batch = make_model(spec), make_batch(spec, [6])
    firsts = torch.tensor([[first] for first in range(6)])
    scores = log_probabilities(model, batch, constraint, firsts)
    found = Multistart(Greedy(), 2)(model, batch, constraint)
    assert set(found.choices[0, :, 0].tolist()) == set(scores.topk(2).indices.tolist())


@torch.inference_mode()
def test_augmentation_takes_the_best_of_the_views_one_by_one() -> None:
    spec, constraint = SPECS["tour"]
    model, batch = make_model(spec, "lstm"), make_batch(spec, SIZES)
    views = TSP.symmetries(batch)
    assert len({tuple(view.inputs[0].flatten().tolist()) for view in views}) == 8
    singly = []
    for view in views:
        choices = Greedy()(model, view, constraint).choices
        torch.testing.assert_close(TSP.cost(view, choices), TSP.cost(batch, choices))
        singly.append(TSP.cost(batch, choices)[:, 0])
    for count in (1, 3, 8):
        _, costs, _ = find(Augment(Greedy(), count), "lstm")
        torch.testing.assert_close(costs[:, 0], torch.stack(singly[:count]).amin(0))


@torch.inference_mode()
def test_a_task_without_symmetries_or_with_fewer_says_so() -> None:
    spec, constraint = SPECS["sorting"]
    model, batch = make_model(spec), make_batch(spec, [4])
    with pytest.raises(InputError, match="augment needs a task with symmetries"):
        Augment()(model, batch, constraint, symmetries=Sorting().symmetries)
    with pytest.raises(InputError, match="augment needs a task with symmetries"):
        Augment()(model, batch, constraint)
    with pytest.raises(InputError, match="augment:9 is too many; the task has 8 views"):
        find(Augment(count=9))


def test_instances_are_solved_by_wrapped_searches_in_their_order() -> None:
    model = make_model(TSP.spec)
    rng = np.random.default_rng(0)
    instances = TSP.generate(5, 7, 0)
    mixed = [rng.random((size, 2)) for size in (7, 5, 9, 3, 6)]
    for given in (instances, type(instances)(mixed)):
        lengths: dict[str, Tensor] = {}
        for text in ("greedy", "multistart/greedy", "augment:8/multistart/greedy"):
            tours = solve_instances(model, TSP, given, parse_search(text), batch_size=3)
            scores = TSP.evaluate(given, tours)
            assert scores["valid"].values.all()
            lengths[text] = torch.tensor(scores["length"].values)
        greedy, begun, both = lengths.values()
        assert (begun <= greedy + 1e-5).all()
        assert (both <= begun + 1e-5).all()
        assert both.sum() < greedy.sum() - 1e-3


@torch.inference_mode()
def test_a_beam_from_every_start_counts_attention_as_one_from_the_beginning() -> None:
    spec, constraint = SPECS["sorting"]
    model, batch = make_model(spec), make_batch(spec, [4, 3])
    beam = Beam(24, coverage_penalty=2.0)
    alone, begun = (search(model, batch, constraint) for search in (beam, Multistart(beam)))
    assert alone.scores is not None
    assert begun.scores is not None
    torch.testing.assert_close(begun.scores[:, 0], alone.scores[:, 0])
    assert torch.equal(begun.choices[:, 0], alone.choices[:, 0])


@torch.inference_mode()
def test_what_is_kept_of_each_start_is_the_cheapest_not_the_most_probable() -> None:
    spec, constraint = SPECS["tour"]
    model, batch = make_model(spec), make_batch(spec, [7, 7, 6], seed=2)

    def cheapest(search: Search) -> Tensor:
        found = search(model, batch, constraint, cost=TSP.cost)
        assert found.choices.shape[1] == 7
        return TSP.cost(batch, found.choices).sort(1).values

    every = Multistart(Beam(6))(model, batch, constraint, cost=TSP.cost)
    kept, likeliest = cheapest(Multistart(Beam(6, n_best=1))), cheapest(Multistart(Greedy()))
    torch.testing.assert_close(kept[:, 0], TSP.cost(batch, every.choices)[:, 0])
    assert bool((kept[:2].sum(1) < likeliest[:2].sum(1) - 1e-3).any())


def test_wrappers_follow_as_many_hypotheses_as_they_make_of_one() -> None:
    assert Augment(Beam(3), 4).hypotheses_at(7) == 12
    assert Multistart(Beam(3)).hypotheses_at(7) == 21
    assert Multistart(Beam(3), 2).hypotheses_at(7) == 6
    assert Augment(Multistart(Greedy()), 8).hypotheses_at(5) == 40
    assert not Augment(Greedy()).learns
    assert Augment(ActiveSearch(1)).learns
    with pytest.raises(InputError, match="multistart cannot stand before a search that learns"):
        Multistart(Augment(ActiveSearch(1)))


@torch.inference_mode()
def test_starts_beyond_the_allowed_one_follow_in_the_order_of_positions() -> None:
    spec, constraint = SPECS["tour"]
    model, batch = make_model(spec), make_batch(spec, [64, 40])
    noted = Noted()
    found = Multistart(noted, 50)(model, batch, constraint)
    first = noted.firsts.view(2, 50)
    assert first[0].tolist() == list(range(50))
    assert first[1].tolist() == [*range(40), *[0] * 10]
    assert found.log_probabilities.isfinite().sum(1).tolist() == [50, 40]


class Noted(Search):
    """Greedy search that notes the first choices it is given."""

    firsts: Tensor

    def find(self, problem: Problem) -> Hypotheses:
        found = Greedy().find(problem)
        self.firsts = found.choices[:, 0, 0]
        return found
