"""Every answer of an instance and its log-probability, without any search."""

from __future__ import annotations

import torch
from torch import Tensor

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.task.constraint import Constraint, ConstraintState


def every_answer(model: Seq2Seq, batch: Batch, constraint: Constraint) -> tuple[Tensor, Tensor]:
    """`(answers, time)` choices, padded with 0, and `(answers,)`, the most probable first."""
    progress = constraint.start(batch, model.num_choices_of(batch))
    choices = torch.zeros(1, 0, dtype=torch.long)
    for _ in range(constraint.limit(batch)):
        origin, choice = constraint.allowed(progress).nonzero().unbind(1)
        choices = torch.cat([choices[origin], choice.unsqueeze(1)], 1)
        progress = ConstraintState(*(part[origin] for part in progress))
        progress = constraint.advance(progress, choice)
    return _most_probable_first(model, batch, constraint, choices)


def log_probabilities(
    model: Seq2Seq, batch: Batch, constraint: Constraint, choices: Tensor
) -> Tensor:
    """Of `(answers, time)` choices of a batch of one, by the parallel pass: `(answers,)`."""
    copies = Batch(
        batch.inputs.expand(len(choices), *batch.inputs.shape[1:]),
        batch.input_mask.expand(len(choices), -1),
    )
    allowed = constraint.masks_along(copies, model.num_choices_of(batch), choices)
    scores = model(copies, choices, allowed)
    return scores.gather(2, choices.unsqueeze(2)).squeeze(2).sum(1)


def _most_probable_first(
    model: Seq2Seq, batch: Batch, constraint: Constraint, choices: Tensor
) -> tuple[Tensor, Tensor]:
    total = log_probabilities(model, batch, constraint, choices)
    order = total.argsort(descending=True)
    return choices[order], total[order]


def same_choices(one: Tensor, other: Tensor) -> bool:
    """Whether two answers are the same, whatever their padding with 0."""
    longest = max(len(one), len(other))
    padded = [torch.nn.functional.pad(part, (0, longest - len(part))) for part in (one, other)]
    return torch.equal(*padded)
