"""Input positions as choices."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from ptrnet_suite.model.config import HeadConfig
from ptrnet_suite.model.heads.base import Head
from ptrnet_suite.model.interfaces import (
    ChoiceEmbeddings,
    DecoderInputs,
    DecoderOutput,
    LocalDensity,
    Memory,
)
from ptrnet_suite.model.layers.attention import additive_mask
from ptrnet_suite.model.layers.channels import channel_weights, mix_channels
from ptrnet_suite.model.layers.embedding_table import stacked_table
from ptrnet_suite.model.layers.relations import (
    ChoiceHistory,
    HistoryVectors,
    Relations,
    crowdedness,
    neighbourhoods,
    spacing,
)
from ptrnet_suite.model.layers.scores import make_score
from ptrnet_suite.task.spec import Spec


class PointerHead(Head):
    """Input positions: an attention whose weights are the answer (Vinyals et al. 2015, eq. 3).

    Where sequences end, END is one more key. In a cyclic task END means going back to the first
    choice, so its key is the first choice's state plus a learned offset, and its vector is the
    first choice's vector. (The location score looks at no key, so there END is a place of its own.)
    """

    def __init__(self, spec: Spec, config: HeadConfig, width: int) -> None:
        super().__init__()
        self.score = make_score(config.score, width)
        self.clip, self.gain = config.clip, config.gain
        self.ends, self.cyclic = spec.ends, spec.cyclic
        self.returns = spec.ends and spec.cyclic and config.score != "location"
        self.start = nn.Parameter(torch.randn(width) / width**0.5)
        self.end = nn.Parameter(torch.randn(width) / width**0.5) if spec.ends else None
        related = config.relations > 0 and spec.inputs == "vectors"
        self.relations = (
            Relations(spec.features, config.relations, config.crowding and not spec.ends)
            if related
            else None
        )
        self.relate = (
            nn.Parameter(channel_weights(1, config.relations).detach() / config.gain)
            if related
            else None
        )

    @property
    def offset(self) -> int:
        """Choices before the first position."""
        return 1 if self.ends else 0

    def num_choices(self, memory: Memory) -> int:
        return memory.states.shape[1] + self.offset

    def prepare(self, memory: Memory) -> Tensor:
        states = memory.states
        if self.end is not None and not self.returns:
            end = self.end.to(states.dtype).expand(len(states), 1, -1)
            states = torch.cat([end, states], 1)
        return self.score.keys(states)

    def sight(self, memory: Memory) -> ChoiceEmbeddings:
        states, vectors, batch = memory.states, memory.vectors, len(memory.mask)
        ends = [] if self.end is None else [self.end.expand(batch, 1, -1)]
        choices = stacked_table(torch.cat([*ends, states, self.start.expand(batch, 1, -1)], 1))
        if self.relations is None or vectors is None:
            return ChoiceEmbeddings(choices)
        places = stacked_table(nn.functional.pad(vectors, (0, 0, self.offset, 1)))
        return ChoiceEmbeddings(choices, places, self._crowds(vectors, memory.mask))

    def _crowds(self, vectors: Tensor, mask: Tensor) -> LocalDensity | None:
        if self.relations is None or not self.relations.crowding:
            return None
        with torch.no_grad(), torch.autocast(vectors.device.type, enabled=False):
            unit = spacing(vectors, mask)
            return LocalDensity(neighbourhoods(vectors, unit), unit)

    def _related(
        self, trail: ChoiceHistory, positions: Tensor, memory: Memory, sight: ChoiceEmbeddings
    ) -> Tensor:
        assert self.relations is not None
        assert sight.vectors is not None
        assert memory.vectors is not None
        anchors = HistoryVectors(
            sight.vectors(trail.first),
            sight.vectors(trail.before),
            sight.vectors(trail.last),
            trail.last >= self.offset,
            trail.before >= self.offset,
        )
        candidates = memory.vectors.unsqueeze(1)
        if self.ends:
            time = trail.last.shape[1]
            home = anchors.first if self.cyclic else torch.zeros_like(anchors.first)
            spread = candidates.expand(-1, time, -1, -1)
            candidates = torch.cat([home.unsqueeze(2), spread], 2)
        crowds = None
        if sight.crowds is not None:
            with torch.no_grad(), torch.autocast(positions.device.type, enabled=False):
                crowds = crowdedness(positions, sight.crowds.neighbours), sight.crowds.unit
        related: Tensor = self.relations(candidates, anchors, crowds)
        return related

    def see(
        self,
        cues: DecoderInputs,
        trail: ChoiceHistory,
        allowed: Tensor,
        memory: Memory,
        sight: ChoiceEmbeddings,
        relating: Sequence[Tensor],
    ) -> DecoderInputs:
        positions = allowed[..., self.offset :]
        # A row in which no position is open looks at all of them: there is no empty glimpse.
        looked = positions | (~positions.any(-1, keepdim=True) & memory.mask.unsqueeze(1))
        closed = additive_mask(looked)
        if self.returns:
            cues = cues._replace(home=sight.choices(trail.first))
        if self.relate is None:
            return cues._replace(closed=closed)
        # One product for all that see the relations, which are large, reads them only once.
        weights = [*relating, self.relate * self.gain]
        related = self._related(trail, positions, memory, sight)
        closed = nn.functional.pad(closed, (self.offset, 0))
        mixed = mix_channels(torch.cat(weights), related, closed)
        *looks, bias = mixed.split([len(weight) for weight in weights], 1)
        return cues._replace(
            looks=tuple(look[..., self.offset :] for look in looks), bias=bias.squeeze(1)
        )

    def forward(
        self, made: DecoderOutput, cues: DecoderInputs, memory: Memory, prepared: Tensor
    ) -> Tensor:
        query = made.query
        logits = self.score(query, prepared).float()
        if self.end is not None and cues.home is not None:
            logits = torch.cat([self._score_each(query, cues.home + self.end), logits], -1)
        if cues.bias is not None:
            logits = logits + cues.bias
        return self.clip * torch.tanh(logits) if self.clip else logits

    def _score_each(self, query: Tensor, states: Tensor) -> Tensor:
        """Score of each query with one state of its own, `(batch, time, 1)`."""
        batch, time, width = query.shape
        keys = self.score.keys(states.reshape(batch * time, 1, width).to(query.dtype))
        scores = self.score(query.reshape(batch * time, 1, width), keys)
        return scores.view(batch, time, 1).float()
