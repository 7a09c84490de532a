"""The attention model's decoder: masked glimpses, no recurrence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, cast, final

from jaxtyping import Float
from torch import Tensor, nn

from ptrnet_suite.model.config import DecoderConfig
from ptrnet_suite.model.decoders.base import Decoder
from ptrnet_suite.model.interfaces import (
    DecoderInputs,
    DecoderOutput,
    DecoderTables,
    Memory,
    Prepared,
    State,
)
from ptrnet_suite.model.layers.alignments import AttentionWindow
from ptrnet_suite.model.layers.attention import KeysValues
from ptrnet_suite.model.layers.attention_block import AttentionBlock
from ptrnet_suite.model.layers.embedding_table import EmbeddingTable


@final
class GlimpseDecoder(Decoder):
    """First, last and summary, refined by masked glimpses (Kool et al. 2019, section 3.2).

    Glimpses attend only to what is still open and may see its relations to the last choices. There
    is no recurrence, so a sequence costs one pass.
    """

    remembers: ClassVar[bool] = False

    def __init__(self, config: DecoderConfig, width: int, dropout: float) -> None:
        super().__init__(config, width, dropout)
        self.combine = nn.Linear(3 * width, width)
        glimpses = [Glimpse(config, width, dropout) for _ in range(config.layers)]
        self.glimpses = cast("Sequence[Glimpse]", nn.ModuleList(glimpses))
        self.norm = nn.LayerNorm(width)
        self.biased_layers = config.layers

    def tabulate(self, choices: EmbeddingTable, memory: Memory) -> DecoderTables:
        # The parts of the linear layer over all three, so that no step needs it again.
        previous, first, summary = self.combine.weight.chunk(3, 1)
        project = nn.functional.linear
        return DecoderTables(
            choices._replace(rows=project(choices.rows, previous).float()),
            choices._replace(rows=project(choices.rows, first).float()),
            project(memory.summary, summary, self.combine.bias),
        )

    def prepare(self, memory: Memory) -> Prepared:
        return tuple(layer.attention.keys_values(memory.states) for layer in self.glimpses)

    def start(self, memory: Memory) -> State:
        return ()

    def forward(self, inputs: DecoderInputs, memory: Memory, prepared: Prepared) -> DecoderOutput:
        return self.step(inputs, memory, prepared, ())

    def step(
        self, inputs: DecoderInputs, memory: Memory, prepared: Prepared, state: State
    ) -> DecoderOutput:
        weights = None
        query = (inputs.previous + inputs.first + inputs.summary.unsqueeze(1)).to(
            memory.states.dtype
        )
        projected = cast("tuple[KeysValues, ...]", prepared)
        for index, (glimpse, keys_values) in enumerate(zip(self.glimpses, projected, strict=True)):
            query, weights = glimpse(query, keys_values, inputs.bias_for(index, memory))
        return DecoderOutput(self.norm(query), state, weights)


@final
class Glimpse(AttentionBlock):
    """Attention to the open part of the memory, and a feed-forward part."""

    def __init__(self, config: DecoderConfig, width: int, dropout: float) -> None:
        super().__init__(width, config.heads, config.feedforward * width, dropout)

    def forward(
        self,
        query: Float[Tensor, "batch time width"],
        memory: KeysValues,
        bias: Float[Tensor, " batch #heads #time positions"] | None,
        window: AttentionWindow | None = None,
    ) -> tuple[Float[Tensor, "batch time width"], Float[Tensor, "batch heads time positions"]]:
        """The refined queries, and the weights of the attention."""
        context, weights = self.attention.attend(self.norm_attention(query), memory, bias, window)
        return self.add_parts(query, context), weights
