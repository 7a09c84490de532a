"""Models that answer instances: one checkpoint for all, or to each size its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple, final

import numpy as np
import torch

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.evaluation.answerer import Answerer, AnswererFacts
from ptrnet_suite.evaluation.decode import (
    Stretch,
    batches_by_size,
    decode_n_best,
    solve_instances,
)
from ptrnet_suite.evaluation.joined import joined
from ptrnet_suite.evaluation.perplexity import likelihood_scores
from ptrnet_suite.evaluation.report import checkpoint_facts
from ptrnet_suite.model.checkpoint import Checkpoint
from ptrnet_suite.runtime.device import seeded
from ptrnet_suite.runtime.precision import matrix_products
from ptrnet_suite.search.base import Search
from ptrnet_suite.search.sampling import Greedy
from ptrnet_suite.search.spec import parse_search
from ptrnet_suite.search.streams import draw_seed
from ptrnet_suite.task.answer import ScoredAnswer
from ptrnet_suite.task.metric import MetricValues

Batches = Sequence[np.ndarray]
"""Indices of the instances of each."""


@final
class Share(NamedTuple):
    """A checkpoint and the indices of the instances that it answers."""

    checkpoint: Checkpoint
    indices: np.ndarray


@final
class ModelAnswerer(Answerer):
    """Checkpoints whose tasks have the same options, each with its share of the instances.

    search: its name. batch_size: instances decoded together; None for what suits the memory.
    precision: of matrix products. Raises InputError for an unknown search.
    """

    def __init__(
        self,
        shares: Sequence[Share],
        search: str = "greedy",
        batch_size: int | None = None,
        seed: int = 0,
        precision: str = "float32",
    ) -> None:
        super().__init__(shares[0].checkpoint.task)
        self.shares, self.search_text, self.search = shares, search, parse_search(search)
        self.batch_size, self.seed, self.precision = batch_size, seed, precision
        self.device = next(shares[0].checkpoint.model.parameters()).device

    @property
    def facts(self) -> AnswererFacts:
        checkpoints = [checkpoint_facts(share.checkpoint) for share in self.shares]
        if len(checkpoints) > 1:
            counts = [len(share.indices) for share in self.shares]
            checkpoints = [
                {**facts, "count": count} for facts, count in zip(checkpoints, counts, strict=True)
            ]
        device, threads = str(self.device), torch.get_num_threads()
        return AnswererFacts(self.search_text, checkpoints, None, device, threads)

    def hypotheses(
        self,
        instances: Instances,
        n_best: int = 1,
        progress: Callable[[int], None] | None = None,
        chosen: np.ndarray | None = None,
    ) -> list[list[ScoredAnswer]]:
        wanted, sizes = np.arange(len(instances)) if chosen is None else chosen, instances.sizes()
        solved: list[list[ScoredAnswer]] = [[]] * len(wanted)
        generator = seeded(self.seed, self.device)
        for share in self.shares:
            numbers = np.flatnonzero(np.isin(share.indices, wanted))
            if not len(numbers):
                # Each share draws, so that the next one's numbers do not depend on the stretch.
                draw_seed(generator)
                continue
            own = share.indices[numbers]
            stretch = Stretch(numbers, int(sizes[share.indices].max()))
            part = instances if len(own) == len(instances) else instances.subset(own)
            answers = self._answers(share.checkpoint, part, n_best, generator, progress, stretch)
            for index, several in zip(np.searchsorted(wanted, own), answers, strict=True):
                solved[index] = several
        return solved

    def stretches(self, instances: Instances, most: int) -> Iterator[np.ndarray]:
        """Whole batches, in the order in which they are decoded when all are decoded at once."""
        for share in self.shares:
            gathered: list[np.ndarray] = []
            for batch in self._batches(share, instances.sizes()):
                gathered.append(batch)
                if sum(map(len, gathered)) >= most:
                    yield np.sort(np.concatenate(gathered))
                    gathered = []
            if gathered:
                yield np.sort(np.concatenate(gathered))

    def _batches(self, share: Share, sizes: np.ndarray, search: Search | None = None) -> Batches:
        """Indices of the instances that are decoded together; sizes: of all instances."""
        own = sizes[share.indices]
        hypotheses = (search or self.search).hypotheses_at(int(own.max()))
        return [share.indices[each] for each in batches_by_size(own, self.batch_size, hypotheses)]

    def _answers(
        self,
        checkpoint: Checkpoint,
        part: Instances,
        n_best: int,
        generator: torch.Generator,
        progress: Callable[[int], None] | None,
        stretch: Stretch,
    ) -> list[list[ScoredAnswer]]:
        given = (checkpoint.model, checkpoint.task, part, self.search)
        with self._products(checkpoint):
            if n_best == 1:
                solved = solve_instances(*given, self.batch_size, generator, progress, stretch)
                return [[ScoredAnswer(answer)] for answer in solved]
            decoded = decode_n_best(*given, n_best, self.batch_size, generator, stretch)
        if progress is not None:
            progress(len(part))
        owners = [index for index, several in enumerate(decoded) for _ in several]
        choices = [scored.choices for several in decoded for scored in several]
        answers = iter(checkpoint.task.answers(part.subset(owners), choices))
        return [
            _distinct([ScoredAnswer(next(answers), each.log_probability) for each in several])
            for several in decoded
        ]

    def warm_up(self, instances: Instances) -> bool:
        """Decodes each checkpoint's first batch once, so that one-time costs are not timed.

        A search that learns would take too long; beside it they are small, and greedy pays most.
        """
        search = Greedy() if self.search.learns else self.search
        for share in self.shares:
            first = instances.subset(self._batches(share, instances.sizes(), search)[0])
            with self._products(share.checkpoint):
                model, task = share.checkpoint.model, share.checkpoint.task
                solve_instances(model, task, first, search, self.batch_size)
        return True

    def own_scores(self, instances: Instances) -> Mapping[str, MetricValues]:
        """Perplexity where outputs are tokens of a vocabulary and solutions are known."""
        if instances.solutions is None or self.task.spec.outputs != "vocabulary":
            return {}
        parts: list[tuple[np.ndarray, Mapping[str, MetricValues]]] = []
        for share, part in self._parts(instances):
            with self._products(share.checkpoint):
                model = share.checkpoint.model
                scores = likelihood_scores(model, share.checkpoint.task, part, self.batch_size)
            parts.append((share.indices, scores))
        return {
            name: joined([(indices, scores[name]) for indices, scores in parts])
            for name in parts[0][1]
        }

    def _parts(self, instances: Instances) -> Iterator[tuple[Share, Instances]]:
        for share in self.shares:
            whole = len(share.indices) == len(instances)
            yield share, instances if whole else instances.subset(share.indices)

    def _products(self, checkpoint: Checkpoint) -> AbstractContextManager[None]:
        """In the precision asked for; a search that learns keeps its weights."""
        layers = [] if self.search.learns else checkpoint.model.castable
        return matrix_products(self.precision, self.device, layers)


def _distinct(scored: Sequence[ScoredAnswer]) -> list[ScoredAnswer]:
    """The answers without texts that stood before: other choices may mean the same text."""
    texts = [each.answer if isinstance(each.answer, str) else index for index, each in
             enumerate(scored)]  # fmt: skip
    return [each for index, each in enumerate(scored) if texts.index(texts[index]) == index]


def only(checkpoint: Checkpoint, instances: Instances) -> list[Share]:
    """One checkpoint for all instances."""
    return [Share(checkpoint, np.arange(len(instances)))]
