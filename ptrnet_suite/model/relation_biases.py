"""The part of a model that turns relations between inputs into biases of attention and logits."""

from __future__ import annotations

from typing import NamedTuple, final

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from ptrnet_suite.model.config import HeadConfig
from ptrnet_suite.model.interfaces import FLOAT, Memory, RelationTables
from ptrnet_suite.model.layers.attention import additive_mask
from ptrnet_suite.model.layers.channels import channel_weights, mix_channels
from ptrnet_suite.model.layers.embedding_table import stacked_table
from ptrnet_suite.model.layers.relations import (
    REACHES,
    ChoiceHistory,
    HistoryVectors,
    RelationFeatures,
    crowdedness,
    neighbourhoods,
    spacing,
)
from ptrnet_suite.task.spec import Spec


@final
class Biases(NamedTuple):
    """Added to attention and logits before each choice; see `DecoderInputs` and `HeadInputs`."""

    attention_biases: tuple[Float[Tensor, "batch heads time positions"], ...]
    attention_mask: Float[Tensor, "batch time positions"] | None
    logit_bias: Float[Tensor, "batch time choices"] | None


@final
class RelationBiases(nn.Module):
    """Biases from the choices made so far and those that are open, for a model that points.

    Attention sees only what is still open. Where the inputs are vectors and `config.relations` asks
    for it, every attention layer and the logits also get a learned share of how each candidate
    lies from the last choices: difference, length, turn, and how crowded it is.

    layers, heads: of the decoder's attention to the memory.
    """

    def __init__(self, spec: Spec, config: HeadConfig, layers: int, heads: int) -> None:
        super().__init__()
        self.offset = int(spec.ends)
        """Choices before the first position."""
        self.cyclic, self.gain, hidden = spec.cyclic, config.gain, config.relations
        self.features: RelationFeatures | None = None
        self.layer_weights, self.logit_weight = nn.ParameterList(), None
        if hidden > 0 and spec.inputs == "vectors":
            crowding = config.crowding and not spec.ends
            self.features = RelationFeatures(spec.features, hidden, crowding)
            self.layer_weights.extend(channel_weights(heads, hidden) for _ in range(layers))
            self.logit_weight = nn.Parameter(channel_weights(1, hidden).detach() / config.gain)

    def tables(self, memory: Memory) -> RelationTables | None:
        """The tables of a memory; None where no relations are seen."""
        if self.features is None or memory.vectors is None:
            return None
        vectors = stacked_table(nn.functional.pad(memory.vectors, (0, 0, self.offset, 1)))
        if not self.features.crowding:
            return RelationTables(vectors)
        with torch.no_grad(), torch.autocast(memory.vectors.device.type, enabled=False):
            unit = spacing(memory.vectors, memory.mask)
            return RelationTables(vectors, neighbourhoods(memory.vectors, unit), unit)

    def decoding_bytes(self, instances: int, positions: int, rows: int) -> float:
        """Bytes of the tables, and of the features of every hypothesis before and after mixing."""
        if self.features is None or self.logit_weight is None:
            return 0.0
        hidden, width = self.features.weight.shape
        mixed = sum(len(weight) for weight in self.layer_weights) + len(self.logit_weight)
        tables = len(REACHES) * instances * positions**2 if self.features.crowding else 0
        return float(FLOAT * (tables + rows * positions * (width + hidden + mixed)))

    def forward(
        self,
        history: ChoiceHistory,
        allowed: Bool[Tensor, "batch time choices"],
        memory: Memory,
        tables: RelationTables | None,
    ) -> Biases:
        """Biases before each choice."""
        positions = allowed[..., self.offset :]
        # A row in which no position is open attends to all of them: there is no empty glimpse.
        attended = positions | (~positions.any(-1, keepdim=True) & memory.mask.unsqueeze(1))
        mask = additive_mask(attended)
        if tables is None or self.logit_weight is None:
            return Biases((), mask, None)
        # One product for all that see the relations, which are large, reads them only once.
        weights = [*self.layer_weights, self.logit_weight * self.gain]
        features = self._features_of(history, positions, memory, tables)
        mixed = mix_channels(
            torch.cat(weights), features, nn.functional.pad(mask, (self.offset, 0))
        )
        *layers, logit_bias = mixed.split([len(weight) for weight in weights], 1)
        biases = tuple(layer[..., self.offset :] for layer in layers)
        return Biases(biases, None, logit_bias.squeeze(1))

    def _features_of(
        self,
        history: ChoiceHistory,
        positions: Bool[Tensor, "batch time positions"],
        memory: Memory,
        tables: RelationTables,
    ) -> Float[Tensor, "batch hidden time choices"]:
        """Embedded relations; positions: which are open."""
        assert self.features is not None
        assert memory.vectors is not None
        vectors = HistoryVectors(
            tables.vectors(history.first),
            tables.vectors(history.before),
            tables.vectors(history.last),
            history.last >= self.offset,
            history.before >= self.offset,
        )
        candidates = memory.vectors.unsqueeze(1)
        if self.offset:
            # END stands for the way home in a cyclic task, else for the origin.
            home = vectors.first if self.cyclic else torch.zeros_like(vectors.first)
            spread = candidates.expand(-1, history.last.shape[1], -1, -1)
            candidates = torch.cat([home.unsqueeze(2), spread], 2)
        density = None
        if tables.neighbours is not None and tables.unit is not None:
            with torch.no_grad(), torch.autocast(positions.device.type, enabled=False):
                density = crowdedness(positions, tables.neighbours), tables.unit
        features: Tensor = self.features(candidates, vectors, density)
        return features
