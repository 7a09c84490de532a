"""Samples come as often as they should: frequencies against every answer's probability."""

from __future__ import annotations

from collections import Counter

import pytest
import torch
from scipy.stats import chisquare

from ptrnet_suite.search.sampling import Greedy, Sampling
from ptrnet_suite.task.constraints import UntilEnd
from tests.networks import DECODERS, SPECS, every_sequence, make_batch, make_model, one_of, score_of
from tests.search.chances import as_often_as, chances_of

DRAWS = 20_000
SIZES = {"tour": 4, "hull": 4, "sorting": 4, "text": 3}
SETTINGS = [
    {"temperature": 0.4},
    {"temperature": 3.0},
    {"top_k": 2},
    {"top_p": 0.7},
    {"temperature": 2.0, "top_k": 3, "top_p": 0.6},
]


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize(("name", "decoder"), list(zip(SPECS, DECODERS, strict=False)))
@torch.inference_mode()
def test_a_search_draws_from_the_probabilities_that_its_options_leave(
    name: str, decoder: str, setting: dict[str, float]
) -> None:
    spec, constraint = SPECS[name]
    model, batch = make_model(spec, decoder), make_batch(spec, [SIZES[name]])
    chances = chances_of(model, batch, constraint, **setting)
    assert sum(chances.values()) == pytest.approx(1, abs=1e-5)
    search = Sampling(DRAWS, **setting)  # type: ignore[arg-type]
    found = search(model, batch, constraint, torch.Generator().manual_seed(0)).choices[0]
    assert as_often_as(found.tolist(), chances) > 1e-3
    plain = chances_of(model, batch, constraint)
    assert as_often_as(found.tolist(), plain) < 1e-6, "the options change nothing here"


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


@pytest.mark.parametrize(("top_p", "kept"), [(0.25, 1), (0.26, 2), (0.5, 2), (0.75, 3), (0.76, 4)])
@torch.inference_mode()
def test_top_p_keeps_the_fewest_choices_that_have_as_much_together(top_p: float, kept: int) -> None:
    spec, constraint = SPECS["text"]
    model, batch = make_model(spec, "lstm"), make_batch(spec, [3])
    model.head.project.weight.zero_()  # four choices of exactly a quarter each
    model.head.project.bias.zero_()
    found = Sampling(400, top_p=top_p)(model, batch, constraint, torch.Generator().manual_seed(0))
    assert len(found.choices[0, :, 0].unique()) == kept


@torch.inference_mode()
def test_one_answer_of_one_instance_is_drawn_among_as_many_choices_as_told() -> None:
    spec, constraint = SPECS["text"]
    model, batch = make_model(spec, "lstm"), make_batch(spec, [3])
    model.head.project.weight.zero_()
    model.head.project.bias.copy_(torch.tensor([0.3, 0.2, 0.1, 0.0]))
    for top_k, kept in ((1, {0}), (2, {0, 1}), (3, {0, 1, 2})):
        firsts = set()
        for seed in range(40):
            generator = torch.Generator().manual_seed(seed)
            found = Sampling(1, top_k=top_k)(model, batch, constraint, generator)
            firsts.add(int(found.choices[0, 0, 0]))
        assert firsts == kept
