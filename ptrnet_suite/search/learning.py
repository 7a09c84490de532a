"""The base of searches that train on the very instances they solve."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import NamedTuple, final

import torch
from jaxtyping import Float, Int
from torch import Tensor

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.errors import InputError
from ptrnet_suite.model.interfaces import Encoded
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.search.base import Hypotheses, Problem, Search, lengths_of, side_by_side
from ptrnet_suite.search.options import LearningOptions
from ptrnet_suite.search.rollout import (
    Chooser,
    equivalent_starts,
    log_likelihood,
    roll_out,
    without_gradient,
)
from ptrnet_suite.search.streams import Streams

CELLS = 2**21
"""Answers times steps times choices that one gradient pass holds at a time: about a gigabyte."""


@final
class Policy(NamedTuple):
    """A policy and which of its weights are trained; `encode` reads the batch with them."""

    model: Seq2Seq
    encode: Callable[[], Encoded]
    parameters: Sequence[Tensor]


@final
class SearchTask(NamedTuple):
    """Instances to learn on. starts: equivalent first choices, None where there are none.

    The problem's cost is that of answers from any start.
    """

    problem: Problem
    starts: Int[Tensor, "batch starts"] | None
    samples: int

    def answers(
        self, model: Seq2Seq, encoded: Encoded, choose: Chooser, streams: Streams
    ) -> Hypotheses:
        """`samples` answers of each instance, spread over the starts where there are some.

        streams: say which starts are taken where there are more of them than samples.
        """
        batch, constraint = self.problem.batch, self.problem.constraint
        with without_gradient(model):
            return roll_out(
                model, batch, constraint, self.samples, choose, encoded, self._some_starts(streams)
            )

    def _some_starts(self, streams: Streams) -> Int[Tensor, "batch hypotheses"] | None:
        if self.starts is None:
            return None
        known, device = self.starts.shape[1], self.starts.device
        indices = (torch.arange(self.samples, device=device) % known).expand(len(self.starts), -1)
        if self.samples < known:
            indices = streams.uniform(known).argsort(1)[:, : self.samples]
        return self.starts.gather(1, indices)


@dataclass(frozen=True)
class LearningSearch(LearningOptions, Search):
    """A search that makes `steps` updates by REINFORCE on its own answers and keeps the best one.

    It begins with the best greedy answer of all equivalent starts. Each step draws `samples`
    answers (0: as many as there are positions), spread over equivalent starts where there are such,
    and holds them against their mean; `imitation` is the weight of the best answer's own
    likelihood. Raises InputError where answers cannot be priced without a known solution.
    """

    def __post_init__(self) -> None:
        if self.samples == 1:
            raise InputError(
                "samples=1 leaves an answer nothing to be held against; accepted are 0 (as many as "
                "there are positions) and numbers from 2 on"
            )

    @property
    def learns(self) -> bool:
        return True

    def hypotheses_at(self, size: int) -> int:
        # The greedy answers to begin with may come from every position.
        return max(self.samples, size)

    @abstractmethod
    def optimise(
        self, search_task: SearchTask, model: Seq2Seq, incumbent: Hypotheses
    ) -> Int[Tensor, "batch 1 time"]:
        """The best answers, as the policy gave them, from `incumbent` on.

        model: a copy that is the search's own, whose weights take no gradient.
        """

    def find(self, problem: Problem) -> Hypotheses:
        if not isinstance(problem.model, Seq2Seq):
            raise InputError("a search that learns needs the model itself, not a view of it")
        # Whoever calls may have switched autograd off; tensors made so far cannot take part in it.
        # Nor can what cuDNN computes of recurrent layers outside of training.
        cudnn = torch.backends.cudnn.flags(enabled=False)
        with torch.inference_mode(False), torch.enable_grad(), cudnn:
            batch, constraint = problem.batch, problem.constraint
            batch = batch.without_targets.rows(torch.arange(batch.size))
            model = deepcopy(problem.model).eval().requires_grad_(False)
            encoded = model.encode(batch)
            starts = equivalent_starts(constraint, batch, model.num_choices(encoded))
            samples = self.samples or batch.inputs.shape[1]
            search_task = SearchTask(_priced(problem._replace(batch=batch)), starts, samples)
            every = search_task._replace(samples=1 if starts is None else starts.shape[1])
            greedy = every.answers(model, encoded, lambda scores: scores.argmax(1), problem.streams)
            incumbent = greedy.ranked(search_task.problem).first(1)
            best = self.optimise(search_task, deepcopy(model), incumbent)
            choices = constraint.canonical(batch, best)
            scores = log_likelihood(model, encoded, batch, constraint, choices)
            return Hypotheses(choices, scores, lengths_of(choices, constraint, batch))

    def train(
        self, search_task: SearchTask, policy: Policy, incumbent: Hypotheses
    ) -> Int[Tensor, "batch 1 time"]:
        """The best answers, as the policy gave them, after all updates."""
        optimiser = torch.optim.Adam(policy.parameters, self.learning_rate)
        problem = search_task.problem
        for step in range(self.steps):
            streams = problem.streams.child(step)
            encoded = policy.encode()
            choose, begun = _chooser(streams), streams.child(0)
            samples = search_task.answers(policy.model, encoded, choose, begun)
            weights = self._weights(samples.price(problem))
            if not bool(weights.isfinite().all()):
                # The policy broke down, as under far too high a learning rate.
                break
            together = side_by_side([incumbent, samples])
            optimiser.zero_grad()
            _add_gradient(search_task, policy.model, encoded, together.choices, weights)
            optimiser.step()
            incumbent = together.ranked(problem).first(1)
        return incumbent.choices

    def _weights(self, costs: Float[Tensor, "batch samples"]) -> Float[Tensor, "batch answers"]:
        """Weight in the loss of the incumbent's log-probability, then of each sample's."""
        advantages = (costs - costs.mean(1, keepdim=True)) / costs.shape[1]
        imitated = torch.full_like(costs[:, :1], -self.imitation)
        return torch.cat([imitated, advantages], 1)


def _chooser(streams: Streams) -> Chooser:
    """Draws choices from the streams."""
    return lambda scores: streams.choose(scores.exp())


def _add_gradient(
    search_task: SearchTask,
    model: Seq2Seq,
    encoded: Encoded,
    choices: Int[Tensor, "batch answers time"],
    weights: Float[Tensor, "batch answers"],
) -> None:
    """Adds the gradient of the weighted log-probabilities, of some of the answers at a time."""
    problem, started = search_task.problem, search_task.starts is not None
    size, _, time = choices.shape
    together = max(1, CELLS // (size * time * model.num_choices(encoded)))
    parts = list(zip(choices.split(together, 1), weights.split(together, 1), strict=True))
    for index, (answers, weight) in enumerate(parts):
        scores = log_likelihood(model, encoded, problem.batch, problem.constraint, answers, started)
        if not scores.requires_grad:
            raise InputError(
                "this model's choices look at nothing that adapt=embedding trains; accepted is "
                "adapt=layer"
            )
        (scores * weight).sum().backward(retain_graph=index + 1 < len(parts))


def _priced(problem: Problem) -> Problem:
    """The problem with the cost of answers that begin anywhere; raises InputError without one."""
    constraint, cost = problem.constraint, problem.cost

    def canonical_cost(
        batch: Batch, choices: Int[Tensor, "batch hypotheses time"]
    ) -> Float[Tensor, "batch hypotheses"]:
        costs = None if cost is None else cost(batch, constraint.canonical(batch, choices))
        if costs is None:
            raise InputError(
                "a search that learns needs a task whose answers' cost can be told without a known "
                "solution, such as tsp"
            )
        return costs

    return problem._replace(cost=canonical_cost)
