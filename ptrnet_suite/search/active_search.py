"""Active search: the whole model goes on training on one instance."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.search.base import Hypotheses
from ptrnet_suite.search.learning import LearningSearch, Policy, SearchTask
from ptrnet_suite.search.options import ActiveSearchOptions


@dataclass(frozen=True)
class ActiveSearch(ActiveSearchOptions, LearningSearch):
    """Goes on training all weights on each instance alone, by REINFORCE, and keeps its best answer.

    Every instance begins with the given weights (Bello et al. 2016, section 4.2, algorithm 2); the
    baseline is the mean over an instance's samples instead of a moving average.
    """

    def optimise(self, search_task: SearchTask, model: Seq2Seq, incumbent: Hypotheses) -> Tensor:
        made = [
            self._alone(search_task, model, incumbent, index)
            for index in range(search_task.problem.batch.size)
        ]
        longest = max(choices.shape[2] for choices in made)
        padded = [nn.functional.pad(part, (0, longest - part.shape[2])) for part in made]
        return torch.cat(padded)

    def _alone(
        self, search_task: SearchTask, model: Seq2Seq, incumbent: Hypotheses, index: int
    ) -> Tensor:
        """The best answer of one instance, without the padding that its company asks for."""
        problem, here = search_task.problem, slice(index, index + 1)
        length = int(problem.batch.input_mask[here].sum())
        alone = problem.batch.without_targets.rows(torch.tensor([index])).shortened(length)
        starts = search_task.starts
        if starts is not None:
            starts = torch.unique(starts[here], dim=1)
        learner = deepcopy(model).requires_grad_(True)
        limit = problem.constraint.limit(alone)
        return self.train(
            SearchTask(problem._replace(batch=alone), starts, self.samples or length),
            Policy(learner, lambda: learner.encode(alone), list(learner.parameters())),
            incumbent._replace(
                choices=incumbent.choices[here, :, :limit],
                log_probabilities=incumbent.log_probabilities[here],
                lengths=incumbent.lengths[here],
            ),
        )
