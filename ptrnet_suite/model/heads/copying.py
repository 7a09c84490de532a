"""Words of a vocabulary and tokens of the input as choices, in one distribution."""

from __future__ import annotations

from typing import ClassVar, final

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from ptrnet_suite.errors import InputError
from ptrnet_suite.model.config import HeadConfig
from ptrnet_suite.model.heads.words import WordHead
from ptrnet_suite.model.interfaces import HeadInputs, Memory
from ptrnet_suite.model.layers.embedding_table import EmbeddingTable
from ptrnet_suite.task.spec import Spec

SMALLEST = 1e-12
"""Least probability of a choice, so that its logarithm is finite."""


@final
class CopyHead(WordHead):
    """The pointer-generator's mixture (See et al. 2017, eq. 8 and 9).

    P(w) = p_gen P_vocab(w) + (1 - p_gen) (attention to the positions that hold w). A choice below
    the number of words is a word; the others are positions, each standing for an input token that
    is no word, named by the first position that holds it (`Batch.copies`). p_gen depends on the
    query, in which the context and the state are, and on the previous choice.
    """

    extra_rows: ClassVar[int] = 2
    """One row embeds every copied token that is no word, the last one the start."""

    def __init__(self, spec: Spec, config: HeadConfig, width: int) -> None:
        super().__init__(spec, config, width)
        self.generate = nn.Linear(2 * width, 1)

    def num_choices(self, memory: Memory) -> int:
        return self.words + memory.states.shape[1]

    def missing(self, memory: Memory) -> Bool[Tensor, "batch choices"] | None:
        """Positions that stand for no token which is not a word."""
        if memory.copies is None:
            return None
        standing = memory.copies.masked_fill(~memory.mask, 0)
        missing = memory.mask.new_ones(len(memory.mask), self.num_choices(memory))
        missing[:, : self.words] = False
        return missing.scatter_(1, standing, False)

    def embeddings(self, memory: Memory) -> EmbeddingTable:
        return super().embeddings(memory)._replace(known=self.words)

    def forward(
        self, inputs: HeadInputs, memory: Memory, prepared: Float[Tensor, "batch width"]
    ) -> Float[Tensor, "batch time choices"]:
        """Log-probabilities of words and positions.

        Raises InputError for a batch without `copies` and a decoder that does not attend.
        """
        if memory.copies is None or inputs.weights is None:
            missing = "an attention" if inputs.weights is None else "to know what inputs stand for"
            raise InputError(f"a model that copies needs {missing}, which this one lacks")
        features = torch.cat([inputs.query, inputs.previous.to(inputs.query.dtype)], -1)
        generated = torch.sigmoid(self.generate(features).float())
        words = torch.softmax(self.word_logits(inputs.query).float(), -1)
        attended = inputs.weights.float().mean(1)
        # A local alignment's weights do not sum to one.
        attended = attended / attended.sum(-1, keepdim=True).clamp_min(SMALLEST)
        mixed = torch.nn.functional.pad(generated * words, (0, memory.states.shape[1]))
        choices = memory.copies.unsqueeze(1).expand_as(attended)
        mixed = mixed.scatter_add(2, choices, (1 - generated) * attended)
        return mixed.clamp_min(SMALLEST).log()
