"""One choice after another: the most probable one (greedy) or one drawn at random (sampling)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from ptrnet_suite.data.instances import Batch
from ptrnet_suite.model.seq2seq import Decoding, Encoded
from ptrnet_suite.search.base import Hypotheses, Network, Problem, Search, lengths_of
from ptrnet_suite.task.constraints import Constraint

Chooser = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Greedy(Search):
    """Takes the most probable choice at every step."""

    def find(self, problem: Problem) -> Hypotheses:
        return roll_out(*problem[:3], 1)


@dataclass(frozen=True)
class Sampling(Search):
    """Draws `count` answers and puts the best first, by the task's cost where it has one."""

    count: int = 16
    temperature: float = 1.0
    top_p: float = 1.0
    top_k: int = 0

    def hypotheses_at(self, size: int) -> int:
        return self.count

    def find(self, problem: Problem) -> Hypotheses:
        def draw(scores: Tensor) -> Tensor:
            chances = self._probabilities(scores)
            return torch.multinomial(chances, 1, generator=problem.generator).squeeze(1)

        return roll_out(*problem[:3], self.count, draw).ranked(problem)

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
    model: Network,
    batch: Batch,
    constraint: Constraint,
    count: int,
    choose: Chooser | None = None,
    encoded: Encoded | None = None,
    starts: Tensor | None = None,
) -> Hypotheses:
    """Follows `choose (rows, choices) -> (rows,)` to the end, `count` times for each instance.

    choose: takes log-probabilities; without it the most probable choice is taken. encoded: what the
    model read of the batch, where that is known. starts: `(batch, count)` first choices, given and
    so of probability 1.
    """
    encoded = model.encode(batch) if encoded is None else encoded
    rows = torch.arange(batch.size, device=batch.inputs.device).repeat_interleave(count)
    decoding = model.start(encoded).select(rows)
    progress = constraint.start(batch, model.choices(encoded)).select(rows)
    total = torch.zeros(len(rows), device=rows.device)
    chosen: list[Tensor] = []
    quick = choose is None and constraint.free and starts is None
    for _ in range(constraint.limit(batch)):
        if bool(progress.ended.all()):
            break
        if quick:
            score, choice, decoding = _likeliest(model, encoded, decoding, progress.ended)
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


def _likeliest(
    model: Network, encoded: Encoded, decoding: Decoding, ended: Tensor
) -> tuple[Tensor, Tensor, Decoding]:
    """Score and most probable of all choices, `(rows,)`; 0 and choice 0 of rows that have ended."""
    scores, choices, decoding = model.likeliest(encoded, decoding, None, 1)
    return scores[:, 0].masked_fill(ended, 0), choices[:, 0].masked_fill(ended, 0), decoding
