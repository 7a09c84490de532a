"""Imitation of one of the sequences that mean a known answer: a hull may begin at any corner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from jaxtyping import Float, Int
from torch import Tensor

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.model.interfaces import Encoded
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.runtime.config_fields import number
from ptrnet_suite.search.rollout import without_gradient
from ptrnet_suite.task.constraint import Constraint
from ptrnet_suite.training.strategies.base import Strategy, TrainingState

Targets = Literal["given", "canonical", "random", "best"]


@dataclass(frozen=True, kw_only=True)
class SupervisedStrategy(Strategy):
    """Learns known answers, each by one of the sequences that mean it.

    Where answers have no symmetries the known sequence is the only one, whatever `targets` says.
    """

    targets: Targets = "given"
    """which sequence of an answer is learned: the one in the task's batch (given), the task's
    canonical one, a random one, drawn anew each time, or the one to which the model gives the
    highest probability (best)"""
    candidates: int = number(0, low=0)
    """most sequences of an answer that `best` compares, drawn anew each time; 0 compares all"""

    def read(
        self, model: Seq2Seq, batch: Batch, constraint: Constraint, state: TrainingState
    ) -> tuple[Encoded, Batch]:
        """The batch as the model reads it, and with the sequences to learn as its targets."""
        encoded = model.encode(batch)
        sequences = None if self.targets == "given" else state.equivalents(batch)
        if sequences is None:
            return encoded, batch
        if self.targets == "random":
            sequences = _sampled(sequences, 1)
        elif self.targets == "best":
            sequences = _sampled(sequences, self.candidates) if self.candidates else sequences
            best = likelihoods(model, encoded, batch, constraint, sequences).argmax(1)
            sequences = _picked(sequences, best.unsqueeze(1))
        return encoded, batch._replace(targets=sequences[:, 0])


def _sampled(
    sequences: Int[Tensor, "batch equivalents time"], count: int
) -> Int[Tensor, "batch sampled time"]:
    """At most `count` of each instance's distinct sequences.

    All are equally likely; where an instance has fewer, its canonical one fills up.
    """
    repeated = (sequences == sequences[:, :1]).all(2)
    repeated[:, 0] = False
    keys = torch.rand(repeated.shape).to(sequences.device).masked_fill(repeated, -1)
    return _picked(sequences, keys.topk(min(count, sequences.shape[1]), 1).indices)


def _picked(
    sequences: Int[Tensor, "batch equivalents time"], indices: Int[Tensor, "batch picked"]
) -> Int[Tensor, "batch picked time"]:
    return sequences.gather(1, indices.unsqueeze(2).expand(-1, -1, sequences.shape[2]))


def likelihoods(
    model: Seq2Seq,
    encoded: Encoded,
    batch: Batch,
    constraint: Constraint,
    sequences: Int[Tensor, "batch equivalents time"],
) -> Float[Tensor, "batch equivalents"]:
    """Log-probabilities of known sequences, in one pass, without gradient."""
    count, rows = sequences.shape[1], sequences.flatten(0, 1)
    copies = Batch(*(part.repeat_interleave(count, 0) for part in (batch.inputs, batch.input_mask)))
    with without_gradient(model):
        allowed = constraint.masks_along(copies, model.num_choices(encoded), rows)
        scores = model.along(encoded, rows, allowed)
    return scores.gather(2, rows.unsqueeze(2)).sum(1).view(sequences.shape[:2])
