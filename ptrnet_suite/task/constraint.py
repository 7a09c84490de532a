"""What a constraint is: one feasibility rule serves every search and every strategy."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, NamedTuple, final

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.errors import InputError
from ptrnet_suite.task.spec import Spec

if TYPE_CHECKING:
    from jaxtyping import Bool, Int
    from torch import Tensor


@final
class ConstraintState(NamedTuple):
    """Where each row stands; rows are instances times hypotheses.

    open: choices that are still open. chosen: how many choices were made; left: how many more may
    be. ended: whether the answer is complete.
    """

    open: Bool[Tensor, "rows choices"]
    chosen: Int[Tensor, " rows"]
    left: Int[Tensor, " rows"]
    ended: Bool[Tensor, " rows"]

    def select(self, rows: Int[Tensor, " selected"]) -> ConstraintState:
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

    of_positions: bool = False
    """Whether choices are positions of the input, which only a pointer can choose."""

    @abstractmethod
    def limit(self, batch: Batch) -> int:
        """Most choices that an answer of this batch can have, END included."""

    @abstractmethod
    def start(self, batch: Batch, choices: int) -> ConstraintState:
        """ConstraintState of every instance before the first choice."""

    @abstractmethod
    def allowed(self, state: ConstraintState) -> Bool[Tensor, "rows choices"]:
        """Which choices are allowed, at least one in every row."""

    @abstractmethod
    def advance(self, state: ConstraintState, choice: Int[Tensor, " rows"]) -> ConstraintState:
        """ConstraintState after `choice`."""

    def ends_with(
        self, state: ConstraintState, choice: Int[Tensor, " rows"]
    ) -> Bool[Tensor, " rows"]:
        """Whether the answer is complete after `choice`."""
        return self.advance(state, choice).ended

    def for_known(self, longest: int) -> Constraint:
        """The same constraint, where known answers of up to `longest` choices are followed.

        One that cuts answers off cuts them there instead.
        """
        return self

    def starts(self, batch: Batch, choices: int) -> Bool[Tensor, "batch choices"]:
        """First choices that an answer may begin with.

        Beyond what `allowed` admits these are the ones from which an equivalent answer begins.
        """
        return self.allowed(self.start(batch, choices))

    def canonical(
        self, batch: Batch, choices: Int[Tensor, "batch hypotheses time"]
    ) -> Int[Tensor, "batch hypotheses time"]:
        """Answers that begin with any of `starts`, as `allowed` has them."""
        return choices

    def masks_along(
        self, batch: Batch, choices: int, targets: Int[Tensor, "batch time"]
    ) -> Bool[Tensor, "batch time choices"]:
        """What is allowed before each target."""
        return self.replay(batch, choices, targets)

    def replay(
        self, batch: Batch, choices: int, made: Int[Tensor, "rows time"]
    ) -> Bool[Tensor, "rows time choices"]:
        """What was allowed before each choice of made answers.

        made: all answers of an instance together, cut where `limit` cuts a search.
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


def check_constraint(constraint: Constraint, spec: Spec, name: str) -> None:
    """Raises InputError for a constraint that cannot rule answers of this spec.

    name: of the task, for the message.
    """
    rule, ended = type(constraint).__name__, "END" if spec.ends else "no END"
    if constraint.ends != spec.ends:
        raise InputError(
            f"the task {name} cannot be: its sequences have {ended}, and its constraint {rule} "
            f"{'waits for one' if constraint.ends else 'never lets one be chosen'}"
        )
    if constraint.of_positions and spec.outputs != "pointer":
        raise InputError(
            f"the task {name} cannot be: its constraint {rule} is one of positions in the input, "
            "and its outputs are words; accepted are outputs that point"
        )
