"""Beams against enumeration of every answer, and against beams written plainly."""

from __future__ import annotations

import pytest
import torch

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.errors import InputError
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.search.beam import Beam
from ptrnet_suite.search.sampling import Greedy
from ptrnet_suite.task.constraints import UntilEnd
from tests.networks import DECODERS, SPECS, every_sequence, make_batch, make_model, one_of, score_of
from tests.search.beam_by_hand import finished_by_hand, steps_with_end
from tests.search.coverage import coverage_of, steps_of
from tests.search.enumeration import every_answer, same_choices

CASES = [(name, decoder) for name in SPECS for decoder in DECODERS]
ENDING = [(name, decoder) for name in ("hull", "text") for decoder in ("glimpse", "lstm fed")]
ATTENDING = [decoder for decoder in DECODERS if decoder != "gru unattended"]
ATTENDED = [(name, decoder) for name in SPECS for decoder in ATTENDING]
ATTENDED_ENDING = [(name, decoder) for name, decoder in ATTENDED if name in ("hull", "text")]


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
@torch.inference_mode()
def test_a_beam_as_wide_as_everything_ranks_every_sequence(name: str, decoder: str) -> None:
    spec, constraint = SPECS[name]
    model, batch = make_model(spec, decoder), make_batch(spec, [4])
    sequences = every_sequence(batch, constraint, model.num_choices_of(batch))
    expected = sorted(((score_of(model, batch, constraint, s), s) for s in sequences), reverse=True)
    found = Beam(width=len(sequences))(model, batch, constraint)
    finite = found.log_probabilities[0].isfinite()
    assert int(finite.sum()) == len(sequences)
    scores = torch.tensor([score for score, _ in expected])
    torch.testing.assert_close(found.log_probabilities[0, finite], scores, atol=1e-4, rtol=1e-4)
    best = expected[0][1]
    assert found.choices[0, 0, : len(best)].tolist() == best
    assert float(scores.exp().sum()) == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize(("name", "decoder"), CASES)
@torch.inference_mode()
def test_a_beam_of_one_is_greedy(name: str, decoder: str) -> None:
    spec, constraint = SPECS[name]
    model, batch = make_model(spec, decoder), make_batch(spec, [6, 4, 5, 3])
    greedy, beam = Greedy()(model, batch, constraint), Beam(1)(model, batch, constraint)
    assert torch.equal(greedy.choices, beam.choices)
    torch.testing.assert_close(greedy.log_probabilities, beam.log_probabilities)


@pytest.mark.parametrize(("name", "decoder"), CASES)
@torch.inference_mode()
def test_beams_do_not_depend_on_company_or_padding(name: str, decoder: str) -> None:
    spec, constraint = SPECS[name]
    model, batch = make_model(spec, decoder), make_batch(spec, [6, 4, 5])
    together = Beam(3, length_penalty=0.6)(model, batch, constraint)
    for index in range(3):
        alone = Beam(3, length_penalty=0.6)(model, one_of(batch, index), constraint)
        time = min(alone.choices.shape[2], together.choices.shape[2])
        assert torch.equal(together.choices[index, :, :time], alone.choices[0, :, :time])
        torch.testing.assert_close(
            together.log_probabilities[index], alone.log_probabilities[0], atol=1e-4, rtol=1e-4
        )


@torch.inference_mode()
def test_a_wide_beam_with_length_penalty_finds_the_best_penalised_sequence() -> None:
    spec, constraint = SPECS["text"]
    batch = make_batch(spec, [4])
    for seed in range(5):
        model = make_model(spec, "lstm", seed=seed)
        sequences = every_sequence(batch, constraint, 4)

        def worth(sequence: list[int]) -> float:
            length = len(sequence)
            score = score_of(model, batch, constraint, sequence)  # noqa: B023
            return score / ((5 + length) / 6) ** 1.0

        best = max(sequences, key=worth)
        found = Beam(len(sequences), length_penalty=1.0)(model, batch, constraint)
        assert found.choices[0, 0, : len(best)].tolist() == best


@pytest.mark.parametrize("weight", [0.3, 5.0])
@pytest.mark.parametrize(("name", "decoder"), ATTENDED)
@torch.inference_mode()
def test_a_wide_beam_finds_the_best_covered_of_all_answers_in_any_company(
    name: str, decoder: str, weight: float
) -> None:
    spec, constraint = SPECS[name]
    model, batch = make_model(spec, decoder), make_batch(spec, [4, 3])
    beam = Beam(130, 0.6, n_best=3, coverage_penalty=weight)
    together = beam(model, batch, constraint)
    assert together.scores is not None
    for index in range(batch.size):
        one = one_of(batch, index)
        answers, totals = every_answer(model, one, constraint)
        worth = totals / ((5 + steps_of(answers, constraint)) / 6) ** 0.6
        worth = worth + weight * coverage_of(model, one, constraint, answers)
        order = worth.argsort(descending=True)[:3]
        found = together.scores[index, : len(order)]
        torch.testing.assert_close(found, worth[order], atol=2e-4, rtol=1e-4)
        assert same_choices(together.choices[index, 0], answers[order[0]])


@pytest.mark.parametrize(("name", "decoder"), ATTENDED_ENDING)
@torch.inference_mode()
def test_a_narrow_beam_stops_early_without_losing_what_it_would_have_found(
    name: str, decoder: str
) -> None:
    spec, constraint = SPECS[name]
    for seed in range(2):
        model, batch = make_model(spec, decoder, seed=seed), make_batch(spec, [5, 3], seed)
        patient = Beam(3, 0.6, coverage_penalty=0.4)(model, batch, constraint)
        hasty = Beam(3, 0.6, n_best=1, coverage_penalty=0.4)(model, batch, constraint)
        for index in range(batch.size):
            one = one_of(batch, index)

            def covered(whole: list[int], model: Seq2Seq = model, one: Batch = one) -> float:
                return 0.4 * float(coverage_of(model, one, constraint, torch.tensor([whole])))

            best = finished_by_hand(model, one, constraint, 3, 0.6, covered)[0][1]
            assert same_choices(patient.choices[index, 0], torch.tensor(best))
            assert same_choices(hasty.choices[index, 0], torch.tensor(best))


@pytest.mark.parametrize("decoder", ATTENDING)
@torch.inference_mode()
def test_the_more_coverage_is_worth_the_more_of_it_is_found(decoder: str) -> None:
    spec, constraint = SPECS["text"]
    model, batch = make_model(spec, decoder, seed=3), make_batch(spec, [4])
    coverages = []
    for weight in (0.0, 0.5, 100.0):
        found = Beam(130, coverage_penalty=weight)(model, batch, constraint)
        coverages.append(float(coverage_of(model, batch, constraint, found.choices[0, :1])))
    assert coverages == sorted(coverages)
    assert coverages[0] < coverages[2]


@torch.inference_mode()
def test_a_model_that_attends_to_nothing_is_refused_only_where_it_matters() -> None:
    spec, constraint = SPECS["text"]
    model, batch = make_model(spec, "gru unattended"), make_batch(spec, [4])
    assert Beam(2)(model, batch, constraint).choices.shape[1] == 2
    told = r"coverage penalty needs a decoder that attends to the inputs.* gru has attention 'none'"
    with pytest.raises(InputError, match=told):
        Beam(2, coverage_penalty=0.1)(model, batch, constraint)
