"""Coverage by its equation, from attention that is computed without any search."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.model.decoders.glimpse import GlimpseDecoder
from ptrnet_suite.model.decoders.recurrent import RecurrentDecoder
from ptrnet_suite.model.layers.relations import shifted_history
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.task.constraint import Constraint
from tests.search.beam_by_hand import steps_with_end


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
