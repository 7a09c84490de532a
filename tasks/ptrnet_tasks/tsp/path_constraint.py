"""What may be chosen next where a path begins or ends in a city that was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, final

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.task.constraint import ConstraintState
from ptrnet_suite.task.constraints import Permutation, WithoutRepeats

if TYPE_CHECKING:
    from jaxtyping import Bool, Int
    from torch import Tensor


@final
class FixedEnds(WithoutRepeats):
    """A closed tour through all positions that holds the edge which a path leaves out.

    count: how many ends are fixed. Of two, they are the positions 0 and 1, which follow each other
    first. Of one, it is position 0, the first one or the second, after the other end. A path from
    either end is the same path, and so is one with another first choice, which then is its other
    end: such starts are equivalent ways to ask for it, as those of a closed tour are.
    """

    ends = False

    def __init__(self, count: int) -> None:
        self.count = count

    def limit(self, batch: Batch) -> int:
        return batch.inputs.shape[1]

    def start(self, batch: Batch, choices: int) -> ConstraintState:
        return Permutation().start(batch, choices)

    def allowed(self, state: ConstraintState) -> Bool[Tensor, "rows choices"]:
        free = state.open.clone()
        due = free[:, : self.count].any(1) & (state.chosen <= 1)
        free[:, self.count :] &= ~due.unsqueeze(1)
        free[:, 1:] &= (state.chosen > 0).unsqueeze(1)
        free[:, 0] |= state.ended
        return free

    def ends_with(
        self, state: ConstraintState, choice: Int[Tensor, " rows"]
    ) -> Bool[Tensor, " rows"]:
        return state.left < 2

    def starts(self, batch: Batch, choices: int) -> Bool[Tensor, "batch choices"]:
        free = self.start(batch, choices).open
        if self.count > 1:
            free[:, self.count :] = False
        return free

    def canonical(
        self, batch: Batch, choices: Int[Tensor, "batch hypotheses time"]
    ) -> Int[Tensor, "batch hypotheses time"]:
        """From position 0 on; of two fixed ends, the way back is turned round."""
        if self.count == 1:
            return Permutation(fixed_start=True).canonical(batch, choices)
        import torch

        steps = torch.arange(choices.shape[2], device=choices.device)
        sizes = batch.input_mask.sum(1)[:, None, None]
        back = torch.where(steps < 2, 1 - steps, sizes + 1 - steps).clamp_min(0)
        turned = choices.gather(2, back.expand_as(choices)).masked_fill(steps >= sizes, 0)
        return torch.where(choices[:, :, :1] == 0, choices, turned)
