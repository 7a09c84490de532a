"""Exhaustive search against a list of every answer."""

from __future__ import annotations

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ptrnet_suite.search import exhaustive
from ptrnet_suite.search.beam import Beam
from ptrnet_suite.search.exhaustive import Exhaustive
from ptrnet_suite.search.frontier import expand
from ptrnet_suite.search.sampling import Greedy
from tests.networks import DECODERS, SPECS, every_sequence, make_batch, make_model, one_of
from tests.search.enumeration import every_answer, same_choices

LARGEST = {"tour": 7, "hull": 6, "sorting": 7, "text": 7}
few = settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.mark.parametrize("name", SPECS)
@torch.inference_mode()
def test_the_list_of_answers_is_complete(name: str) -> None:
    spec, constraint = SPECS[name]
    model, batch = make_model(spec), make_batch(spec, [4])
    answers, scores = every_answer(model, batch, constraint)
    walked = every_sequence(batch, constraint, model.num_choices_of(batch))
    longest = answers.shape[1]
    padded = {(*sequence, *[0] * (longest - len(sequence))) for sequence in walked}
    assert {tuple(answer) for answer in answers.tolist()} == padded
    assert len(answers) == len(walked)
    assert float(scores.exp().sum()) == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("decoder", DECODERS)
@few
@given(data=st.data(), name=st.sampled_from(sorted(SPECS)), seed=st.integers(0, 10_000))
@torch.inference_mode()
def test_it_finds_and_proves_the_most_probable_answer(
    decoder: str, data: st.DataObject, name: str, seed: int
) -> None:
    spec, constraint = SPECS[name]
    size = data.draw(st.integers(3, LARGEST[name]))
    model, batch = make_model(spec, decoder, seed=seed), make_batch(spec, [size], seed)
    answers, scores = every_answer(model, batch, constraint)
    found = Exhaustive()(model, batch, constraint)
    assert found.proved is not None
    assert found.proved.tolist() == [True]
    assert float(found.log_probabilities[0, 0]) == pytest.approx(float(scores[0]), abs=1e-4)
    if scores[0] - scores[1] > 1e-4:
        assert same_choices(found.choices[0, 0], answers[0])


@pytest.mark.parametrize("name", ["hull", "sorting"])
@torch.inference_mode()
def test_answers_that_are_better_by_little_are_found_too(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exhaustive, "INCUMBENT_WIDTH", 1)
    spec, constraint = SPECS[name]
    model, batch = make_model(spec, "gru"), make_batch(spec, [5] * 40)
    greedy = Greedy()(model, batch, constraint).log_probabilities[:, 0]
    found = Exhaustive()(model, batch, constraint).log_probabilities[:, 0]
    gained = []
    for index in range(batch.size):
        _, scores = every_answer(model, one_of(batch, index), constraint)
        assert float(found[index]) == pytest.approx(float(scores[0]), abs=1e-4)
        gained.append(float(scores[0] - greedy[index]))
    assert sum(0.001 < gain < 0.3 for gain in gained) > 2, "greedy nearly finds none of them"


@pytest.mark.parametrize("decoder", DECODERS)
@pytest.mark.parametrize("name", SPECS)
@torch.inference_mode()
def test_it_does_not_depend_on_company_padding_or_the_size_of_blocks(
    name: str, decoder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec, constraint = SPECS[name]
    model, batch = make_model(spec, decoder), make_batch(spec, [6, 3, 5])
    together = Exhaustive()(model, batch, constraint)
    monkeypatch.setattr(exhaustive, "BLOCK", 2)
    for index in range(batch.size):
        alone = Exhaustive()(model, one_of(batch, index), constraint)
        assert same_choices(together.choices[index, 0], alone.choices[0, 0])
        assert together.lengths[index].tolist() == alone.lengths[0].tolist()


@torch.inference_mode()
def test_a_budget_that_ends_before_the_proof_is_told() -> None:
    spec, constraint = SPECS["sorting"]
    model, batch = make_model(spec, "lstm"), make_batch(spec, [7, 2])
    beam = Beam(exhaustive.INCUMBENT_WIDTH)(model, batch, constraint)
    proved_at = []
    for budget in (1, 10, 100, 1000, 10_000):
        found = Exhaustive(budget)(model, batch, constraint)
        assert found.proved is not None
        proved_at.append(found.proved.tolist())
        assert (found.log_probabilities[:, 0] >= beam.log_probabilities[:, 0] - 1e-5).all()
    assert proved_at[0][0] is False
    assert proved_at[-1] == [True, True]
    # Once proved, a larger budget changes nothing; the easy instance does not wait for the other.
    assert [hard for hard, _ in proved_at] == sorted(hard for hard, _ in proved_at)
    assert [True, True] not in proved_at[:2]
    assert proved_at[1][1]


@torch.inference_mode()
def test_no_more_hypotheses_are_extended_than_the_budget_allows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spec, constraint = SPECS["sorting"]
    model, batch = make_model(spec), make_batch(spec, [7])
    rows = []
    step = model.step
    Beam(exhaustive.INCUMBENT_WIDTH)(model, batch, constraint)

    def counted(encoded, decoding, allowed):  # type: ignore[no-untyped-def]
        rows.append(len(allowed))
        return step(encoded, decoding, allowed)

    monkeypatch.setattr(model, "step", counted)
    Beam(exhaustive.INCUMBENT_WIDTH)(model, batch, constraint)
    spent_on_the_beam = sum(rows)
    rows.clear()
    found = Exhaustive(30)(model, batch, constraint)
    assert found.proved is not None
    assert not found.proved.any()
    assert sum(rows) - spent_on_the_beam <= 30


@torch.inference_mode()
def test_it_beats_greedy_where_greedy_errs_and_ignores_the_cost() -> None:
    spec, constraint = SPECS["hull"]
    model, batch = make_model(spec, "gru"), make_batch(spec, [6] * 8)
    greedy = Greedy()(model, batch, constraint).log_probabilities
    found = Exhaustive()(model, batch, constraint)
    assert (found.log_probabilities >= greedy - 1e-5).all()
    assert (found.log_probabilities > greedy + 1e-3).any()
    priced = Exhaustive()(model, batch, constraint, cost=lambda _, choices: -choices[:, :, 0])
    assert torch.equal(priced.choices, found.choices)


@pytest.mark.parametrize("name", list(SPECS))
@torch.inference_mode()
def test_a_budget_suffices_from_the_hypotheses_on_that_a_proof_takes(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec, constraint = SPECS[name]
    model, batch = make_model(spec, seed=4), make_batch(spec, [6], seed=4)
    monkeypatch.setattr(exhaustive, "INCUMBENT_WIDTH", 1)
    extended: list[int] = []

    def counted(problem, encoded, frontier):  # type: ignore[no-untyped-def]
        extended.append(int(frontier.total.isfinite().sum()))
        return expand(problem, encoded, frontier)

    monkeypatch.setattr(exhaustive, "expand", counted)
    best = Exhaustive()(model, batch, constraint)
    taken = sum(extended)
    assert taken >= 3
    for budget, enough in ((taken, True), (taken - 1, False)):
        found = Exhaustive(budget)(model, batch, constraint)
        assert found.proved is not None
        assert found.proved.tolist() == [enough]
        assert found.log_probabilities[0, 0] <= best.log_probabilities[0, 0]
    assert torch.equal(Exhaustive(taken)(model, batch, constraint).choices, best.choices)
