"""Words of a vocabulary as choices."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ptrnet_suite.model.config import HeadConfig
from ptrnet_suite.model.heads.base import Head
from ptrnet_suite.model.interfaces import HeadInputs, Memory
from ptrnet_suite.model.layers.embedding_table import EmbeddingTable
from ptrnet_suite.task.spec import Spec


class VocabularyHead(Head):
    """An embedding in, a linear layer out, which may share their weights (Press & Wolf 2017)."""

    extra_rows = 1
    """One more row embeds the start of a sequence."""

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

    def num_choices(self, memory: Memory) -> int:
        return self.words

    def prepare(self, memory: Memory) -> Tensor:
        return memory.summary

    def embeddings(self, memory: Memory) -> EmbeddingTable:
        everywhere = torch.zeros_like(memory.mask[:, 0], dtype=torch.long)
        rows = self.embed.weight
        if self.tied:
            rows = rows * rows.shape[1] ** 0.5
        return EmbeddingTable(rows, everywhere, len(rows))

    def forward(self, inputs: HeadInputs, memory: Memory, prepared: Tensor) -> Tensor:
        if self.tied:
            weight = self.embed.weight[: self.words]
            return nn.functional.linear(inputs.query, weight, self.bias)
        logits: Tensor = self.project(inputs.query)
        return logits
