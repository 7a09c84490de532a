"""The parallel masks of training equal the stepwise ones of search."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.task.constraint import Constraint
from ptrnet_suite.task.constraints import Permutation, Polygon, UntilEnd
from tests.networks import every_sequence

CONSTRAINTS = {
    "permutation": Permutation(),
    "tour": Permutation(fixed_start=True),
    "polygon": Polygon(),
    "until end": UntilEnd(longest=5),
}


def _batch(lengths: list[int]) -> Batch:
    mask = torch.arange(max(lengths)) < torch.tensor(lengths)[:, None]
    return Batch(torch.rand(*mask.shape, 2), mask)


def _choices(batch: Batch, constraint: Constraint) -> int:
    return 4 if isinstance(constraint, UntilEnd) else batch.inputs.shape[1] + constraint.ends


def _walk(batch: Batch, constraint: Constraint, seed: int) -> torch.Tensor:
    """Random allowed choices for a whole batch, `(batch, time)`."""
    generator = torch.Generator().manual_seed(seed)
    progress, chosen = constraint.start(batch, _choices(batch, constraint)), []
    for _ in range(constraint.limit(batch)):
        allowed = constraint.allowed(progress).float()
        choice = torch.multinomial(allowed, 1, generator=generator).squeeze(1)
        progress = constraint.advance(progress, choice)
        chosen.append(choice)
    return torch.stack(chosen, 1)


@pytest.mark.parametrize("name", CONSTRAINTS)
@given(lengths=st.lists(st.integers(1, 7), min_size=1, max_size=4), seed=st.integers(0, 999))
@settings(max_examples=25, deadline=None)
def test_masks_along_a_sequence_equal_masks_step_by_step(
    name: str, lengths: list[int], seed: int
) -> None:
    constraint, batch = CONSTRAINTS[name], _batch(lengths)
    targets = _walk(batch, constraint, seed)
    choices = _choices(batch, constraint)
    stepwise = Constraint.replay(constraint, batch, choices, targets)
    assert torch.equal(constraint.masks_along(batch, choices, targets), stepwise)
    assert stepwise.any(2).all()
    assert stepwise.gather(2, targets.unsqueeze(2)).all()


@pytest.mark.parametrize(
    ("name", "count"), [("permutation", 24), ("tour", 6), ("polygon", 48), ("until end", 364)]
)
def test_exactly_the_feasible_sequences_are_allowed(name: str, count: int) -> None:
    """4! orders; 3! tours from the first city; 4!/1! + 4! polygons of 3 and 4 corners; and words of
    up to 5 out of 3 letters, of which the longest need no END.
    """
    constraint, batch = CONSTRAINTS[name], _batch([4])
    found = every_sequence(batch, constraint, _choices(batch, constraint))
    assert len(found) == len({tuple(sequence) for sequence in found}) == count


def test_a_polygon_may_end_after_three_corners_and_not_before() -> None:
    batch = _batch([5])
    progress = Polygon().start(batch, 6)
    for corner in (2, 4, 1):
        assert not Polygon().allowed(progress)[0, 0]
        progress = Polygon().advance(progress, torch.tensor([corner]))
    assert Polygon().allowed(progress)[0].tolist() == [True, False, False, True, False, True]


def test_a_row_that_has_ended_may_only_choose_zero() -> None:
    constraint = UntilEnd()
    progress = constraint.advance(constraint.start(_batch([3]), 4), torch.tensor([0]))
    assert constraint.allowed(progress)[0].tolist() == [True, False, False, False]
