"""Answers that the model makes in training: sampled without gradient, then scored with it.

Sampling step by step keeps nothing for the gradient; one parallel pass along the samples then
gives their log-probabilities, which costs less than a gradient through every step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Generator, Tensor, nn

from ptrnet_suite.data.instances import Batch
from ptrnet_suite.model.seq2seq import Encoded, Seq2Seq
from ptrnet_suite.search.sampling import roll_out
from ptrnet_suite.task.constraints import Constraint


@contextmanager
def without_gradient(model: nn.Module) -> Iterator[None]:
    """No gradient and no dropout inside."""
    training = model.training
    model.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        model.train(training)
        # Older autocasts would go on to use the weights that they cast in here, without gradient.
        torch.clear_autocast_cache()


def drawn(scores: Tensor, generator: Generator | None = None) -> Tensor:
    """A choice for each row of log-probabilities `(rows, choices)`, by the Gumbel-max trick.

    A row without any open choice gives choice 0.
    """
    return (scores - torch.empty_like(scores).exponential_(generator=generator).log()).argmax(1)


def sample(
    model: Seq2Seq,
    encoded: Encoded,
    batch: Batch,
    constraint: Constraint,
    count: int,
    starts: Tensor | None = None,
    choose: Callable[[Tensor], Tensor] = drawn,
) -> Tensor:
    """Answers `(batch, count, time)` of an encoded batch; `starts (batch, count)` begin them."""
    with without_gradient(model):
        return roll_out(model, batch, constraint, count, choose, encoded, starts).choices


def greedy(model: Seq2Seq, encoded: Encoded, batch: Batch, constraint: Constraint) -> Tensor:
    """The answer of the most probable choices, `(batch, 1, time)`."""
    return sample(model, encoded, batch, constraint, 1, choose=lambda scores: scores.argmax(1))


def scores_along(
    model: Seq2Seq,
    encoded: Encoded,
    batch: Batch,
    constraint: Constraint,
    choices: Tensor,
    started: bool = False,
) -> tuple[Tensor, Tensor]:
    """Log-probabilities of every choice along made answers `(batch, hypotheses, time)`.

    Returns them and what was allowed, `(rows, time, choices)`. `started` answers had their first
    choice given, which then is certain.
    """
    rows = choices.flatten(0, 1)
    allowed = constraint.replay(batch, model.choices(encoded), rows)
    if started:
        allowed[:, 0] = nn.functional.one_hot(rows[:, 0], allowed.shape[2]).bool()
    return model.along(encoded, rows, allowed), allowed


def log_likelihood(
    model: Seq2Seq,
    encoded: Encoded,
    batch: Batch,
    constraint: Constraint,
    choices: Tensor,
    started: bool = False,
) -> Tensor:
    """Log-probabilities `(batch, hypotheses)` of made answers, with gradient."""
    scores, _ = scores_along(model, encoded, batch, constraint, choices, started)
    picked = scores.gather(2, choices.flatten(0, 1).unsqueeze(2)).squeeze(2)
    return picked.sum(1).view(choices.shape[:2])
