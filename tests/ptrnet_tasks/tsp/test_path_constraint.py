"""Sequences that a path with fixed ends allows, and those that mean the same."""

from __future__ import annotations

from math import factorial

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from ptrnet_tasks.tsp.path_constraint import FixedEnds

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.search.rollout import equivalent_starts
from tests.networks import every_sequence


def batch_of(*sizes: int) -> Batch:
    mask = torch.arange(max(sizes)) < torch.tensor(sizes)[:, None]
    return Batch(torch.rand(*mask.shape, 2), mask)


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("size", [3, 5])
def test_exactly_the_tours_that_begin_with_the_fixed_ends_are_allowed(count, size):
    found = every_sequence(batch_of(size), FixedEnds(count), size)
    assert len({tuple(tour) for tour in found}) == len(found) == factorial(size - count)
    assert all(tour[:count] == list(range(count)) for tour in found)
    assert all(sorted(tour) == list(range(size)) for tour in found)


def walk(batch: Batch, constraint: FixedEnds, first: torch.Tensor, seed: int) -> torch.Tensor:
    """A random answer of each instance that begins as told, `(batch, 1, time)`."""
    generator = torch.Generator().manual_seed(seed)
    state, chosen = constraint.start(batch, batch.inputs.shape[1]), [first]
    for _ in range(constraint.limit(batch) - 1):
        state = constraint.advance(state, chosen[-1])
        allowed = constraint.allowed(state)
        assert allowed.any(1).all()
        chosen.append(torch.multinomial(allowed.float(), 1, generator=generator)[:, 0])
    return torch.stack(chosen, 1).unsqueeze(1)


def edges(tour: list[int]) -> set[frozenset[int]]:
    return {frozenset(pair) for pair in zip(tour, tour[1:] + tour[:1], strict=True)}


@settings(deadline=None, max_examples=40)
@given(
    st.sampled_from([1, 2]),
    st.lists(st.integers(3, 7), min_size=1, max_size=3),
    st.integers(0, 6),
    st.integers(0, 999),
)
def test_every_start_gives_a_tour_of_the_same_edges_that_the_constraint_allows(
    count, sizes, number, seed
):
    batch, constraint = batch_of(*sizes), FixedEnds(count)
    begins = equivalent_starts(constraint, batch, max(sizes))
    assert begins.shape[1] == (2 if count == 2 else max(sizes))
    choices = walk(batch, constraint, begins[:, number % begins.shape[1]], seed)
    turned = constraint.canonical(batch, choices)
    assert torch.equal(constraint.canonical(batch, turned), turned)
    allowed = constraint.replay(batch, max(sizes), turned[:, 0])
    assert allowed.gather(2, turned[:, 0].unsqueeze(2)).all()
    for row, size in enumerate(sizes):
        made, same = choices[row, 0, :size].tolist(), turned[row, 0, :size].tolist()
        assert edges(made) == edges(same)
        # Position 0 is one of the first two choices, so it is an end of the path that is left.
        assert 0 in made[:2]
        assert (turned[row, 0, size:] == 0).all()
