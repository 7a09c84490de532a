"""Active search: the whole model goes on training on one instance."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import final

import torch
from jaxtyping import Int
from torch import Tensor, nn

from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.search.base import Hypotheses
from ptrnet_suite.search.learning import LearningSearch, Policy, SearchTask
from ptrnet_suite.search.options import ActiveSearchOptions


@final
@dataclass(frozen=True)
class ActiveSearch(ActiveSearchOptions, LearningSearch):
    """Goes on training all weights on each instance alone, by REINFORCE, and keeps its best answer.

    Every instance begins with the given weights (Bello et al. 2016, section 4.2, algorithm 2); the
    baseline is the mean over an instance's samples instead of a moving average.
    """

    def optimise(
        self, search_task: SearchTask, model: Seq2Seq, incumbent: Hypotheses
    ) -> Int[Tensor, "batch 1 time"]:
        best = [
            self._alone(search_task, model, incumbent, index)
            for index in range(search_task.problem.batch.size)
        ]
        longest = max(choices.shape[2] for choices in best)
        padded = [nn.functional.pad(choices, (0, longest - choices.shape[2])) for choices in best]
        return torch.cat(padded)

    def _alone(
        self, search_task: SearchTask, model: Seq2Seq, incumbent: Hypotheses, index: int
    ) -> Int[Tensor, "1 1 time"]:
        """The best answer of one instance, without the padding that its company asks for."""
        problem, instance = search_task.problem, slice(index, index + 1)
        length = 1 + int(problem.batch.input_mask[index].nonzero().max())
        alone = problem.batch.without_targets.rows(torch.tensor([index])).shortened(length)
        streams = problem.streams.rows(torch.tensor([index], device=problem.streams.keys.device))
        starts = search_task.starts
        if starts is not None:
            starts = torch.unique(starts[instance], dim=1)
        learner = deepcopy(model).requires_grad_(True)
        problem = problem._replace(batch=alone, streams=streams)
        limit = problem.constraint.limit(alone)
        return self.train(
            SearchTask(problem, starts, self.samples or length),
            Policy(learner, lambda: learner.encode(alone), list(learner.parameters())),
            incumbent._replace(
                choices=incumbent.choices[instance, :, :limit],
                log_probabilities=incumbent.log_probabilities[instance],
                lengths=incumbent.lengths[instance],
            ),
        )
