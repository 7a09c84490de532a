"""Whole decoders by the papers' equations, rerun in numpy from their weights."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from scipy.special import erf, expit

from ptrnet_suite.model.config import DecoderConfig
from ptrnet_suite.model.decoders import make_decoder
from ptrnet_suite.model.interfaces import DecoderInputs, DecoderOutput, Memory
from ptrnet_suite.model.layers.attention import additive_mask
from tests.model.layers.by_hand import (
    WIDTH,
    Weights,
    centre_by_hand,
    heads_by_hand,
    look_by_hand,
    padding_of,
    part_of,
    shaken,
    weights_of,
)

LENGTHS, STEPS, HYPOTHESES = [6, 1, 3], 8, 2
LOOKS: list[dict[str, Any]] = [
    {"attention": "dot"},
    {"attention": "general", "alignment": "local_m", "window": 1},
    {"attention": "concat", "alignment": "local_p", "window": 2},
    {"attention": "location", "alignment": "local_p", "window": 1},
    {"attention": "scaled_dot", "alignment": "local_m", "window": 2},
    {"attention": "general", "coverage": True},
    {"attention": "concat", "alignment": "local_p", "window": 2, "coverage": True},
]
CELLS: list[tuple[Any, int]] = list(itertools.product(["lstm", "gru"], [1, 2]))


class Given(NamedTuple):
    """What a decoder is given of one input without padding, and what was chosen there."""

    states: np.ndarray
    summary: np.ndarray
    choices: np.ndarray


class Rerun(NamedTuple):
    """One step by hand: see `DecoderOutput`; weights: `(heads, positions)`."""

    query: np.ndarray
    weights: np.ndarray | None
    centre: float | None


def _linear(weights: Weights, name: str, inputs: np.ndarray) -> np.ndarray:
    return weights[f"{name}.weight"] @ inputs + weights.get(f"{name}.bias", 0.0)


def _read(maxout: bool, weights: Weights, *parts: np.ndarray) -> np.ndarray:
    """The query of [context; state; previous choice], of which tanh takes the first two."""
    names = ["context", "state", "previous"] if maxout else ["context", "state"]
    whole = np.hstack([weights[f"combine.{name}.weight"] for name in names])
    both = whole @ np.concatenate(parts[: len(names)]) + weights["combine.state.bias"]
    pairs = [max(both[2 * j], both[2 * j + 1]) for j in range(len(both) // 2)]
    return np.array(pairs) if maxout else np.tanh(both)


def _cell(
    weights: Weights, layer: int, inputs: np.ndarray, state: tuple[np.ndarray, ...]
) -> tuple[np.ndarray, ...]:
    """An LSTM's state and cell, or a GRU's state alone, as torch's pages define them."""
    fed = weights[f"weight_ih_l{layer}"] @ inputs + weights[f"bias_ih_l{layer}"]
    own = weights[f"weight_hh_l{layer}"] @ state[0] + weights[f"bias_hh_l{layer}"]
    if len(state) == 2:
        i, f, g, o = np.split(fed + own, 4)
        cell = expit(f) * state[1] + expit(i) * np.tanh(g)
        return expit(o) * np.tanh(cell), cell
    (fed_r, fed_z, fed_n), (own_r, own_z, own_n) = np.split(fed, 3), np.split(own, 3)
    update, new = expit(fed_z + own_z), np.tanh(fed_n + expit(fed_r + own_r) * own_n)
    return ((1 - update) * new + update * state[0],)


def luong_by_hand(config: DecoderConfig, weights: Weights, given: Given) -> list[Rerun]:
    """Luong et al. 2015, sections 3 and 3.3: the current top state attends."""
    begun = np.tanh(_linear(weights, "bridge", given.summary)).reshape(-1, config.layers, WIDTH)
    layers = [tuple(part[layer] for part in begun) for layer in range(config.layers)]
    covered = np.zeros(len(given.states))
    attentional, found, own = np.zeros(WIDTH), [], part_of(weights, "attention")
    cells = part_of(weights, "recurrent")
    if config.input_feeding:
        cells["weight_ih_l0"] = np.hstack([cells["weight_ih_l0"], weights["fed.weight"]])
    for step, choice in enumerate(given.choices):
        top = np.concatenate([choice, attentional]) if config.input_feeding else choice
        for layer, state in enumerate(layers):
            layers[layer] = _cell(cells, layer, top, state)
            top = layers[layer][0]
        if config.attention == "none":
            found.append(Rerun(top, None, None))
            continue
        looked = look_by_hand(config, own, top, given.states, step, covered)
        attentional = _read(config.readout == "maxout", weights, looked.context, top, choice)
        found.append(Rerun(attentional, looked.weights[None], looked.centre))
        # See et al. 2017, eq. 10: the sum of what was seen before.
        covered = covered + looked.weights
    return found


