"""Words of a vocabulary as choices."""

from __future__ import annotations

from typing import final

from jaxtyping import Float
from torch import Tensor

from ptrnet_suite.model.heads.words import WordHead
from ptrnet_suite.model.interfaces import HeadInputs, Memory


@final
class VocabularyHead(WordHead):
    """Words alone."""

    def num_choices(self, memory: Memory) -> int:
        return self.words

    def forward(
        self, inputs: HeadInputs, memory: Memory, prepared: Float[Tensor, "batch width"]
    ) -> Float[Tensor, "batch time choices"]:
        return self.word_logits(inputs.query)
