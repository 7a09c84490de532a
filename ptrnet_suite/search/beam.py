"""Beam search, batched over instances."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from ptrnet_suite.constraints import Constraint, Progress
from ptrnet_suite.data import Batch
from ptrnet_suite.model import Decoding, Encoded, Seq2Seq
from ptrnet_suite.search.base import Cost, Hypotheses, Search, lengths_of


class Beams(NamedTuple):
    """Hypotheses under way; total: `(batch, width)` log-probability, choices: with `time` last."""

    decoding: Decoding
    progress: Progress
    total: Tensor
    choices: Tensor


@dataclass(frozen=True)
class Beam(Search):
    """Keeps the `width` best hypotheses at every step; those that ended stay and compete.

    With `length_penalty` a > 0 hypotheses compete by log P / ((5 + length) / 6)^a (Wu et al. 2016,
    eq. 14). The search goes on until every hypothesis in the beam has ended. The last beam is
    ranked by the task's cost where it has one.
    """

    width: int = 8
    length_penalty: float = 0.0

    @property
    def hypotheses(self) -> int:
        return self.width

    def __call__(
        self,
        model: Seq2Seq,
        batch: Batch,
        constraint: Constraint,
        generator: torch.Generator | None = None,
        cost: Cost | None = None,
    ) -> Hypotheses:
        encoded = model.encode(batch)
        beams = Beams(
            model.start(encoded),
            constraint.start(batch, model.choices(encoded)),
            torch.zeros(batch.size, 1, device=batch.inputs.device),
            batch.inputs.new_zeros(batch.size, 1, 0, dtype=torch.long),
        )
        for _ in range(constraint.limit(batch)):
            if bool(beams.progress.ended.all()):
                break
            beams = self._extend(model, encoded, constraint, beams)
        hypotheses = Hypotheses(
            beams.choices, beams.total, lengths_of(beams.choices, constraint, batch)
        )
        costs = None if cost is None else cost(batch, beams.choices)
        if costs is not None:
            return hypotheses.order_by(costs.masked_fill(~beams.total.isfinite(), float("inf")))
        return hypotheses.order_by(-self._worth(beams.total, hypotheses.lengths))

    def _worth(self, total: Tensor, lengths: Tensor) -> Tensor:
        return total / ((5 + lengths) / 6) ** self.length_penalty

    def _extend(
        self, model: Seq2Seq, encoded: Encoded, constraint: Constraint, beams: Beams
    ) -> Beams:
        batch, width, _ = beams.choices.shape
        allowed = constraint.allowed(beams.progress)
        scores, decoding = model.step(encoded, beams.decoding, allowed)
        choices = scores.shape[1]
        total = beams.total.unsqueeze(2) + scores.view(batch, width, choices)
        ended = beams.progress.ended.view(batch, width, 1)
        lengths = beams.progress.chosen.view(batch, width, 1) + (~ended).long()
        worth = self._worth(total, lengths).flatten(1)
        best = worth.topk(min(self.width, worth.shape[1]), 1).indices
        choice = best % choices
        origin = best // choices
        rows = (origin + torch.arange(batch, device=origin.device)[:, None] * width).flatten()
        past = beams.choices.flatten(0, 1)[rows].view(batch, best.shape[1], -1)
        progress = Progress(*(part[rows] for part in beams.progress))
        return Beams(
            decoding.select(rows).advance(choice.flatten()),
            _advance(constraint, progress, choice.flatten()),
            total.flatten(1).gather(1, best),
            torch.cat([past, choice.unsqueeze(2)], 2),
        )


def _advance(constraint: Constraint, progress: Progress, choice: Tensor) -> Progress:
    """Advances; `chosen` stands still in rows that have ended, so that it counts their length."""
    moved = constraint.advance(progress, choice)
    return moved._replace(chosen=torch.where(progress.ended, progress.chosen, moved.chosen))
