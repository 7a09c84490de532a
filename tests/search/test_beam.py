"""Beam search that stops early, diverse beams and simulation-guided beams."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.search.base import Search
from ptrnet_suite.search.beam import Beam
from ptrnet_suite.search.diverse_beam import DiverseBeam
from ptrnet_suite.search.sampling import Greedy
from ptrnet_suite.search.simulation_guided import SimulationGuided
from ptrnet_suite.task.constraints import Constraint, UntilEnd
from tests.networks import DECODERS, SPECS, make_batch, make_model, one_of
from tests.search.enumeration import every_answer, log_probabilities, same_choices

CASES = [(name, decoder) for name in SPECS for decoder in DECODERS]
ENDING = [(name, decoder) for name in ("hull", "text") for decoder in ("glimpse", "lstm fed")]


def steps_with_end(choices: torch.Tensor) -> torch.Tensor:
    """Length of each answer, END included, where one is there."""
    ended = (choices == 0).int().cumsum(1)
    return ((ended == 0).sum(1) + 1).clamp_max(choices.shape[1])


@pytest.mark.parametrize("penalty", [0.0, 0.6, 2.0])
@pytest.mark.parametrize(("name", "decoder"), ENDING)
@torch.inference_mode()
def test_a_beam_that_stops_early_still_finds_the_best_of_all_answers(
    name: str, decoder: str, penalty: float
) -> None:
    spec, constraint = SPECS[name]
    for seed in range(3):
        model, batch = make_model(spec, decoder, seed=seed), make_batch(spec, [4], seed)
        answers, scores = every_answer(model, batch, constraint)
        worth = scores / ((5 + steps_with_end(answers)) / 6) ** penalty
        order = worth.argsort(descending=True)
        for wanted in (1, 3):
            beam = Beam(len(answers), penalty, n_best=wanted)
            found = beam(model, batch, constraint)
            assert found.choices.shape[1] == wanted
            assert found.scores is not None
            torch.testing.assert_close(found.scores[0], worth[order[:wanted]], atol=1e-4, rtol=1e-4)
            for place in range(wanted):
                assert same_choices(found.choices[0, place], answers[order[place]])


@pytest.mark.parametrize("penalty", [0.0, 0.6, 1.5])
@pytest.mark.parametrize(("name", "decoder"), ENDING)
@torch.inference_mode()
def test_a_narrow_beam_that_stops_early_finds_what_it_finds_without(
    name: str, decoder: str, penalty: float
) -> None:
    spec, constraint = SPECS[name]
    for seed in range(3):
        model, batch = make_model(spec, decoder, seed=seed), make_batch(spec, [5, 3], seed)
        patient = Beam(3, penalty)(model, batch, constraint)
        hasty = Beam(3, penalty, n_best=1)(model, batch, constraint)
        for index in range(batch.size):
            assert same_choices(patient.choices[index, 0], hasty.choices[index, 0])
            known = finished_by_hand(model, one_of(batch, index), constraint, 3, penalty)[:3]
            assert same_choices(hasty.choices[index, 0], torch.tensor(known[0][1]))
            assert patient.scores is not None
            worth = torch.tensor([score for score, _ in known])
            torch.testing.assert_close(patient.scores[index], worth, atol=1e-4, rtol=1e-4)


def finished_by_hand(
    model: Seq2Seq,
    batch: Batch,
    constraint: Constraint,
    width: int,
    penalty: float,
    covered: Callable[[list[int]], float] = lambda whole: 0.0,
) -> list[tuple[float, list[int]]]:
    """What a beam of one instance that goes on to the limit finishes, and its worth, best first.

    covered: what is added to the worth of a whole answer.
    """
    going: list[list[int]] = [[]]
    finished: list[tuple[float, list[int]]] = []
    choices, limit = model.num_choices_of(batch), constraint.limit(batch)
    for step in range(1, limit + 1):
        longer = []
        for past in going:
            progress = constraint.start(batch, choices)
            for choice in past:
                progress = constraint.advance(progress, torch.tensor([choice]))
            allowed = constraint.allowed(progress)[0].nonzero().flatten().tolist()
            tried = torch.tensor([[*past, choice] for choice in allowed])
            scores = log_probabilities(model, batch, constraint, tried).tolist()
            longer += zip(scores, tried.tolist(), strict=True)
        longer.sort(key=lambda pair: -pair[0])
        ended = [pair[1][-1] == 0 or step == limit for pair in longer]
        for (score, whole), over in list(zip(longer, ended, strict=True))[:width]:
            if over:
                finished.append((score / ((5 + step) / 6) ** penalty + covered(whole), whole))
        going = [past for (_, past), over in zip(longer, ended, strict=True) if not over][:width]
    return sorted(finished, reverse=True)


@pytest.mark.parametrize(("name", "decoder"), [c for c in CASES if c[0] in ("hull", "text")])
@torch.inference_mode()
def test_instances_that_are_done_leave_and_the_others_go_on_as_if_alone(
    name: str, decoder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec, constraint = SPECS[name]
    sizes = [3, 9, 4, 6, 5, 3, 7, 4, 3, 8]
    constraint = UntilEnd(ratio=1.0, extra=0) if name == "text" else constraint
    model, batch = make_model(spec, decoder, seed=2), make_batch(spec, sizes)
    together = []
    narrow = model.narrow

    def counted(encoded, instances):  # type: ignore[no-untyped-def]
        together.append(len(instances))
        return narrow(encoded, instances)

    beam = Beam(3, 0.6)
    with monkeypatch.context() as patch:
        patch.setattr(model, "narrow", counted)
        found = beam(model, batch, constraint)
    assert len(together) > 1
    assert together == sorted(together, reverse=True)
    assert found.scores is not None
    for index in range(len(sizes)):
        alone = beam(model, one_of(batch, index), constraint)
        assert alone.scores is not None
        torch.testing.assert_close(found.scores[index], alone.scores[0], atol=1e-4, rtol=1e-4)
        for place in range(3):
            assert same_choices(found.choices[index, place], alone.choices[0, place])


@torch.inference_mode()
def test_a_beam_stops_as_soon_as_nothing_can_be_better(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = SPECS["text"][0]
    constraint, model = UntilEnd(longest=60), make_model(spec, "gru")
    batch = make_batch(spec, [4, 3])
    with torch.no_grad():
        model.head.project.bias[0] += 3
    steps = []
    step_topk = model.step_topk

    def counted(*arguments):  # type: ignore[no-untyped-def]
        steps.append(1)
        return step_topk(*arguments)

    monkeypatch.setattr(model, "step_topk", counted)
    taken = []
    for beam in (Beam(4, 0.5, n_best=1), Beam(4, 0.5), Beam(4, 0.0, n_best=1)):
        steps.clear()
        beam(model, batch, constraint)
        taken.append(len(steps))
    assert taken[0] < taken[1]
    assert taken[2] <= taken[0] < 60


@pytest.mark.parametrize(("name", "decoder"), CASES)
@pytest.mark.parametrize("search", [DiverseBeam(4, groups=2), SimulationGuided(2, expansion=2)])
@torch.inference_mode()
def test_answers_do_not_depend_on_company_and_have_the_probability_told(
    name: str, decoder: str, search: Search
) -> None:
    spec, constraint = SPECS[name]
    model, batch = make_model(spec, decoder), make_batch(spec, [5, 4])
    together = search(model, batch, constraint)
    for index in range(batch.size):
        one = one_of(batch, index)
        alone = search(model, one, constraint)
        assert same_choices(together.choices[index, 0], alone.choices[0, 0])
        told = together.log_probabilities[index]
        torch.testing.assert_close(told, alone.log_probabilities[0], atol=1e-4, rtol=1e-4)
        scores = log_probabilities(model, one, constraint, alone.choices[0])
        torch.testing.assert_close(told, scores, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("name", ["tour", "sorting"])
@torch.inference_mode()
def test_a_diverse_beam_of_one_group_is_a_beam(name: str) -> None:
    spec, constraint = SPECS[name]
    model, batch = make_model(spec), make_batch(spec, [6, 6])
    diverse = DiverseBeam(5, groups=1)(model, batch, constraint)
    assert torch.equal(diverse.choices, Beam(5)(model, batch, constraint).choices)


@torch.inference_mode()
def test_groups_differ_the_more_the_dearer_sameness_is() -> None:
    spec, constraint = SPECS["sorting"]
    model, batch = make_model(spec), make_batch(spec, [6] * 4)
    same = DiverseBeam(3, groups=3, diversity=0.0)(model, batch, constraint)
    greedy = Greedy()(model, batch, constraint)
    assert torch.equal(same.choices, greedy.choices.expand_as(same.choices))
    apart = DiverseBeam(3, groups=3, diversity=1e6)(model, batch, constraint)
    for firsts in apart.choices[:, :, 0].tolist():
        assert len(set(firsts)) == 3
    assert (apart.choices == greedy.choices).all(2).any(1).all()  # the first group is a beam


@pytest.mark.parametrize(("name", "decoder"), CASES)
@torch.inference_mode()
def test_simulation_never_ends_worse_than_greedy(name: str, decoder: str) -> None:
    spec, constraint = SPECS[name]
    model, batch = make_model(spec, decoder), make_batch(spec, [6, 5, 4, 6])
    greedy = Greedy()(model, batch, constraint)
    found = SimulationGuided(2, 3)(model, batch, constraint)
    assert (found.log_probabilities >= greedy.log_probabilities - 1e-4).all()

    def cost(_: Batch, choices: torch.Tensor) -> torch.Tensor:
        return -choices[:, :, 1].float()

    led = SimulationGuided(2, 3)(model, batch, constraint, cost=cost)
    assert (cost(batch, led.choices) <= cost(batch, greedy.choices)).all()
    assert (cost(batch, led.choices) < cost(batch, greedy.choices)).any()


@torch.inference_mode()
def test_simulation_of_everything_finds_the_cheapest_answer() -> None:
    spec, constraint = SPECS["sorting"]
    model, batch = make_model(spec), make_batch(spec, [4])
    answers, _ = every_answer(model, batch, constraint)
    weights = torch.tensor([1.0, -2.0, 0.5, 3.0])

    def cost(_: Batch, choices: torch.Tensor) -> torch.Tensor:
        return (choices * weights).sum(2)

    found = SimulationGuided(24, 4)(model, batch, constraint, cost=cost)
    assert float(cost(batch, found.choices)) == float(cost(batch, answers.unsqueeze(0)).min())
