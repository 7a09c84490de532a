"""The base of heads whose choices are words of a vocabulary."""

from __future__ import annotations

from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor, nn

from ptrnet_suite.model.config import HeadConfig
from ptrnet_suite.model.heads.base import Head
from ptrnet_suite.model.interfaces import Memory
from ptrnet_suite.model.layers.embedding_table import EmbeddingTable
from ptrnet_suite.task.spec import Spec


class WordHead(Head):
    """An embedding in, a linear layer out, which may share their weights (Press & Wolf 2017)."""

    extra_rows: ClassVar[int] = 1
    """Embeddings behind those of the words; the last one is that of a sequence's start."""

    def __init__(self, spec: Spec, config: HeadConfig, width: int) -> None:
        super().__init__()
        self.words, self.tied = spec.choices, config.tied
        self.embed = nn.Embedding(spec.choices + self.extra_rows, width)
        if self.tied:
            # As output weights, embeddings of unit size would make logits of the width's root.
            nn.init.normal_(self.embed.weight, std=width**-0.5)
            self.bias = nn.Parameter(torch.zeros(spec.choices))
        else:
            self.project = nn.Linear(width, spec.choices)

    def prepare(self, memory: Memory) -> Float[Tensor, "batch width"]:
        return memory.summary

    def embeddings(self, memory: Memory) -> EmbeddingTable:
        begins = torch.zeros_like(memory.mask[:, 0], dtype=torch.long)
        rows = self.embed.weight
        if self.tied:
            rows = rows * rows.shape[1] ** 0.5
        return EmbeddingTable(rows, begins, len(rows))

    def word_logits(self, query: Float[Tensor, "*rows width"]) -> Float[Tensor, "*rows words"]:
        """Logits of the words."""
        if self.tied:
            return nn.functional.linear(query, self.embed.weight[: self.words], self.bias)
        logits: Tensor = self.project(query)
        return logits
