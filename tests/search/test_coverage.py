"""Beams that mind which inputs got attention, against attention taken from the parallel pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.errors import InputError
from ptrnet_suite.model.decoders.glimpse import GlimpseDecoder
from ptrnet_suite.model.decoders.recurrent import RecurrentDecoder
from ptrnet_suite.model.layers.relations import shifted_history
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.search.beam import Beam
from ptrnet_suite.search.wrappers import Multistart
from ptrnet_suite.task.constraints import Constraint
from tests.networks import DECODERS, SPECS, make_batch, make_model, one_of
from tests.search.enumeration import every_answer, same_choices
from tests.search.test_beam import finished_by_hand, steps_with_end

ATTENDING = [decoder for decoder in DECODERS if decoder != "gru unattended"]
CASES = [(name, decoder) for name in SPECS for decoder in ATTENDING]
ENDING = [(name, decoder) for name in ("hull", "text") for decoder in ATTENDING]


def attention_along(
    model: Seq2Seq, batch: Batch, constraint: Constraint, choices: Tensor
) -> Tensor:
    """Weights `(answers, time, positions)` at each step of a batch of one, by the parallel pass."""
    copies = Batch(
        batch.inputs.expand(len(choices), *batch.inputs.shape[1:]),
        batch.input_mask.expand(len(choices), -1),
    )
    allowed = constraint.masks_along(copies, model.num_choices_of(batch), choices)
    decoder: Any = model.decoder
    if isinstance(decoder, RecurrentDecoder):
        outputs = watched(decoder.attention, lambda: model(copies, choices, allowed))
        return torch.cat([found.weights for found in outputs], 1)
    glimpse = isinstance(decoder, GlimpseDecoder)
    look = decoder.glimpses[-1] if glimpse else decoder.layers[-1].look
    query = watched(look.norm_attention, lambda: model(copies, choices, allowed))[-1]
    encoded = model.encode(copies)
    inputs, _ = model._inputs(encoded, shifted_history(choices), allowed)
    return looked(look, query, encoded.memory.states, inputs.bias_for(-1, encoded.memory))


def watched(module: Any, run: Callable[[], object]) -> list[Any]:
    """What a module gives while something runs."""
    outputs: list[Any] = []
    handle = module.register_forward_hook(lambda _, __, output: outputs.append(output))
    run()
    handle.remove()
    return outputs


def looked(look: Any, query: Tensor, states: Tensor, bias: Tensor | None) -> Tensor:
    """Multi-head attention's weights by their equation, the mean over heads."""
    attention = look.attention
    count, time, width = query.shape
    depth = width // attention.heads
    queries = (query @ attention.project_query.weight.T).view(count, time, -1, depth)
    keys = (states @ attention.project_memory.weight[:width].T).view(count, -1, *queries.shape[2:])
    scores = torch.einsum("bthd,bphd->bhtp", queries, keys) / depth**0.5
    scores = scores if bias is None else scores + bias
    return scores.softmax(-1).mean(1)


def coverage_of(model: Seq2Seq, batch: Batch, constraint: Constraint, choices: Tensor) -> Tensor:
    """Sum of log(min(attention, 1)) over the inputs (Wu et al. 2016, eq. 14): `(answers,)`."""
    weights = attention_along(model, batch, constraint, choices)
    steps = torch.arange(choices.shape[1]) < steps_of(choices, constraint)[:, None]
    attended = (weights * steps.unsqueeze(2)).sum(1)
    return attended.clamp(1e-30, 1).log().sum(1)


def steps_of(choices: Tensor, constraint: Constraint) -> Tensor:
    if constraint.ends:
        return steps_with_end(choices)
    return torch.full((len(choices),), choices.shape[1])


@pytest.mark.parametrize("weight", [0.3, 5.0])
@pytest.mark.parametrize(("name", "decoder"), CASES)
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


@pytest.mark.parametrize(("name", "decoder"), ENDING)
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
def test_a_model_that_attends_to_nothing_is_refused_only_where_it_matters() -> None:
    spec, constraint = SPECS["text"]
    model, batch = make_model(spec, "gru unattended"), make_batch(spec, [4])
    assert Beam(2)(model, batch, constraint).choices.shape[1] == 2
    told = r"coverage penalty needs a decoder that attends to the inputs.* gru has attention 'none'"
    with pytest.raises(InputError, match=told):
        Beam(2, coverage_penalty=0.1)(model, batch, constraint)
