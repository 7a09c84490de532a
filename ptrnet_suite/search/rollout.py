"""Rollouts: answers made choice by choice, and scored in one pass.

In training, sampling step by step keeps nothing for the gradient; one parallel pass along the
samples then gives their log-probabilities, which costs less than a gradient through every step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.model.autoregressive import AutoregressiveModel, EncodedBatch
from ptrnet_suite.model.interfaces import Decoding
from ptrnet_suite.model.sequence_model import SequenceModel
from ptrnet_suite.search.base import Hypotheses, lengths_of
from ptrnet_suite.task.constraint import Constraint

Chooser = Callable[[Float[Tensor, "rows choices"]], Int[Tensor, " rows"]]
"""A choice for each row of log-probabilities."""


def roll_out(
    model: AutoregressiveModel,
    batch: Batch,
    constraint: Constraint,
    count: int,
    choose: Chooser | None = None,
    encoded: EncodedBatch | None = None,
    starts: Int[Tensor, "batch hypotheses"] | None = None,
) -> Hypotheses:
    """Follows `choose` to the end, `count` times for each instance.

    choose: without it the most probable choice is taken. encoded: the batch as the model has read
    it, where it has. starts: `count` first choices of each instance, given and so of probability 1.
    """
    encoded = model.encode(batch) if encoded is None else encoded
    rows = torch.arange(batch.size, device=batch.inputs.device).repeat_interleave(count)
    decoding = model.start(encoded).select(rows)
    progress = constraint.start(batch, model.num_choices(encoded)).select(rows)
    total = torch.zeros(len(rows), device=rows.device)
    chosen: list[Tensor] = []
    quick = choose is None and constraint.unrestricted and starts is None
    for _ in range(constraint.limit(batch)):
        if bool(progress.ended.all()):
            break
        if quick:
            score, choice, decoding = _most_probable(model, encoded, decoding, progress.ended)
        else:
            allowed = constraint.allowed(progress)
            if starts is not None and not chosen:
                allowed = torch.zeros_like(allowed).scatter_(1, starts.reshape(-1, 1), True)
            scores, decoding = model.step(encoded, decoding, allowed)
            choice = scores.argmax(1) if choose is None else choose(scores)
            score = scores.gather(1, choice.unsqueeze(1)).squeeze(1)
        total = total + score
        decoding, progress = decoding.advance(choice), constraint.advance(progress, choice)
        chosen.append(choice)
    choices = torch.stack(chosen, 1).view(batch.size, count, -1)
    lengths = lengths_of(choices, constraint, batch)
    return Hypotheses(choices, total.view(batch.size, count), lengths)


def _most_probable(
    model: AutoregressiveModel,
    encoded: EncodedBatch,
    decoding: Decoding,
    ended: Bool[Tensor, " rows"],
) -> tuple[Float[Tensor, " rows"], Int[Tensor, " rows"], Decoding]:
    """The score of the most probable choice, and that choice; both 0 of rows that have ended."""
    scores, choices, decoding = model.step_topk(encoded, decoding, None, 1)
    return scores[:, 0].masked_fill(ended, 0), choices[:, 0].masked_fill(ended, 0), decoding


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


def gumbel_max(scores: Float[Tensor, "rows choices"]) -> Int[Tensor, " rows"]:
    """A choice for each row of log-probabilities, drawn by the Gumbel-max trick.

    Draws from torch's global generator, as training does. A row without any open choice gives
    choice 0.
    """
    return (scores - torch.empty_like(scores).exponential_().log()).argmax(1)


def sample(
    model: SequenceModel,
    encoded: EncodedBatch,
    batch: Batch,
    constraint: Constraint,
    count: int,
    starts: Int[Tensor, "batch hypotheses"] | None = None,
    choose: Chooser = gumbel_max,
) -> Int[Tensor, "batch hypotheses time"]:
    """`count` answers of each instance of an encoded batch, which begin with `starts`."""
    with without_gradient(model):
        return roll_out(model, batch, constraint, count, choose, encoded, starts).choices


def greedy(
    model: SequenceModel, encoded: EncodedBatch, batch: Batch, constraint: Constraint
) -> Int[Tensor, "batch 1 time"]:
    """The answer of the most probable choices."""
    return sample(model, encoded, batch, constraint, 1, choose=lambda scores: scores.argmax(1))


def scores_along(
    model: SequenceModel,
    encoded: EncodedBatch,
    batch: Batch,
    constraint: Constraint,
    choices: Int[Tensor, "batch hypotheses time"],
    started: bool = False,
) -> tuple[Float[Tensor, "rows time choices"], Bool[Tensor, "rows time choices"]]:
    """Log-probabilities of every choice along given answers, and which were allowed.

    `started` answers had their first choice given, which then is certain.
    """
    rows = choices.flatten(0, 1)
    allowed = constraint.replay(batch, model.num_choices(encoded), rows)
    if started:
        allowed[:, 0] = nn.functional.one_hot(rows[:, 0], allowed.shape[2]).bool()
    return model.along(encoded, rows, allowed), allowed


def log_likelihood(
    model: SequenceModel,
    encoded: EncodedBatch,
    batch: Batch,
    constraint: Constraint,
    choices: Int[Tensor, "batch hypotheses time"],
    started: bool = False,
) -> Float[Tensor, "batch hypotheses"]:
    """Log-probabilities of given answers, with gradient."""
    scores, _ = scores_along(model, encoded, batch, constraint, choices, started)
    picked = scores.gather(2, choices.flatten(0, 1).unsqueeze(2))
    return picked.sum(1).view(choices.shape[:2])


def equivalent_starts(
    constraint: Constraint, batch: Batch, choices: int
) -> Int[Tensor, "batch starts"] | None:
    """First choices from which equally good answers begin.

    An instance with fewer of them repeats its own. None where starts are only what is allowed
    first anyway, so that nothing makes them equivalent.
    """
    begins = constraint.starts(batch, choices)
    if bool((begins == constraint.allowed(constraint.start(batch, choices))).all()):
        return None
    sizes = begins.sum(1, keepdim=True)
    order = begins.long().argsort(stable=True, dim=1, descending=True)
    indices = torch.arange(int(sizes.max()), device=begins.device) % sizes
    return order.gather(1, indices)
