"""Answers of a search in the order asked, one or several to each instance."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from statistics import median
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from ptrnet_tasks.convex_hull.task import ConvexHullTask
from ptrnet_tasks.sorting.task import Sorting
from ptrnet_tasks.text.sources.named_data import named
from ptrnet_tasks.tsp.task import TravellingSalesman

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.evaluation.decode import (
    PAIRS,
    POSITIONS,
    batches_by_size,
    decode_instances,
    decode_n_best,
    solve_instances,
)
from ptrnet_suite.model.checkpoint import Checkpoint, load_checkpoint
from ptrnet_suite.model.checkpoint_files import default_checkpoint
from ptrnet_suite.model.ensemble import together
from ptrnet_suite.runtime.memory import VARIABLE
from ptrnet_suite.search.base import Hypotheses
from ptrnet_suite.search.beam import Beam
from ptrnet_suite.search.sampling import Greedy, Sampling
from ptrnet_suite.search.spec import parse_search
from tests.networks import make_model
from tests.search.plain_beam import WIDTH, Extend, one_by_one, plain_answer, side_by_side

TASK = TravellingSalesman()
MODEL = make_model(TASK.spec)
SORTING, HULL = Sorting(), ConvexHullTask()
ROUNDS = 3
PROMISED = 5
"""How many times as many instances a second the batched beam solves."""


def mixed_sizes() -> Instances:
    rng = np.random.default_rng(0)
    return Instances([rng.random((size, 2)) for size in (9, 4, 7, 4)])


@pytest.mark.parametrize("batch_size", [1, 2, None])
@pytest.mark.parametrize("search", ["greedy", "beam:5", "multistart/greedy"])
def test_the_first_of_several_answers_is_the_best_one(search: str, batch_size: int | None) -> None:
    instances, found = mixed_sizes(), parse_search(search)
    best = decode_instances(MODEL, TASK, instances, found, batch_size)
    several = decode_n_best(MODEL, TASK, instances, found, 3, batch_size)
    assert [len(answers) for answers in several] == [1 if search == "greedy" else 3] * 4
    for answer, answers in zip(best, several, strict=True):
        assert np.array_equal(answer.choices, answers[0].choices)
        assert len({tuple(one.choices.tolist()) for one in answers}) == len(answers)


def test_no_answer_stands_where_a_search_has_fewer_for_an_instance() -> None:
    rng = np.random.default_rng(1)
    instances = Instances([rng.random((size, 2)) for size in (3, 6)])
    several = decode_n_best(MODEL, TASK, instances, parse_search("beam:20"), 20)
    assert [len(answers) for answers in several] == [2, 20]
    assert all(np.isfinite(one.log_probability) for answers in several for one in answers)


def test_no_instances_have_no_answers() -> None:
    assert decode_n_best(MODEL, TASK, Instances([]), parse_search("greedy"), 2) == []


def mixed_numbers(count: int = 40) -> Instances:
    rng = np.random.default_rng(7)
    return SORTING.label(Instances([rng.random((size, 1)) for size in rng.integers(2, 9, count)]))


class Oracle:
    """A search that looks at the numbers themselves, and at nothing else."""

    def __init__(self) -> None:
        self.batches: list[Any] = []

    def hypotheses_at(self, size: int) -> int:
        return 1

    def __call__(self, model: Any, batch: Any, constraint: Any, *judges: Any) -> Any:
        self.batches.append((batch, torch.is_grad_enabled(), model.training))
        values = batch.inputs[..., 0].masked_fill(~batch.input_mask, torch.inf)
        choices = values.argsort(1).unsqueeze(1)
        lengths = batch.input_mask.sum(1, keepdim=True)
        return Hypotheses(choices, torch.zeros(len(choices), 1), lengths)


@pytest.mark.parametrize("batch_size", [1, 3, None])
def test_answers_of_mixed_sizes_come_back_in_the_order_asked(batch_size: int | None) -> None:
    instances = mixed_numbers()
    answers = solve_instances(
        make_model(SORTING.spec),
        SORTING,
        instances,
        Oracle(),
        batch_size,  # type: ignore[arg-type]
    )
    for answer, known in zip(answers, instances.solutions, strict=True):
        assert answer.tolist() == known.tolist()


def test_a_model_sees_no_solutions_and_computes_no_gradients_or_dropout() -> None:
    oracle, model = Oracle(), make_model(SORTING.spec).train()
    solve_instances(model, SORTING, mixed_numbers(), oracle)  # type: ignore[arg-type]
    assert model.training
    for batch, gradients, training in oracle.batches:
        assert batch.targets is None
        assert not gradients
        assert not training


def test_the_batch_size_changes_no_answer() -> None:
    model = make_model(HULL.spec)
    instances = Instances([HULL.generate(size, 1, size).inputs[0] for size in (9, 5, 7, 5, 12)])
    together = solve_instances(model, HULL, instances, Greedy())
    for index, answer in enumerate(together):
        alone = solve_instances(model, HULL, instances.subset([index]), Greedy())[0]
        assert answer.tolist() == alone.tolist()
        assert len(answer) == len(set(answer.tolist())) >= 3
        assert 0 <= min(answer) <= max(answer) < len(instances.inputs[index])


@given(st.lists(st.integers(1, 300), min_size=1, max_size=80), st.none() | st.integers(1, 9))
def test_batches_hold_every_instance_once_and_sizes_rise(
    sizes: list[int], batch_size: int | None
) -> None:
    batches = batches_by_size(np.array(sizes), batch_size, 4)
    order = np.concatenate(batches)
    assert sorted(order.tolist()) == list(range(len(sizes)))
    assert (np.diff(np.array(sizes)[order]) >= 0).all()
    assert batch_size is None or max(map(len, batches)) <= batch_size


@pytest.mark.parametrize("hypotheses", [1, 8])
def test_a_batch_suits_its_largest_instance_in_positions_and_in_pairs(hypotheses: int) -> None:
    sizes = np.array([5] * 400 + [100] * 90 + [1000] * 9)
    batches = batches_by_size(sizes, None, hypotheses)
    assert sum(map(len, batches)) == len(sizes)
    for batch in batches:
        largest = sizes[batch].max()
        assert len(batch) == 1 or len(batch) * largest * hypotheses <= POSITIONS
        assert len(batch) == 1 or len(batch) * largest**2 <= PAIRS
    assert len(batches) < 40


def test_progress_counts_every_instance() -> None:
    told: list[int] = []
    solve_instances(
        make_model(SORTING.spec),
        SORTING,
        mixed_numbers(),
        Oracle(),
        7,
        None,
        told.append,  # type: ignore[arg-type]
    )
    assert sum(told) == 40


def test_sampling_repeats_with_its_seed_alone() -> None:
    model, instances = make_model(SORTING.spec), SORTING.generate(12, 20, 0)

    def sampled(seed: int) -> list[list[int]]:
        generator = torch.Generator().manual_seed(seed)
        found = solve_instances(model, SORTING, instances, Sampling(4), 8, generator)
        return [answer.tolist() for answer in found]

    assert sampled(1) == sampled(1) != sampled(2)


def test_samples_are_ranked_by_the_cost_of_a_task_that_has_one() -> None:
    class FirstFirst(Sorting):  # type: ignore[misc]
        """Wants the position that is chosen first to be small."""

        has_cost = True

        def cost(self, batch: Any, choices: torch.Tensor) -> torch.Tensor:
            return choices[:, :, 0].float()

    model, instances = make_model(SORTING.spec), SORTING.generate(4, 30, 0)
    search = Sampling(64, temperature=3.0)
    found = solve_instances(model, FirstFirst(), instances, search, None, torch.Generator())
    assert [answer[0] for answer in found] == [0] * 30


@pytest.fixture
def one_thread() -> Iterator[None]:
    """As many for both; and then the time that a process computed is the time that passed."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def seconds(work: Callable[[], object]) -> float:
    """Computing time, which other processes on the machine do not lengthen."""
    started = time.process_time()
    work()
    return time.process_time() - started


