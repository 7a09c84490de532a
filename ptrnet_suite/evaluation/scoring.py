"""Model x search x instances -> a report of their figures of merit."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import torch

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.evaluation.decode import batches_by_size, solve_instances
from ptrnet_suite.evaluation.report import DecodingSettings, EvaluationReport, report_of
from ptrnet_suite.model.checkpoint import Checkpoint
from ptrnet_suite.search.base import Search


def evaluate(
    checkpoint: Checkpoint,
    instances: Instances,
    search_text: str = "greedy",
    batch_size: int | None = None,
    seed: int = 0,
    data_path: Path | None = None,
    command: str | None = None,
    progress: Callable[[int], None] | None = None,
) -> EvaluationReport:
    """Decodes, scores and times; raises InputError for an unknown search.

    Answers are held against what the instances come with, else against the task's own labels.
    """
    from ptrnet_suite.evaluation.perplexity import likelihood_scores
    from ptrnet_suite.search.spec import parse_search

    search, task = parse_search(search_text), checkpoint.task
    device = next(checkpoint.model.parameters()).device
    warm_up(checkpoint, instances, search, batch_size)
    generator = torch.Generator(device=device).manual_seed(seed)
    started = time.perf_counter()
    answers = solve_instances(
        checkpoint.model, task, instances, search, batch_size, generator, progress
    )
    seconds = time.perf_counter() - started
    known = task.referenced(instances)
    scores = {
        **task.evaluate(known, answers),
        **likelihood_scores(checkpoint.model, task, known, batch_size),
    }
    settings = DecodingSettings(search_text, seed, data_path, command)
    return report_of(checkpoint, answers, scores, seconds, settings)


def warm_up(
    checkpoint: Checkpoint, instances: Instances, search: Search, batch_size: int | None = None
) -> None:
    """Decodes the first batch once, so that one-time costs are not timed.

    A search that learns would take too long; beside it they are small, and greedy pays most.
    """
    from ptrnet_suite.search.sampling import Greedy

    search = Greedy() if search.learns else search
    sizes = instances.sizes()
    first = batches_by_size(sizes, batch_size, search.hypotheses_at(int(sizes.max())))[0]
    solve_instances(checkpoint.model, checkpoint.task, instances.subset(first), search, batch_size)
