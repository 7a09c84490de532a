"""Model x search x instances -> answers and a report of their figures of merit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple, final

import numpy as np
import torch
from torch import Generator, nn

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.model.ensemble import Ensemble
from ptrnet_suite.runtime.device import memory_of
from ptrnet_suite.runtime.limits import check_memory
from ptrnet_suite.search.streams import Streams, draw_seed
from ptrnet_suite.task.base import Task

if TYPE_CHECKING:
    from ptrnet_suite.model.sequence_model import SequenceModel
    from ptrnet_suite.search.base import Hypotheses, Search

POSITIONS = 65_536
"""Input positions together, counted once for the encoder and once for every hypothesis: what
memory bears well."""

ROWS = 1024
"""Hypotheses together: the states of more leave a core's caches."""

PAIRS = 2**22
"""Pairs of input positions together: encoders may hold several numbers for each."""

LARGEST_BATCH = 512

_MEMORY_SHARE = 0.9
"""How much of the available memory decoding may take: what it takes at least is known."""


def suitable_batch_size(size: int, hypotheses: int = 1) -> int:
    """How many instances of `size` positions to decode together."""
    positions = POSITIONS // max(1, size * (1 + hypotheses))
    rows, pairs = ROWS // max(1, hypotheses), PAIRS // max(1, size**2)
    return max(1, min(LARGEST_BATCH, positions, rows, pairs))


def batches_by_size(sizes: np.ndarray, batch_size: int | None, hypotheses: int) -> list[np.ndarray]:
    """Indices of instances that are decoded together: neighbours in size, so little is padded.

    Without a `batch_size`, a batch is as large as suits its largest instance.
    """
    order = np.argsort(sizes, kind="stable")
    kinds, kind_of = np.unique(sizes[order], return_inverse=True)
    suitable = [suitable_batch_size(int(size), hypotheses) for size in kinds]
    most = np.array(suitable, np.int64)[kind_of]
    batches, start = [], 0
    while start < len(order):
        rising = most[start : start + LARGEST_BATCH]
        count = batch_size or int((np.arange(len(rising)) < rising).sum())
        batches.append(order[start : start + count])
        start += count
    return batches


@final
class Stretch(NamedTuple):
    """Which of many instances are decoded at a time, so that each is answered as among all of them.

    numbers: `(count,)`, the place of each among all, rising; whole batches of `batches_by_size`.
    largest: size of the largest of all.
    """

    numbers: np.ndarray
    largest: int


@final
class Decoded(NamedTuple):
    """The best answer that a search found of an instance, in the model's words.

    choices: `(length,)`, without END. proved: whether the search proved that none is more probable.
    """

    choices: np.ndarray
    proved: bool = False


@final
class ScoredChoices(NamedTuple):
    """One answer among several, in the model's words.

    choices: `(length,)`, without END; log_probability: the model's own, in nats.
    """

    choices: np.ndarray
    log_probability: float


def solve_instances(
    model: SequenceModel,
    task: Task,
    instances: Instances,
    search: Search,
    batch_size: int | None = None,
    generator: Generator | None = None,
    progress: Callable[[int], None] | None = None,
    stretch: Stretch | None = None,
) -> list[Any]:
    """The best answer that `search` finds for each instance, in the instances' order.

    The model never sees known solutions. `progress` is called with how many instances were added.
    stretch: where these are some of more instances, which.
    """
    scored = decode_instances(
        model, task, instances, search, batch_size, generator, progress, stretch=stretch
    )
    unsolved = replace(instances, solutions=None)
    return task.answers(unsolved, [answer.choices for answer in scored]) if scored else []


def decode_instances(
    model: SequenceModel,
    task: Task,
    instances: Instances,
    search: Search,
    batch_size: int | None = None,
    generator: Generator | None = None,
    progress: Callable[[int], None] | None = None,
    by_cost: bool = True,
    stretch: Stretch | None = None,
) -> list[Decoded]:
    """The same before the task has said what the choices mean.

    Without `by_cost` the search goes by probability even where the task's cost could tell.
    """
    decoded = [Decoded(np.empty(0, np.int64))] * len(instances)

    def keep_best(indices: np.ndarray, hypotheses: Hypotheses) -> None:
        best, lengths = hypotheses.choices[:, 0].cpu().numpy(), hypotheses.lengths[:, 0].tolist()
        sure = [False] * len(indices) if hypotheses.proved is None else hypotheses.proved.tolist()
        for index, row, length, proved in zip(indices, best, lengths, sure, strict=True):
            decoded[index] = Decoded(row[:length], proved)
        if progress is not None:
            progress(len(indices))

    given = model, task, instances, search, keep_best, batch_size, generator
    _search_each(*given, by_cost, stretch)
    return decoded


