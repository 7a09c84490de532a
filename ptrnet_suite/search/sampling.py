"""One choice after another: the most probable one (greedy) or one drawn at random (sampling)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from ptrnet_suite.constraints import Constraint, Progress
from ptrnet_suite.data import Batch
from ptrnet_suite.model import Seq2Seq
from ptrnet_suite.search.base import Cost, Hypotheses, Search, lengths_of

Chooser = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Greedy(Search):
    """Takes the most probable choice at every step."""

    def __call__(
        self,
        model: Seq2Seq,
        batch: Batch,
        constraint: Constraint,
        generator: torch.Generator | None = None,
        cost: Cost | None = None,
    ) -> Hypotheses:
        return roll_out(model, batch, constraint, 1, lambda scores: scores.argmax(1))


@dataclass(frozen=True)
class Sampling(Search):
    """Draws `count` answers and puts the best first, by the task's cost where it has one."""

    count: int = 16
    temperature: float = 1.0
    top_p: float = 1.0
    top_k: int = 0

    @property
    def hypotheses(self) -> int:
        return self.count

    def __call__(
        self,
        model: Seq2Seq,
        batch: Batch,
        constraint: Constraint,
        generator: torch.Generator | None = None,
        cost: Cost | None = None,
    ) -> Hypotheses:
        def draw(scores: Tensor) -> Tensor:
            return torch.multinomial(self._probabilities(scores), 1, generator=generator).squeeze(1)

        samples = roll_out(model, batch, constraint, self.count, draw)
        costs = None if cost is None else cost(batch, samples.choices)
        return samples.order_by(-samples.log_probabilities if costs is None else costs)

    def _probabilities(self, scores: Tensor) -> Tensor:
        """`(rows, choices)` after temperature, top-k and top-p (Holtzman et al. 2020)."""
        probabilities = torch.softmax(scores / self.temperature, 1)
        if self.top_k:
            kept = min(self.top_k, scores.shape[1])
            smallest = probabilities.topk(kept, 1).values[:, -1:]
            probabilities = probabilities.masked_fill(probabilities < smallest, 0)
        if self.top_p < 1:
            ordered, order = probabilities.sort(1, descending=True)
            ordered = ordered / ordered.sum(1, keepdim=True)
            before = ordered.cumsum(1) - ordered
            outside = torch.zeros_like(ordered, dtype=torch.bool)
            outside.scatter_(1, order, before >= self.top_p)
            probabilities = probabilities.masked_fill(outside, 0)
        return probabilities


def roll_out(
    model: Seq2Seq,
    batch: Batch,
    constraint: Constraint,
    count: int,
    choose: Chooser,
) -> Hypotheses:
    """Follows `choose (rows, choices) -> (rows,)` to the end, `count` times for each instance."""
    encoded = model.encode(batch)
    rows = torch.arange(batch.size, device=batch.inputs.device).repeat_interleave(count)
    decoding = model.start(encoded).select(rows)
    progress = Progress(*(p[rows] for p in constraint.start(batch, model.choices(encoded))))
    total = torch.zeros(len(rows), device=rows.device)
    chosen = []
    for _ in range(constraint.limit(batch)):
        if bool(progress.ended.all()):
            break
        scores, decoding = model.step(encoded, decoding, constraint.allowed(progress))
        choice = choose(scores)
        total = total + scores.gather(1, choice.unsqueeze(1)).squeeze(1)
        decoding, progress = decoding.advance(choice), constraint.advance(progress, choice)
        chosen.append(choice)
    choices = torch.stack(chosen, 1).view(batch.size, count, -1)
    lengths = lengths_of(choices, constraint, batch)
    return Hypotheses(choices, total.view(batch.size, count), lengths)
