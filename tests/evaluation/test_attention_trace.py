"""Attention and probabilities of an answer, step by step."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ptrnet_suite.errors import InputError
from ptrnet_suite.evaluation.attention_trace import answer_of, decode_with_trace, trace_along
from ptrnet_suite.evaluation.decode import solve_instances
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.reporting.decoding import pointing_of
from ptrnet_suite.search.spec import parse_search
from ptrnet_suite.task.base import Task
from ptrnet_suite.task.registry import load_task
from tests.networks import make_model

POINTERS = ("tsp", "convex_hull", "sorting")


def stepped(model: Seq2Seq, task: Task, points: object, choices: list[int]) -> np.ndarray:
    """Probability of every choice before each of `choices`, by the step-by-step pass."""
    batch = task.batch(points).without_targets  # type: ignore[arg-type]
    constraint, found = task.constraint(), []
    with torch.inference_mode():
        encoded = model.encode(batch)
        decoding = model.start(encoded)
        progress = constraint.start(batch, model.num_choices(encoded))
        for choice in choices:
            scores, decoding = model.step(encoded, decoding, constraint.allowed(progress))
            found.append(scores[0].exp().numpy())
            made = torch.tensor([choice])
            progress, decoding = constraint.advance(progress, made), decoding.advance(made)
    return np.array(found)


@pytest.mark.parametrize("name", POINTERS)
@pytest.mark.parametrize("decoder", ["glimpse", "gru unattended"])
def test_what_a_pointer_tells_is_what_it_decodes_by(name: str, decoder: str) -> None:
    task = load_task(name)
    model, instances = make_model(task.spec, decoder), task.generate(7, 3, seed=5)
    choices, trace = decode_with_trace(model, task, instances, 1, parse_search("greedy"))
    expected = stepped(model, task, instances.subset([1]), choices.tolist())
    ends = int(task.spec.ends)
    assert trace.pointed is not None
    np.testing.assert_allclose(trace.pointed, expected[:, ends:], atol=1e-5)
    if ends:
        np.testing.assert_allclose(1 - trace.pointed.sum(1), expected[:, 0], atol=1e-5)
    if decoder == "gru unattended":
        np.testing.assert_array_equal(trace.weights, trace.pointed[None])
    pointing = pointing_of(task, instances, 1, choices, trace)
    if name == "sorting":
        assert pointing is None
    else:
        assert pointing is not None
        taken = expected[np.arange(len(choices)), choices]
        np.testing.assert_allclose(pointing.choice_probabilities, taken, atol=1e-5)


@pytest.mark.parametrize("search", ["greedy", "beam:4", "sample:8,temperature=3"])
@pytest.mark.parametrize("name", POINTERS)
def test_the_answer_that_is_explained_is_the_one_that_is_given(name: str, search: str) -> None:
    task = load_task(name)
    model, instances = make_model(task.spec), task.generate(8, 1, seed=2)
    found, generators = parse_search(search), [torch.Generator().manual_seed(4) for _ in range(2)]
    given = solve_instances(model, task, instances, found, generator=generators[0])[0]
    choices, _ = decode_with_trace(model, task, instances, 0, found, generators[1])
    np.testing.assert_array_equal(answer_of(task, instances, 0, choices), given)


def test_a_writer_that_never_looks_has_nothing_to_draw() -> None:
    task = load_task("text", {"problem": "reverse", "source_vocabulary": "ab"})
    model = make_model(task.spec, "gru unattended", "lstm")
    with pytest.raises(InputError, match="attention 'none'"):
        trace_along(model, task, task.generate(4, 1, seed=1), 0, [1, 0])