def decode_n_best(
    model: SequenceModel,
    task: Task,
    instances: Instances,
    search: Search,
    n_best: int,
    batch_size: int | None = None,
    generator: Generator | None = None,
    stretch: Stretch | None = None,
) -> list[list[ScoredChoices]]:
    """Up to `n_best` different answers of each instance, in the search's order, the best first.

    There are fewer where the search ends with fewer, such as `greedy` with one.
    """
    decoded: list[list[ScoredChoices]] = [[]] * len(instances)

    def keep_several(indices: np.ndarray, hypotheses: Hypotheses) -> None:
        rows = zip(
            hypotheses.choices.cpu().numpy(),
            hypotheses.lengths.tolist(),
            hypotheses.log_probabilities.tolist(),
            strict=True,
        )
        for index, row in zip(indices, rows, strict=True):
            decoded[index] = _different(*row)[:n_best]

    given = model, task, instances, search, keep_several, batch_size, generator
    _search_each(*given, stretch=stretch)
    return decoded


def _different(
    choices: np.ndarray, lengths: list[int], log_probabilities: list[float]
) -> list[ScoredChoices]:
    """The answers of one instance, each sequence of choices once; samples may repeat."""
    answers: dict[bytes, ScoredChoices] = {}
    for row, length, log_probability in zip(choices, lengths, log_probabilities, strict=True):
        if np.isfinite(log_probability):
            made = row[:length]
            answers.setdefault(made.tobytes(), ScoredChoices(made, log_probability))
    return list(answers.values())


def _search_each(
    model: SequenceModel,
    task: Task,
    instances: Instances,
    search: Search,
    keep: Callable[[np.ndarray, Hypotheses], None],
    batch_size: int | None,
    generator: Generator | None,
    by_cost: bool = True,
    stretch: Stretch | None = None,
) -> None:
    """Searches batch by batch; `keep` gets the instances' indices and their hypotheses."""
    check_one_model(model, search)
    device, sizes = next(model.parameters()).device, instances.sizes()
    seed = draw_seed(generator)
    unsolved = replace(instances, solutions=None)
    cost = task.cost if by_cost else None
    if stretch is None:
        stretch = Stretch(np.arange(len(instances)), int(sizes.max(initial=0)))
    with evaluating(model):
        hypotheses = search.hypotheses_at(stretch.largest)
        for indices in batches_by_size(sizes, batch_size, hypotheses):
            _check_room(model, len(indices), int(sizes[indices].max()), search)
            batch = task.batch(unsolved.subset(indices)).to(device)
            streams = Streams.of(seed, stretch.numbers[indices].tolist(), device)
            given = model, batch, task.constraint(), None, cost, task.symmetries, streams
            keep(indices, search(*given))


def _check_room(model: SequenceModel, instances: int, size: int, search: Search) -> None:
    """Raises InputError where decoding takes more memory than there is, before it is taken."""
    hypotheses = search.hypotheses_at(size)
    check_memory(
        model.decoding_bytes(instances, size, instances * hypotheses),
        f"decoding {instances} x {size} inputs, {hypotheses} hypotheses of each,",
        _MEMORY_SHARE,
        memory_of(next(model.parameters()).device),
    )


def check_one_model(model: nn.Module, search: Search) -> None:
    """Raises InputError for several models together and a search that trains one."""
    if isinstance(model, Ensemble) and search.learns:
        raise InputError(
            f"{type(search).__name__} trains one model, and {len(model.members)} answer together "
            "here; give one of them, or another search"
        )


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """No gradients, no dropout; the mode of before is put back."""
    training = model.training
    model.eval()
    try:
        with torch.inference_mode():
            yield
    finally:
        model.train(training)
