"""Padding is never chosen, whatever the constraint, the search or the decoder."""

from __future__ import annotations

from itertools import product

import pytest
import torch

from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.search.spec import parse_search
from ptrnet_suite.task.constraint import Constraint
from ptrnet_suite.task.constraints import Permutation, Polygon, UntilEnd
from ptrnet_suite.task.spec import Spec
from ptrnet_suite.training.strategies.base import TrainingState
from ptrnet_suite.training.strategies.scheduled_sampling import ScheduledSampling
from ptrnet_suite.training.strategies.teacher_forcing import TeacherForcing
from tests.networks import DECODERS, make_batch, make_model, one_of, score_of

LENGTHS = [6, 3, 2, 4]
POINTERS: dict[str, tuple[Spec, Constraint]] = {
    f"{type(rule).__name__} {'cyclic' if cyclic else 'open'} of {features}": (
        Spec("vectors", features, "pointer", ends=rule.ends, cyclic=cyclic),
        rule,
    )
    for rule, cyclic, features in product(
        (UntilEnd(longest=7), UntilEnd(longest=9, ratio=1.0, extra=0), Polygon(), Permutation()),
        (True, False),
        (1, 2),
    )
}
POINTERS["tokens"] = (Spec("tokens", 9, "pointer", ends=True), UntilEnd(longest=7))
SEARCHES = ("greedy", "sample:30", "beam:5", "stochastic_beam:5", "multistart/greedy")


def _real(spec: Spec, choices: torch.Tensor) -> bool:
    """Whether all choices of instances `(batch, ...)` are END or positions that are there."""
    most = torch.tensor(LENGTHS) - 1 + int(spec.ends)
    return bool((choices.flatten(1) <= most.unsqueeze(1)).all())


@pytest.mark.parametrize("search", SEARCHES)
@pytest.mark.parametrize("name", POINTERS)
@torch.inference_mode()
def test_no_search_chooses_padding(name: str, search: str) -> None:
    spec, constraint = POINTERS[name]
    model, batch = make_model(spec), make_batch(spec, LENGTHS)
    found = parse_search(search)(model, batch, constraint)
    # Hypotheses without a probability fill up where there are fewer answers.
    there = found.log_probabilities.isfinite().unsqueeze(2)
    assert _real(spec, found.choices * there)
    for index in range(len(LENGTHS)):
        best = found.choices[index, 0][: int(found.lengths[index, 0]) + constraint.ends].tolist()
        limit = constraint.limit(one_of(batch, index))
        score = score_of(model, one_of(batch, index), constraint, best[:limit])
        if not search.startswith(("sample", "multistart")):
            assert float(found.log_probabilities[index, 0]) == pytest.approx(score, abs=1e-4)


@pytest.mark.parametrize("decoder", DECODERS)
@pytest.mark.parametrize("name", POINTERS)
@torch.inference_mode()
def test_the_quick_step_gives_what_the_step_with_a_mask_gives(name: str, decoder: str) -> None:
    spec, _ = POINTERS[name]
    model, batch = make_model(spec, decoder), make_batch(spec, LENGTHS)
    encoded = model.encode(batch)
    choices = model.num_choices(encoded)
    everything = torch.ones(len(LENGTHS), choices, dtype=torch.bool)
    scores, _ = model.step(encoded, model.start(encoded), everything)
    best, order, _ = model.step_topk(encoded, model.start(encoded), None, choices)
    assert torch.equal(scores.gather(1, order), best)
    assert scores.exp().sum(1) == pytest.approx(1.0)
    assert _real(spec, scores.isfinite().nonzero()[:, 1:].new_tensor(_finite(scores)))


def _finite(scores: torch.Tensor) -> list[list[int]]:
    """The last choice of each row that has a probability."""
    return [[int(row.isfinite().nonzero().max())] for row in scores]


@pytest.mark.parametrize(
    "strategy",
    [
        TeacherForcing(label_smoothing=0.1),
        TeacherForcing(consistency=1.0),
        ScheduledSampling(label_smoothing=0.1),
    ],
)
@pytest.mark.parametrize("name", POINTERS)
def test_losses_are_finite_beside_padding(
    name: str, strategy: TeacherForcing | ScheduledSampling
) -> None:
    spec, constraint = POINTERS[name]
    model, batch = make_model(spec), make_batch(spec, LENGTHS)
    answers = parse_search("greedy")(model, batch, constraint)
    targets = answers.choices[:, 0]
    steps = torch.arange(targets.shape[1])
    mask = steps < answers.lengths[:, :1] + int(constraint.ends)
    batch = batch._replace(targets=targets, target_mask=mask)
    loss = strategy.loss(model, batch, constraint, TrainingState(step=5, steps=10))
    loss.backward()
    assert loss.isfinite()
    assert all(weight.grad is None or weight.grad.isfinite().all() for weight in model.parameters())
    assert any(weight.grad is not None for weight in _weights(model))


def _weights(model: Seq2Seq) -> list[torch.nn.Parameter]:
    return list(model.parameters())
