"""Stochastic beam search: samples without replacement by the Gumbel-top-k trick."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import torch
from jaxtyping import Float
from torch import Tensor

from ptrnet_suite.search.base import Hypotheses, Problem, Search
from ptrnet_suite.search.frontier import NEVER, begin, expand
from ptrnet_suite.search.options import StochasticBeamOptions


@final
@dataclass(frozen=True)
class StochasticBeam(StochasticBeamOptions, Search):
    """Draws `count` different answers at once, each with its Gumbel-perturbed log-probability.

    The answers are an exact sample without replacement from the model (Kool et al. 2019, Stochastic
    Beams and Where to Find Them, algorithm 1): the search is a beam search by perturbed
    log-probabilities, drawn so that a hypothesis has the largest one among its children. They are
    returned as `perturbed`, from which `importance_weights` makes unbiased estimates; the answers
    themselves are ranked by the task's cost or else by probability.
    """

    def hypotheses_at(self, size: int) -> int:
        return self.count

    def find(self, problem: Problem) -> Hypotheses:
        encoded, frontier = begin(problem)
        perturbed = frontier.total + problem.streams.gumbel(1)
        for step in range(problem.constraint.limit(problem.batch)):
            if frontier.over:
                break
            children, frontier = expand(problem, encoded, frontier)
            # A stream for each hypothesis: padding, which adds choices, changes no other's numbers.
            streams = problem.streams.child(step).spread(children.shape[1])
            noisy = children + streams.gumbel(children.shape[2]).view_as(children)
            worth = with_maximum(noisy, perturbed.unsqueeze(2)).flatten(1)
            perturbed, best = worth.topk(min(self.count, worth.shape[1]), 1)
            total = children.flatten(1).gather(1, best)
            frontier = frontier.follow(problem.constraint, best, total)
        return frontier.hypotheses(problem)._replace(perturbed=perturbed).ranked(problem)


def with_maximum(
    perturbed: Float[Tensor, "*rows choices"], maximum: Float[Tensor, "*rows 1"]
) -> Float[Tensor, "*rows choices"]:
    """Gumbel-perturbed log-probabilities, given that the largest of each row is `maximum`.

    Kool et al. 2019, appendix B.3, in the form that neither over- nor underflows.
    """
    below = perturbed - perturbed.amax(-1, keepdim=True)
    room = torch.where(below > -0.693, torch.log(-torch.expm1(below)), torch.log1p(-below.exp()))
    gap = maximum - perturbed + room
    moved = maximum - gap.clamp_min(0) - torch.log1p(torch.exp(-gap.abs()))
    return torch.where(perturbed > NEVER, moved, NEVER)


def importance_weights(sample: Hypotheses) -> Float[Tensor, "batch hypotheses"]:
    """Weights whose weighted sums of any function are unbiased estimates.

    They divide each probability by that of the answer's being in the sample, given the smallest
    perturbed log-probability there, whose own answer weighs nothing (Kool et al. 2019, section
    4.2). Where the sample holds every answer the weights are the probabilities.
    """
    assert sample.perturbed is not None
    threshold = sample.perturbed.amin(1, keepdim=True)
    inclusion = -torch.expm1(-torch.exp(sample.log_probabilities - threshold))
    weights = sample.log_probabilities.exp() / inclusion
    return torch.where(sample.perturbed > threshold, weights, 0)
