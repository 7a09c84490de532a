"""Beams guided by greedy completions."""

from __future__ import annotations

from functools import cache

import pytest
import torch

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.search.sampling import Greedy
from ptrnet_suite.search.simulation_guided import SimulationGuided
from ptrnet_suite.task.constraint import Constraint, ConstraintState
from ptrnet_suite.task.constraints import UntilEnd
from tests.networks import DECODERS, SPECS, make_batch, make_model, one_of, score_of
from tests.search.enumeration import every_answer, log_probabilities

CASES = [(name, decoder) for name in SPECS for decoder in DECODERS]


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


@torch.inference_mode()
def test_a_runaway_answer_is_cut_at_the_limit() -> None:
    spec, constraint = SPECS["text"][0], UntilEnd(longest=3)
    model, batch = make_model(spec, "lstm"), make_batch(spec, [2, 5])
    model.head.project.bias[0] = -50  # never ends by itself
    found = SimulationGuided(2, 2)(model, batch, constraint)
    assert found.choices.shape == (2, 1, 3)
    assert found.lengths.tolist() == [[3], [3]]
    for index in range(2):
        one, choices = one_of(batch, index), found.choices[index, 0].tolist()
        score = score_of(model, one, constraint, choices)
        assert float(found.log_probabilities[index, 0]) == pytest.approx(score, abs=1e-4)


def led_by_hand(
    model: Seq2Seq, batch: Batch, constraint: Constraint, width: int, expansion: int
) -> float:
    """The best log-probability that algorithm 1 of Choo et al. comes upon, plainly written."""
    choices, limit = model.num_choices_of(batch), constraint.limit(batch)

    def open_after(past: list[int]) -> list[int]:
        progress = constraint.start(batch, choices)
        for choice in past:
            progress = constraint.advance(progress, torch.tensor([choice]))
        return (
            []
            if progress.ended[0]
            else constraint.allowed(progress)[0].nonzero().flatten().tolist()
        )

    def likeliest(past: list[int], count: int) -> list[list[int]]:
        tried = [[*past, choice] for choice in open_after(past)]
        scores = log_probabilities(model, batch, constraint, torch.tensor(tried))
        return [tried[place] for place in scores.argsort(descending=True)[:count].tolist()]

    @cache
    def led(begun: tuple[int, ...]) -> float:
        past = list(begun)
        while len(past) < limit and open_after(past):
            past = likeliest(past, 1)[0]
        return float(log_probabilities(model, batch, constraint, torch.tensor([past])))

    beam: list[list[int]] = [[]]
    found = []
    for _ in range(limit):
        tried = [
            longer
            for past in beam
            for longer in (likeliest(past, expansion) if open_after(past) else [past])
        ]
        tried.sort(key=lambda past: -led(tuple(past)))
        found.append(led(tuple(tried[0])))
        beam = tried[:width]
        if not any(open_after(past) for past in beam):
            break
    return max(found)


@pytest.mark.parametrize("name", list(SPECS))
@torch.inference_mode()
def test_a_narrow_beam_is_led_as_one_written_plainly(name: str) -> None:
    spec, constraint = SPECS[name]
    differ = False
    for seed in range(2):
        model, batch = make_model(spec, seed=seed), make_batch(spec, [5], seed)
        found = {}
        for width, expansion in ((1, 1), (1, 2), (2, 1), (2, 2)):
            search = SimulationGuided(width, expansion)
            assert search.hypotheses_at(6) == width * expansion
            best = float(search(model, batch, constraint).log_probabilities[0, 0])
            expected = led_by_hand(model, batch, constraint, width, expansion)
            assert best == pytest.approx(expected, abs=1e-4)
            found[width, expansion] = best
        differ = differ or max(found.values()) > min(found.values()) + 1e-3
    assert differ or name == "text"


class Cut(Constraint):
    """Words that only the limit cuts: no row ever says that it has ended."""

    ends = True

    def __init__(self) -> None:
        self.inner = UntilEnd(100)

    def limit(self, batch: Batch) -> int:
        return 3

    def start(self, batch: Batch, choices: int) -> ConstraintState:
        return self.inner.start(batch, choices)

    def allowed(self, state: ConstraintState) -> torch.Tensor:
        return self.inner.allowed(state)

    def advance(self, state: ConstraintState, choice: torch.Tensor) -> ConstraintState:
        return self.inner.advance(state, choice)


@torch.inference_mode()
def test_a_limit_cuts_where_nothing_else_does() -> None:
    spec = SPECS["text"][0]
    model, batch = make_model(spec, "lstm"), make_batch(spec, [2, 5])
    model.head.project.bias[0] = -50
    for search in (SimulationGuided(2, 2), Greedy()):
        assert search(model, batch, Cut()).choices.shape == (2, 1, 3)
