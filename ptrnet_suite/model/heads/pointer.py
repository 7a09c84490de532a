"""Input positions as choices."""

from __future__ import annotations

from typing import final

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from ptrnet_suite.model.config import HeadConfig
from ptrnet_suite.model.heads.base import Head
from ptrnet_suite.model.interfaces import HeadInputs, Memory
from ptrnet_suite.model.layers.embedding_table import EmbeddingTable, stacked_table
from ptrnet_suite.model.layers.scores import make_score
from ptrnet_suite.task.spec import Spec


@final
class PointerHead(Head):
    """Input positions: an attention whose weights are the answer (Vinyals et al. 2015, eq. 3).

    Where sequences end, END is one more key. In a cyclic task END means going back to the first
    choice, so its key is the first choice's state plus a learned offset, and its vector is the
    first choice's vector. (The location score has no keys, so there END is a position of its own.)
    """

    def __init__(self, spec: Spec, config: HeadConfig, width: int) -> None:
        super().__init__()
        self.score = make_score(config.score, width)
        self.clip = config.clip
        self.ends = spec.ends
        self.wants_first = spec.ends and spec.cyclic and config.score != "location"
        self.start = nn.Parameter(torch.randn(width) / width**0.5)
        self.end = nn.Parameter(torch.randn(width) / width**0.5) if spec.ends else None

    @property
    def offset(self) -> int:
        """Choices before the first position."""
        return 1 if self.ends else 0

    def num_choices(self, memory: Memory) -> int:
        return memory.states.shape[1] + self.offset

    def missing(self, memory: Memory) -> Bool[Tensor, "batch choices"] | None:
        """Padding; END is never missing."""
        if memory.padding is None:
            return None
        return nn.functional.pad(~memory.mask, (self.offset, 0), value=False)

    def prepare(self, memory: Memory) -> Float[Tensor, "batch keys width"]:
        states = memory.states
        if self.end is not None and not self.wants_first:
            end = self.end.to(states.dtype).expand(len(states), 1, -1)
            states = torch.cat([end, states], 1)
        return self.score.keys(states)

    def embeddings(self, memory: Memory) -> EmbeddingTable:
        states, batch = memory.states, len(memory.mask)
        ends = [] if self.end is None else [self.end.expand(batch, 1, -1)]
        return stacked_table(torch.cat([*ends, states, self.start.expand(batch, 1, -1)], 1))

    def forward(
        self, inputs: HeadInputs, memory: Memory, prepared: Float[Tensor, "batch keys width"]
    ) -> Float[Tensor, "batch time choices"]:
        logits = self.score(inputs.query, prepared).float()
        if self.end is not None and inputs.first_embedding is not None:
            home = self._score_each(inputs.query, inputs.first_embedding + self.end)
            logits = torch.cat([home, logits], -1)
        if inputs.logit_bias is not None:
            logits = logits + inputs.logit_bias
        return self.clip * torch.tanh(logits) if self.clip else logits

    def _score_each(
        self, query: Float[Tensor, "batch time width"], states: Float[Tensor, "batch time width"]
    ) -> Float[Tensor, "batch time 1"]:
        """Score of each query with a state of its own."""
        batch, time, width = query.shape
        keys = self.score.keys(states.reshape(batch * time, 1, width).to(query.dtype))
        scores = self.score(query.reshape(batch * time, 1, width), keys)
        return scores.view(batch, time, 1).float()
