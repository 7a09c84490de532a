"""What may be chosen next: one feasibility rule serves every search and every strategy."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, NamedTuple, final

from ptrnet_suite.data.batch import END, Batch

if TYPE_CHECKING:
    from torch import Tensor


@final
class ConstraintState(NamedTuple):
    """Where each row stands; rows are instances times hypotheses.

    open: `(rows, choices)`, choices that are still open.
    chosen: `(rows,)`, how many choices were made; left: `(rows,)`, how many more may be.
    ended: `(rows,)`, whether the answer is complete.
    """

    open: Tensor
    chosen: Tensor
    left: Tensor
    ended: Tensor

    def select(self, rows: Tensor) -> ConstraintState:
        """ConstraintState of some rows, in this order."""
        open_, *others = self
        if open_.stride(1):
            return ConstraintState(open_[rows], *(part[rows] for part in others))
        # One flag that stands for a whole vocabulary is not written out.
        return ConstraintState(
            open_[rows, :1].expand(-1, open_.shape[1]), *(part[rows] for part in others)
        )


class Constraint(ABC):
    """Feasibility of the next choice. A row that has ended may choose only choice 0, at no cost."""

    ends: bool
    """Whether the answer ends by choosing END."""

    unrestricted: bool = False
    """Whether a known answer may have any choice until it ends."""

    @abstractmethod
    def limit(self, batch: Batch) -> int:
        """Most choices that an answer of this batch can have, END included."""

    @abstractmethod
    def start(self, batch: Batch, choices: int) -> ConstraintState:
        """ConstraintState of every instance before the first choice."""

    @abstractmethod
    def allowed(self, state: ConstraintState) -> Tensor:
        """`(rows, choices)`, at least one True in every row."""

    @abstractmethod
    def advance(self, state: ConstraintState, choice: Tensor) -> ConstraintState:
        """ConstraintState after `choice (rows,)`."""

    def ends_with(self, state: ConstraintState, choice: Tensor) -> Tensor:
        """Whether the answer is complete after `choice (rows,)`."""
        return self.advance(state, choice).ended

    def starts(self, batch: Batch, choices: int) -> Tensor:
        """First choices that an answer may begin with, `(batch, choices)`.

        Beyond what `allowed` admits these are the ones from which an equivalent answer begins.
        """
        return self.allowed(self.start(batch, choices))

    def canonical(self, batch: Batch, choices: Tensor) -> Tensor:
        """Answers `(batch, hypotheses, time)` that begin with any of `starts`, as `allowed` has
        them.
        """
        return choices

    def masks_along(self, batch: Batch, choices: int, targets: Tensor) -> Tensor:
        """What is allowed before each target: `(batch, time, choices)`."""
        return self.replay(batch, choices, targets)

    def replay(self, batch: Batch, choices: int, made: Tensor) -> Tensor:
        """What was allowed before each choice of made answers: `(rows, time, choices)`.

        made: `(rows, time)`, all answers of an instance together, cut where `limit` cuts a search.
        """
        import torch

        each = len(made) // batch.size
        start = self.start(batch, choices)
        rows = torch.arange(batch.size, device=made.device).repeat_interleave(each)
        state = start.select(rows)
        masks = []
        for choice in made.unbind(1):
            masks.append(self.allowed(state))
            state = self.advance(state, choice)
        return torch.stack(masks, 1)


def _only_first(mask: Tensor, rows: Tensor) -> Tensor:
    """`mask` where `rows (rows,)` is False; elsewhere choice 0 alone."""
    narrowed = mask & ~rows.unsqueeze(-1)
    narrowed[..., 0] |= rows
    return narrowed


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

    def start(self, batch: Batch, choices: int) -> ConstraintState:
        lengths = batch.input_mask.sum(1)
        left = lengths.new_full(lengths.shape, self.longest)
        if self.ratio is not None:
            left = left.minimum((lengths * self.ratio).long() + self.extra)
        free = batch.input_mask.new_ones(len(lengths), 1).expand(-1, choices)
        return ConstraintState(free, lengths.new_zeros(lengths.shape), left, left < 1)

    def allowed(self, state: ConstraintState) -> Tensor:
        return _only_first(state.open, state.ended)

    def advance(self, state: ConstraintState, choice: Tensor) -> ConstraintState:
        ended = self.ends_with(state, choice)
        return ConstraintState(state.open, state.chosen + 1, state.left - 1, ended)

    def ends_with(self, state: ConstraintState, choice: Tensor) -> Tensor:
        return state.ended | (choice == END) | (state.left < 2)

    def masks_along(self, batch: Batch, choices: int, targets: Tensor) -> Tensor:
        free = batch.input_mask.new_ones(*targets.shape, choices)
        return _only_first(free, _shifted((targets == END).cumsum(1) > 0))


@final
class Permutation(Constraint):
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

    def allowed(self, state: ConstraintState) -> Tensor:
        held = state.ended
        if self.fixed_start:
            held = held | (state.chosen == 0)
        return _only_first(state.open, held)

    def advance(self, state: ConstraintState, choice: Tensor) -> ConstraintState:
        free = state.open.scatter(1, choice.unsqueeze(1), False)
        ended = self.ends_with(state, choice)
        return ConstraintState(free, state.chosen + 1, state.left - 1, ended)

    def ends_with(self, state: ConstraintState, choice: Tensor) -> Tensor:
        return state.left < 2

    def starts(self, batch: Batch, choices: int) -> Tensor:
        return self.start(batch, choices).open

    def canonical(self, batch: Batch, choices: Tensor) -> Tensor:
        if not self.fixed_start:
            return choices
        import torch

        steps = torch.arange(choices.shape[2], device=choices.device)
        sizes = batch.input_mask.sum(1)[:, None, None]
        chosen = steps < sizes
        begun = choices.masked_fill(~chosen, choices.shape[2]).argmin(2, keepdim=True)
        turned = choices.gather(2, (begun + steps) % sizes.clamp_min(1))
        return turned.masked_fill(~chosen, 0)

    def masks_along(self, batch: Batch, choices: int, targets: Tensor) -> Tensor:
        free = _never_again(batch.input_mask, targets, choices)
        held = ~free.any(2)
        if self.fixed_start:
            held[:, 0] = True
        return _only_first(free, held)


@final
class Polygon(Constraint):
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

    def allowed(self, state: ConstraintState) -> Tensor:
        free = state.open.clone()
        free[:, END] = (state.chosen >= self.smallest) | (state.left <= 1)
        return _only_first(free, state.ended)

    def advance(self, state: ConstraintState, choice: Tensor) -> ConstraintState:
        free = state.open.scatter(1, choice.unsqueeze(1), False)
        ended = self.ends_with(state, choice)
        return ConstraintState(free, state.chosen + 1, state.left - 1, ended)

    def ends_with(self, state: ConstraintState, choice: Tensor) -> Tensor:
        return state.ended | (choice == END)

    def masks_along(self, batch: Batch, choices: int, targets: Tensor) -> Tensor:
        import torch

        free = _never_again(_false_first(batch.input_mask), targets, choices)
        steps = torch.arange(targets.shape[1], device=targets.device)
        free[:, :, END] = (steps >= self.smallest) | ~free[:, :, 1:].any(2)
        return _only_first(free, _shifted((targets == END).cumsum(1) > 0))


def _shifted(flags: Tensor) -> Tensor:
    """`flags (batch, time, ...)` one step later, False first."""
    return _false_first(flags[:, :-1])


def _false_first(flags: Tensor) -> Tensor:
    """`flags (batch, time, ...)` after one step of False."""
    import torch

    return torch.cat([flags.new_zeros(len(flags), 1, *flags.shape[2:]), flags], 1)


def _never_again(free: Tensor, targets: Tensor, choices: int) -> Tensor:
    """`free (batch, choices)` less what was chosen before each step: `(batch, time, choices)`."""
    chosen = free.new_zeros(*targets.shape, choices)
    chosen.scatter_(2, targets.unsqueeze(2), True)
    before = _shifted(chosen).int().cumsum(1) > 0
    return free.unsqueeze(1) & ~before
