"""A recurrent decoder's attention to the memory, with what it keeps from step to step."""

from __future__ import annotations

import torch
from torch import Tensor

from ptrnet_suite.model.config import DecoderConfig
from ptrnet_suite.model.interfaces import Memory, State
from ptrnet_suite.model.layers.attention import Attended, Attention


class CrossAttention(Attention):
    """Attention that counts steps where its alignment asks for them, and what each input got."""

    def __init__(self, config: DecoderConfig, width: int) -> None:
        super().__init__(config.attention, width, config.alignment, config.window, config.coverage)
        self.counts = config.alignment == "local_m"

    @property
    def remembers(self) -> bool:
        """Whether a look depends on earlier ones."""
        return self.cover is not None

    def start(self, memory: Memory) -> State:
        """What is kept before the first step, one row per instance."""
        mask = memory.mask
        order = (torch.zeros(len(mask), device=mask.device),) if self.counts else ()
        covered = (torch.zeros(mask.shape, device=mask.device),) if self.remembers else ()
        return (*order, *covered)

    def step(
        self, query: Tensor, keys: Tensor, values: Tensor, memory: Memory, kept: State
    ) -> tuple[Attended, State]:
        """One look of every hypothesis, `query (batch, hypotheses, width)`, and what is kept."""
        order = kept[0].view(query.shape[:2]) if self.counts else None
        covered = kept[-1].view(*query.shape[:2], -1) if self.remembers else None
        found = self(query, keys, values, memory.padding, order, covered)
        following: list[Tensor] = [kept[0] + 1] if self.counts else []
        if covered is not None:
            following.append((covered + found.weights).flatten(0, 1))
        return found, tuple(following)
