"""The constraints of the built-in tasks: a sequence until END, a permutation, a polygon."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, final

from ptrnet_suite.data.batch import END, Batch
from ptrnet_suite.task.constraint import Constraint, ConstraintState

if TYPE_CHECKING:
    from jaxtyping import Bool, Int
    from torch import Tensor


@final
class UntilEnd(Constraint):
    """Any choice until END, of at most `longest` choices or `ratio` times the input's length.

    Each row is cut at its own limit, so that answers do not depend on company in the batch. Known
    answers (`masks_along`) may be longer.
    """

    ends, unrestricted = True, True

    def __init__(self, longest: int = 200, ratio: float | None = None, extra: int = 10) -> None:
        self.longest, self.ratio, self.extra = longest, ratio, extra

    def limit(self, batch: Batch) -> int:
        if self.ratio is None:
            return self.longest
        longest = int(batch.input_mask.sum(1).max())
        return min(self.longest, int(self.ratio * longest) + self.extra)

    def for_known(self, longest: int) -> Constraint:
        return UntilEnd(longest)

    def start(self, batch: Batch, choices: int) -> ConstraintState:
        lengths = batch.input_mask.sum(1)
        left = lengths.new_full(lengths.shape, self.longest)
        if self.ratio is not None:
            left = left.minimum((lengths * self.ratio).long() + self.extra)
        free = batch.input_mask.new_ones(len(lengths), 1).expand(-1, choices)
        return ConstraintState(free, lengths.new_zeros(lengths.shape), left, left < 1)

    def allowed(self, state: ConstraintState) -> Bool[Tensor, "rows choices"]:
        return _only_first(state.open, state.ended)

    def advance(self, state: ConstraintState, choice: Int[Tensor, " rows"]) -> ConstraintState:
        ended = self.ends_with(state, choice)
        return ConstraintState(state.open, state.chosen + 1, state.left - 1, ended)

    def ends_with(
        self, state: ConstraintState, choice: Int[Tensor, " rows"]
    ) -> Bool[Tensor, " rows"]:
        return state.ended | (choice == END) | (state.left < 2)

    def masks_along(
        self, batch: Batch, choices: int, targets: Int[Tensor, "batch time"]
    ) -> Bool[Tensor, "batch time choices"]:
        free = batch.input_mask.new_ones(*targets.shape, choices)
        return _only_first(free, _shifted((targets == END).cumsum(1) > 0))


class WithoutRepeats(Constraint, ABC):
    """No position twice."""

    of_positions = True

    @abstractmethod
    def ends_with(
        self, state: ConstraintState, choice: Int[Tensor, " rows"]
    ) -> Bool[Tensor, " rows"]:
        """Whether the answer is complete after `choice`."""

    def advance(self, state: ConstraintState, choice: Int[Tensor, " rows"]) -> ConstraintState:
        free = state.open.scatter(1, choice.unsqueeze(1), False)
        ended = self.ends_with(state, choice)
        return ConstraintState(free, state.chosen + 1, state.left - 1, ended)


@final
class Permutation(WithoutRepeats):
    """Every position exactly once, no END; `fixed_start` makes the first position the start.

    A closed tour has no natural start, so a tour starts at position 0.
    """

    ends = False

    def __init__(self, fixed_start: bool = False) -> None:
        self.fixed_start = fixed_start

    def limit(self, batch: Batch) -> int:
        return batch.inputs.shape[1]

    def start(self, batch: Batch, choices: int) -> ConstraintState:
        free = batch.input_mask.clone()
        lengths = batch.input_mask.sum(1)
        return ConstraintState(free, lengths.new_zeros(lengths.shape), lengths, ~free.any(1))

    def allowed(self, state: ConstraintState) -> Bool[Tensor, "rows choices"]:
        held = state.ended
        if self.fixed_start:
            held = held | (state.chosen == 0)
        return _only_first(state.open, held)

    def ends_with(
        self, state: ConstraintState, choice: Int[Tensor, " rows"]
    ) -> Bool[Tensor, " rows"]:
        return state.left < 2

    def starts(self, batch: Batch, choices: int) -> Bool[Tensor, "batch choices"]:
        return self.start(batch, choices).open

    def canonical(
        self, batch: Batch, choices: Int[Tensor, "batch hypotheses time"]
    ) -> Int[Tensor, "batch hypotheses time"]:
        if not self.fixed_start:
            return choices
        import torch

        steps = torch.arange(choices.shape[2], device=choices.device)
        sizes = batch.input_mask.sum(1)[:, None, None]
        chosen = steps < sizes
        begun = choices.masked_fill(~chosen, choices.shape[2]).argmin(2, keepdim=True)
        turned = choices.gather(2, (begun + steps) % sizes.clamp_min(1))
        return turned.masked_fill(~chosen, 0)

    def masks_along(
        self, batch: Batch, choices: int, targets: Int[Tensor, "batch time"]
    ) -> Bool[Tensor, "batch time choices"]:
        free = _never_again(batch.input_mask, targets, choices)
        held = ~free.any(2)
        if self.fixed_start:
            held[:, 0] = True
        return _only_first(free, held)


@final
class Polygon(WithoutRepeats):
    """Positions without repeats, then END, which is open once `smallest` positions were chosen."""

    ends = True

    def __init__(self, smallest: int = 3) -> None:
        self.smallest = smallest

    def limit(self, batch: Batch) -> int:
        return batch.inputs.shape[1] + 1

    def start(self, batch: Batch, choices: int) -> ConstraintState:
        free = _false_first(batch.input_mask)
        lengths = batch.input_mask.sum(1)
        return ConstraintState(free, lengths.new_zeros(lengths.shape), lengths + 1, ~free.any(1))

    def allowed(self, state: ConstraintState) -> Bool[Tensor, "rows choices"]:
        free = state.open.clone()
        free[:, END] = (state.chosen >= self.smallest) | (state.left <= 1)
        return _only_first(free, state.ended)

    def ends_with(
        self, state: ConstraintState, choice: Int[Tensor, " rows"]
    ) -> Bool[Tensor, " rows"]:
        return state.ended | (choice == END)

    def masks_along(
        self, batch: Batch, choices: int, targets: Int[Tensor, "batch time"]
    ) -> Bool[Tensor, "batch time choices"]:
        import torch

        free = _never_again(_false_first(batch.input_mask), targets, choices)
        steps = torch.arange(targets.shape[1], device=targets.device)
        free[:, :, END] = (steps >= self.smallest) | ~free.any(2)
        return _only_first(free, _shifted((targets == END).cumsum(1) > 0))


def _shifted(flags: Bool[Tensor, "batch time *rest"]) -> Bool[Tensor, "batch time *rest"]:
    """`flags` one step later, False first."""
    return _false_first(flags[:, :-1])


def _false_first(flags: Bool[Tensor, "batch time *rest"]) -> Bool[Tensor, "batch time+1 *rest"]:
    """`flags` after one step of False."""
    import torch

    return torch.cat([flags.new_zeros(len(flags), 1, *flags.shape[2:]), flags], 1)


def _never_again(
    free: Bool[Tensor, "batch choices"], targets: Int[Tensor, "batch time"], choices: int
) -> Bool[Tensor, "batch time choices"]:
    """`free` less what was chosen before each step."""
    chosen = free.new_zeros(*targets.shape, choices)
    chosen.scatter_(2, targets.unsqueeze(2), True)
    before = _shifted(chosen).int().cumsum(1) > 0
    return free.unsqueeze(1) & ~before


def _only_first(
    mask: Bool[Tensor, "rows *time choices"], rows: Bool[Tensor, " rows *time"]
) -> Bool[Tensor, "rows *time choices"]:
    """`mask` where `rows` is False; elsewhere choice 0 alone."""
    narrowed = mask & ~rows.unsqueeze(-1)
    narrowed[..., 0] |= rows
    return narrowed