def cities() -> tuple[Checkpoint, Instances]:
    checkpoint = load_checkpoint(default_checkpoint("tsp", 50))
    return checkpoint, checkpoint.task.generate(50, 80, 11)


def words() -> tuple[Checkpoint, Instances]:
    checkpoint = load_checkpoint("g2p")
    return checkpoint, checkpoint.task.prepare(named("cmudict:test").subset(range(320)))


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize(("problems", "few"), [(cities, 2), (words, 8)])
def test_a_batched_beam_finds_the_same_and_is_many_times_as_fast(
    problems: Callable[[], tuple[Checkpoint, Instances]], few: int
) -> None:
    checkpoint, instances = problems()
    answers: list[Any] = []
    plain: dict[Extend, list[tuple[Any, list[float]]]] = {one_by_one: [], side_by_side: []}
    taken: dict[Extend | None, list[float]] = {None: [], one_by_one: [], side_by_side: []}

    def batched() -> None:
        answers[:] = solve_instances(checkpoint.model, checkpoint.task, instances, Beam(WIDTH))

    def plainly(extend: Extend, indices: range) -> None:
        for index in indices:
            plain[extend].append(plain_answer(checkpoint, instances.subset([index]), extend))

    for start in range(0, ROUNDS * few, few):
        taken[None].append(seconds(batched) / len(instances))
        for extend in plain:
            indices = range(start, start + few)
            taken[extend].append(seconds(partial(plainly, extend, indices)) / few)

    batch = checkpoint.task.batch(instances.subset(range(ROUNDS * few)))
    with torch.inference_mode():
        found = Beam(WIDTH)(checkpoint.model, batch, checkpoint.task.constraint())
    for extend, known in plain.items():
        assert median(taken[extend]) > PROMISED * median(taken[None]), extend.__name__
        for index, (answer, totals) in enumerate(known):
            assert np.array_equal(answers[index], answer)
            told = found.log_probabilities[index, : len(totals)]
            torch.testing.assert_close(told, torch.tensor(totals), atol=1e-3, rtol=1e-4)


