"""Searches against enumeration of every sequence, and against each other."""

from __future__ import annotations

from collections import Counter

import pytest
import torch
from scipy.stats import chisquare

from ptrnet_suite.errors import InputError
from ptrnet_suite.search.base import Search
from ptrnet_suite.search.beam import Beam
from ptrnet_suite.search.sampling import Greedy, Sampling
from ptrnet_suite.search.spec import parse_search
from ptrnet_suite.task.constraints import UntilEnd
from tests.networks import (
    DECODERS,
    SPECS,
    every_sequence,
    make_batch,
    make_model,
    one_of,
    score_of,
)

CASES = [(spec, decoder) for spec in SPECS for decoder in DECODERS]


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
def test_a_runaway_answer_is_cut_at_its_own_limit_whatever_the_company() -> None:
    spec, constraint = SPECS["text"][0], UntilEnd(ratio=1.0, extra=1)
    model, batch = make_model(spec, "lstm"), make_batch(spec, [2, 5])
    with torch.no_grad():
        model.head.project.bias[0] = -50  # never ends by itself
    found = Greedy()(model, batch, constraint)
    assert found.lengths.flatten().tolist() == [3, 6]
    alone = Greedy()(model, one_of(batch, 0), constraint)
    torch.testing.assert_close(alone.log_probabilities[0], found.log_probabilities[0])


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


@pytest.mark.parametrize("decoder", DECODERS)
@torch.inference_mode()
def test_samples_come_as_often_as_the_model_says(decoder: str) -> None:
    spec, constraint = SPECS["sorting"]
    model, batch = make_model(spec, decoder), make_batch(spec, [3])
    sequences = every_sequence(batch, constraint, 3)
    expected = torch.tensor([score_of(model, batch, constraint, s) for s in sequences]).exp()
    generator = torch.Generator().manual_seed(0)
    found = Sampling(count=4000)(model, batch, constraint, generator)
    counted = Counter(map(tuple, found.choices[0].tolist()))
    common = expected * 4000 >= 5
    observed = [counted[tuple(s)] for s, often in zip(sequences, common, strict=True) if often]
    share = expected[common] / expected[common].sum()
    assert sum(counted.values()) == 4000
    assert (
        chisquare(
            observed, share.double().numpy() / share.double().sum().item() * sum(observed)
        ).pvalue
        > 1e-3
    )


@torch.inference_mode()
def test_low_temperature_top_k_of_one_and_tiny_top_p_are_all_greedy() -> None:
    spec, constraint = SPECS["hull"]
    model, batch = make_model(spec), make_batch(spec, [6, 5])
    greedy = Greedy()(model, batch, constraint).choices
    for search in (Sampling(2, temperature=1e-3), Sampling(2, top_k=1), Sampling(2, top_p=1e-6)):
        found = search(model, batch, constraint, torch.Generator().manual_seed(1)).choices
        assert torch.equal(found, greedy.expand_as(found))


@pytest.mark.parametrize("search", [Sampling(8, temperature=5), Beam(8)])
@torch.inference_mode()
def test_hypotheses_are_ranked_by_cost_where_there_is_one(search: Search) -> None:
    spec, constraint = SPECS["tour"]
    model, batch = make_model(spec), make_batch(spec, [6])
    generator = torch.Generator().manual_seed(0)
    found = search(
        model, batch, constraint, generator, cost=lambda _, choices: choices[:, :, -1].float()
    )
    last = found.choices[0, :, -1].tolist()
    assert last == sorted(last)
    assert len(set(last)) > 1


@torch.inference_mode()
def test_the_same_seed_draws_the_same_samples() -> None:
    spec, constraint = SPECS["tour"]
    model, batch = make_model(spec), make_batch(spec, [6])
    draws = [
        Sampling(4)(model, batch, constraint, torch.Generator().manual_seed(seed)).choices
        for seed in (3, 3, 4)
    ]
    assert torch.equal(draws[0], draws[1])
    assert not torch.equal(draws[0], draws[2])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("greedy", Greedy()),
        ("beam:16,length_penalty=0.6", Beam(16, 0.6)),
        ("sample:128,temperature=0.7,top_p=0.9", Sampling(128, 0.7, 0.9)),
        ("sample:1e2,top_k=5", Sampling(100, top_k=5)),
    ],
)
def test_a_search_is_read_from_its_name(text: str, expected: object) -> None:
    assert parse_search(text) == expected


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("bean", "no search 'bean'; did you mean 'beam'; there are greedy, sample, beam"),
        ("beam:x", "width is 'x'; accepted are whole numbers from 1 "),
        ("beam:0", "width is 0; accepted are whole numbers from 1 "),
        ("beam:2.5", "width is 2.5; accepted are whole numbers from 1 "),
        ("sample:4,temperature=-1", "temperature is -1; accepted are numbers above 0"),
        ("beam:4,heat=1", "no beam option 'heat'; there are width, length_penalty"),
        ("greedy:3", "greedy takes no options"),
        ("sample:nan", "count is 'nan'; accepted are whole numbers from 1 "),
    ],
)
def test_a_wrong_search_is_told_in_one_sentence(text: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        parse_search(text)
