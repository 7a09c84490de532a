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
from ptrnet_suite.search import streams as streams_module
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


def test_a_stream_is_splitmix64_from_its_key_on() -> None:
    # The first numbers of the published generator seeded with 1234567.
    known = [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]
    golden = 0x9E3779B97F4A7C15
    key = (1234567 + golden) % 2**64
    streams = Streams(torch.tensor([key - 2**64 if key >= 2**63 else key]))
    expected = [((bits >> 41) + 0.5) / 2**23 for bits in known]
    assert streams.uniform(3).tolist() == [expected[:3]]
    assert streams.uniform(2, 1).tolist() == [[[expected[3]], [expected[4]]]]


@pytest.mark.parametrize("bits", [0, -1])
def test_the_smallest_and_the_largest_number_lie_between_0_and_1(
    bits: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams_module, "_mixed", lambda mixed: torch.full_like(mixed, bits))
    numbers = Streams(torch.tensor([3, 4]))
    assert bool(((numbers.uniform(2) > 0) & (numbers.uniform(2) < 1)).all())
    assert bool(numbers.gumbel(2).isfinite().all())
