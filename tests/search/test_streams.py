"""Random numbers of each instance's own."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch
from scipy import stats

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.evaluation.decode import solve_instances
from ptrnet_suite.model.checkpoint import load_checkpoint
from ptrnet_suite.search.spec import parse_search
from ptrnet_suite.search.streams import Streams, draw_seed

CPU = torch.device("cpu")


def test_numbers_depend_on_seed_instance_and_place_alone() -> None:
    whole = Streams.of(7, range(6), CPU)
    numbers = torch.cat([whole.uniform(3), whole.uniform(2, 2).flatten(1)], 1)
    for index in (0, 5):
        alone = Streams.of(7, [index], CPU)
        assert torch.equal(alone.uniform(7), numbers[index : index + 1])
    fifth = Streams.of(7, range(6), CPU).rows(torch.tensor([4]))
    assert torch.equal(fifth.uniform(7), numbers[4:5])
    assert not (Streams.of(8, range(6), CPU).uniform(7) == numbers).any()


def test_numbers_are_uniform_and_know_nothing_of_their_neighbours() -> None:
    streams = Streams.of(1, range(400), CPU)
    several = [streams.uniform(500), streams.child(0).uniform(500), streams.child(1).uniform(500)]
    several += streams.spread(2).uniform(500).view(400, 2, 500).unbind(1)
    for numbers in several:
        assert stats.kstest(numbers.flatten().numpy(), "uniform").pvalue > 1e-4
        assert numbers.min() > 0
        assert numbers.max() < 1
    for one, other in pairwise(several):
        assert abs(np.corrcoef(one.flatten(), other.flatten())[0, 1]) < 0.01
    first = several[0].numpy()
    assert abs(np.corrcoef(first[:, 1:].ravel(), first[:, :-1].ravel())[0, 1]) < 0.01
    assert abs(np.corrcoef(first[1:].ravel(), first[:-1].ravel())[0, 1]) < 0.01
    gumbel = Streams.of(2, range(400), CPU).gumbel(500)
    assert stats.kstest(gumbel.flatten().numpy(), "gumbel_r").pvalue > 1e-4


def test_choices_come_with_their_probabilities() -> None:
    weights = torch.tensor([0.0, 3.0, 0.0, 1.0, 6.0, 0.0])
    chosen = Streams.of(3, range(50), CPU).choose(weights.expand(50 * 400, -1))
    counts = chosen.bincount(minlength=6)
    assert counts[[0, 2, 5]].sum() == 0
    expected = np.array([0.3, 0.1, 0.6]) * 50 * 400
    assert stats.chisquare(counts[[1, 3, 4]].numpy(), expected).pvalue > 1e-4
    assert Streams.of(3, [0], CPU).choose(torch.zeros(1, 4)).tolist() == [0]


def test_a_seed_is_drawn_from_the_generator() -> None:
    seeds = [draw_seed(torch.Generator().manual_seed(5)) for _ in range(2)]
    assert seeds[0] == seeds[1] != draw_seed(torch.Generator().manual_seed(6))


@pytest.mark.parametrize(
    "search",
    [
        "sample:8",
        "sample:8,top_p=0.9",
        "stochastic_beam:4",
        "multistart:3/sample:2",
        "augment:2/sample:4",
        "efficient_active_search:3",
        "efficient_active_search:3,adapt=layer",
    ],
)
def test_answers_do_not_depend_on_the_batch_size(search: str) -> None:
    checkpoint = load_checkpoint("tsp20")
    task, rng = checkpoint.task, np.random.default_rng(0)
    instances = Instances([rng.random((size, 2)) for size in (9, 12, 9, 7, 12, 12, 9)])
    answers = [
        solve_instances(
            checkpoint.model, task, instances, parse_search(search), size, torch.Generator()
        )
        for size in (1, 3, 7)
    ]
    for other in answers[1:]:
        for one, same in zip(answers[0], other, strict=True):
            assert one.tolist() == same.tolist()