@pytest.mark.parametrize("search", [Greedy(), Beam(8)])
def test_decoding_beyond_the_memory_is_refused_before_it_begins(monkeypatch, search):
    instances = TASK.generate(30, 2, 0)
    least = MODEL.decoding_bytes(2, 30, 2 * search.hypotheses_at(30))
    assert least > 4 * 2 * 30 * MODEL.config.width
    monkeypatch.setenv(VARIABLE, str(1.2 * least))
    assert len(solve_instances(MODEL, TASK, instances, search)) == 2
    monkeypatch.setenv(VARIABLE, str(least))
    batches: list[Any] = []
    monkeypatch.setattr(TravellingSalesman, "batch", lambda *_: batches.append(1))
    with pytest.raises(InputError, match=r"decoding 2 x 30 inputs, \d hypotheses of each, needs"):
        solve_instances(MODEL, TASK, instances, search)
    assert not batches


def test_what_decoding_takes_at_least_grows_with_the_square_and_with_hypotheses():
    model = load_checkpoint(default_checkpoint("tsp", 20)).model
    tables = 4 * 3 * 1000**2
    assert tables < model.decoding_bytes(1, 1000, 1) < 1.2 * tables
    more = model.decoding_bytes(1, 1000, 1000) - model.decoding_bytes(1, 1000, 1)
    assert more > 100 * 999 * 1000
    assert together([load_checkpoint("tsp20")] * 2).model.decoding_bytes(1, 1000, 1) == (
        2 * model.decoding_bytes(1, 1000, 1)
    )
