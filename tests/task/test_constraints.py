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


@pytest.mark.parametrize(
    ("constraint", "most"),
    [
        (UntilEnd(), [200, 200]),
        (UntilEnd(7), [7, 7]),
        (UntilEnd(ratio=1.5), [14, 17]),
        (UntilEnd(ratio=1.5, extra=2), [6, 9]),
        (UntilEnd(7, 1.5, 2), [6, 7]),
        (UntilEnd(ratio=90.0), [200, 200]),
        (UntilEnd(ratio=0.0, extra=0), [0, 0]),
        (UntilEnd(ratio=0.0, extra=1), [1, 1]),
        (UntilEnd().for_known(3), [3, 3]),
    ],
)
def test_a_word_is_cut_at_its_own_limit(constraint: UntilEnd, most: list[int]) -> None:
    batch = _batch([3, 5])
    assert constraint.limit(batch) == max(most)
    progress, made = constraint.start(batch, 4), [0, 0]
    for _ in range(max(most) + 1):
        for row in range(2):
            made[row] += not progress.ended[row]
            free = [True, True, True, True] if not progress.ended[row] else [True] + [False] * 3
            assert constraint.allowed(progress)[row].tolist() == free
        progress = constraint.advance(progress, torch.tensor([1, 2]))
    assert made == most


@pytest.mark.parametrize("constraint", CONSTRAINTS.values(), ids=list(CONSTRAINTS))
def test_an_answer_is_complete_where_the_choice_that_completes_it_says_so(
    constraint: Constraint,
) -> None:
    batch = _batch([4, 2, 3])
    targets = _walk(batch, constraint, seed=5)
    progress = constraint.start(batch, _choices(batch, constraint))
    assert progress.chosen.tolist() == [0, 0, 0]
    for step, choice in enumerate(targets.unbind(1), 1):
        told = constraint.ends_with(progress, choice)
        assert torch.equal(told, Constraint.ends_with(constraint, progress, choice))
        progress = constraint.advance(progress, choice)
        assert torch.equal(told, progress.ended)
        assert progress.chosen.tolist() == [step] * 3
    assert progress.ended.all()


@pytest.mark.parametrize("constraint", [Permutation(), Permutation(True), Polygon()])
def test_an_instance_without_positions_has_ended_before_it_begins(constraint: Constraint) -> None:
    mask = torch.tensor([[False, False, False], [True, True, True]])
    batch = Batch(torch.rand(2, 3, 2), mask)
    progress = constraint.start(batch, 3 + constraint.ends)
    assert progress.ended.tolist() == [True, False]
    assert constraint.allowed(progress)[0].tolist() == [True] + [False] * (2 + constraint.ends)
    choices = torch.tensor([[[0, 0, 0]], [[1, 2, 0]]])
    turned = constraint.canonical(batch, choices)
    assert turned[0].tolist() == [[0, 0, 0]]


def test_a_polygon_of_fewer_points_than_three_ends_when_none_is_left() -> None:
    for points in (1, 2):
        batch = _batch([points])
        progress = Polygon().start(batch, points + 1)
        for corner in range(1, points + 1):
            assert not Polygon().allowed(progress)[0, 0]
            progress = Polygon().advance(progress, torch.tensor([corner]))
        assert Polygon().allowed(progress)[0].nonzero().flatten().tolist() == [0]
    assert Polygon(smallest=1).allowed(
        Polygon(smallest=1).advance(Polygon().start(_batch([3]), 4), torch.tensor([2]))
    )[0].tolist() == [True, True, False, True]


def test_a_tour_that_begins_anywhere_is_turned_to_its_first_city_and_padding_stays_behind() -> None:
    batch = _batch([4, 3])
    tours = torch.tensor([[[2, 3, 0, 1], [0, 3, 1, 2]], [[1, 2, 0, 0], [2, 1, 0, 0]]])
    turned = Permutation(fixed_start=True).canonical(batch, tours)
    expected = [[[0, 1, 2, 3], [0, 3, 1, 2]], [[0, 1, 2, 0], [0, 2, 1, 0]]]
    assert turned.tolist() == expected
    for free in (Permutation(), Polygon(), UntilEnd()):
        assert torch.equal(free.canonical(batch, tours), tours)
    assert Permutation(True).starts(batch, 4).tolist() == [[True] * 4, [True] * 3 + [False]]
    assert Polygon().starts(batch, 5)[1].tolist() == [False, True, True, True, False]


def test_what_was_allowed_is_told_of_every_answer_of_every_instance() -> None:
    batch = _batch([3, 2])
    made = torch.tensor([[0, 1, 2], [2, 1, 0], [1, 0, 0], [0, 1, 0]])
    masks = Permutation().replay(batch, 3, made)
    for row, instance in enumerate((0, 0, 1, 1)):
        left = set(range(3 - instance))
        for step, choice in enumerate(made[row].tolist()):
            open_ones = left or {0}
            assert set(masks[row, step].nonzero().flatten().tolist()) == open_ones
            left -= {choice}


@pytest.mark.parametrize("constraint", CONSTRAINTS.values(), ids=list(CONSTRAINTS))
def test_to_look_or_to_go_on_leaves_the_state_as_it_was(constraint: Constraint) -> None:
    batch = _batch([4, 2])
    progress = constraint.start(batch, _choices(batch, constraint))
    for choice in _walk(batch, constraint, seed=3).unbind(1):
        before = [part.clone() for part in progress]
        constraint.allowed(progress)
        following = constraint.advance(progress, choice)
        for part, then in zip(progress, before, strict=True):
            assert torch.equal(part, then)
        progress = following
    assert batch.input_mask.tolist() == [[True] * 4, [True, True, False, False]]