def bahdanau_by_hand(config: DecoderConfig, weights: Weights, given: Given) -> list[Rerun]:
    """Bahdanau et al. 2014, appendix A.1 and A.2.2: the state before looks."""
    before, found = np.tanh(_linear(weights, "bridge", given.summary)), []
    covered, own = np.zeros(len(given.states)), part_of(weights, "attention")
    for step, choice in enumerate(given.choices):
        looked = look_by_hand(config, own, before, given.states, step, covered)
        fed = _linear(weights, "of_previous", choice)
        seen = _linear(weights, "of_context", looked.context)
        fed_r, fed_z, fed_s = np.split(fed + seen, 3)
        own_r, own_z = np.split(_linear(weights, "gates", before), 2)
        reset, update = expit(fed_r + own_r), expit(fed_z + own_z)
        proposed = np.tanh(fed_s + _linear(weights, "candidate", reset * before))
        after = (1 - update) * before + update * proposed
        maxout = config.readout != "tanh"
        query = _read(maxout, weights, looked.context, before if maxout else after, choice)
        found.append(Rerun(query, looked.weights[None], looked.centre))
        covered = covered + looked.weights
        before = after
    return found


def _norm(weights: Weights, name: str, values: np.ndarray) -> np.ndarray:
    scaled = (values - values.mean()) / np.sqrt(values.var() + 1e-5)
    return scaled * weights[f"{name}.weight"] + weights[f"{name}.bias"]


def _feed_forward(weights: Weights, values: np.ndarray) -> np.ndarray:
    hidden = _linear(weights, "0", values)
    return _linear(weights, "3", hidden * (1 + erf(hidden / math.sqrt(2))) / 2)


def transformer_by_hand(config: DecoderConfig, weights: Weights, given: Given) -> list[Rerun]:
    """Vaswani et al. 2017, section 3, normed before each part; what looks also tells where."""
    past: list[list[np.ndarray]] = [[] for _ in range(config.layers)]
    found = []
    for step, choice in enumerate(given.choices):
        angles = [step / 10000 ** (2 * (i // 2) / WIDTH) for i in range(WIDTH)]
        code = [math.cos(a) if i % 2 else math.sin(a) for i, a in enumerate(angles)]
        query = choice + np.array(code)
        for layer in range(config.layers):
            own = part_of(weights, f"layers.{layer}")
            look = part_of(own, "look")
            past[layer].append(_norm(own, "norm_self", query))
            memory = np.stack(past[layer])
            query = query + heads_by_hand(config, part_of(own, "attention"), memory[-1], memory)[0]
            place = part_of(own, "alignment")
            centre = centre_by_hand(config.alignment, place, query, step, len(given.states))
            asked = _norm(look, "norm_attention", query)
            heads = part_of(look, "attention")
            seen, shares = heads_by_hand(config, heads, asked, given.states, centre)
            query = query + seen
            normed = _norm(look, "norm_feedforward", query)
            query = query + _feed_forward(part_of(look, "feedforward"), normed)
        found.append(Rerun(_norm(weights, "norm", query), shares, centre))
    return found


def case_name(config: DecoderConfig) -> str:
    parts = [config.kind, config.layers, config.attention, config.alignment, config.window]
    flags = ["fed"] * config.input_feeding + ["covered"] * config.coverage
    return "-".join(map(str, [*parts, config.readout, *flags]))


def memory_and_choices() -> tuple[Memory, torch.Tensor]:
    """A padded memory, and choices `(batch, hypotheses, time, width)`."""
    torch.manual_seed(0)
    mask = padding_of(LENGTHS)
    states = torch.randn(len(LENGTHS), max(LENGTHS), WIDTH).masked_fill(~mask.unsqueeze(2), 9.0)
    closed = additive_mask(mask).unsqueeze(1)
    memory = Memory(states, mask, torch.randn(len(LENGTHS), WIDTH), None, closed)
    return memory, torch.randn(len(LENGTHS), HYPOTHESES, STEPS, WIDTH)


def assert_same(found: DecoderOutput, row: int, column: int, expected: Rerun) -> None:
    np.testing.assert_allclose(found.query[row, column], expected.query, atol=1e-5)
    assert (found.weights is None) == (expected.weights is None)
    if found.weights is not None and expected.weights is not None:
        weights = found.weights[row, :, column]
        np.testing.assert_allclose(weights[:, : LENGTHS[row]], expected.weights, atol=1e-5)
        assert (weights[:, LENGTHS[row] :] == 0).all()
    assert (found.centres is None) == (expected.centre is None)
    if found.centres is not None:
        assert float(found.centres[row, column]) == pytest.approx(expected.centre, abs=1e-5)


def assert_equals_its_paper(
    config: DecoderConfig, rerun: Callable[[DecoderConfig, Weights, Given], list[Rerun]]
) -> None:
    """Holds a decoder of random weights, in one pass and step by step, against its equations."""
    torch.manual_seed(1)
    decoder = shaken(make_decoder(config, WIDTH, 0.0))
    memory, choices = memory_and_choices()
    prepared, first = decoder.prepare(memory), choices[:, 0]
    passed = decoder(DecoderInputs(first, first, memory.summary), memory, prepared)
    state, steps = tuple(s.repeat_interleave(HYPOTHESES, 0) for s in decoder.start(memory)), []
    for previous in choices.unbind(2):
        cues = DecoderInputs(previous, previous, memory.summary)
        steps.append(decoder.step(cues, memory, prepared, state))
        state = steps[-1].state
    for row, hypothesis in np.ndindex(len(LENGTHS), HYPOTHESES):
        own = memory.states[row, : LENGTHS[row]], memory.summary[row], choices[row, hypothesis]
        given = Given(*(part.numpy().astype(float) for part in own))
        for time, expected in enumerate(rerun(config, weights_of(decoder), given)):
            assert_same(steps[time], row, hypothesis, expected)
            if hypothesis == 0:
                assert_same(passed, row, time, expected)
