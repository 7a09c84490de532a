"""Efficient active search: a few weights of each instance train, all instances at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from ptrnet_suite.model.heads import Head
from ptrnet_suite.model.interfaces import HeadInputs, Memory, mapped
from ptrnet_suite.model.layers.embedding_table import EmbeddingTable
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.search.base import Hypotheses
from ptrnet_suite.search.learning import LearningSearch, Policy, SearchTask
from ptrnet_suite.search.options import EfficientActiveSearchOptions
from ptrnet_suite.search.streams import Streams


@final
@dataclass(frozen=True)
class EfficientActiveSearch(EfficientActiveSearchOptions, LearningSearch):
    """Trains a few weights of its own for each instance, by REINFORCE, and keeps its best answer.

    The model itself stays as it is (Hottung et al. 2022): `embedding` trains what was projected
    from the encoded instance (section 3.1), `layer` a residual block before the head (section 3.2).
    The loss adds the incumbent's imitation (equation 3).
    """

    def optimise(
        self, search_task: SearchTask, model: Seq2Seq, incumbent: Hypotheses
    ) -> Int[Tensor, "batch 1 time"]:
        make = _with_embeddings if self.adapt == "embedding" else _with_layer
        return self.train(search_task, make(search_task, model), incumbent)


def _with_embeddings(search_task: SearchTask, model: Seq2Seq) -> Policy:
    """Keys and values of decoder and head become weights, one set for each instance."""
    encoded, weights = model.encode(search_task.problem.batch), list[Tensor]()

    def trained(part: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
        weights.append(part.detach().clone().requires_grad_())
        return weights[-1]

    encoded = encoded._replace(decoder=mapped(encoded.decoder, trained), head=trained(encoded.head))
    return Policy(model, lambda: encoded, weights)


def _with_layer(search_task: SearchTask, model: Seq2Seq) -> Policy:
    """Queries pass a residual block of each instance on their way to the head."""
    batch = search_task.problem.batch
    encoded = model.encode(batch)
    layer = ResidualHead(model.head, model.config.width, search_task.problem.streams)
    model.head = layer.to(batch.inputs.device)
    return Policy(model, lambda: encoded, [layer.first, layer.first_bias, layer.last, layer.bias])


@final
class ResidualHead(Head):
    """A head before which each instance's queries are changed by a block of its own.

    Two linear layers with ReLU between them, the last one zero at first, so that the policy begins
    as it was (Hottung et al. 2022, section 3.2).
    """

    def __init__(self, inner: Head, width: int, streams: Streams) -> None:
        super().__init__()
        self.inner = inner
        self.wants_first = inner.wants_first
        instances, bound = len(streams.keys), width**-0.5
        self.first = nn.Parameter((2 * streams.uniform(width, width) - 1) * bound)
        self.first_bias = nn.Parameter(torch.zeros(instances, 1, width))
        self.last = nn.Parameter(torch.zeros(instances, width, width))
        self.bias = nn.Parameter(torch.zeros(instances, 1, width))

    def num_choices(self, memory: Memory) -> int:
        return self.inner.num_choices(memory)

    def prepare(self, memory: Memory) -> Float[Tensor, "batch ..."]:
        return self.inner.prepare(memory)

    def embeddings(self, memory: Memory) -> EmbeddingTable:
        return self.inner.embeddings(memory)

    def forward(
        self, inputs: HeadInputs, memory: Memory, prepared: Float[Tensor, "batch ..."]
    ) -> Float[Tensor, "batch time choices"]:
        query = inputs.query
        grouped = query.reshape(len(self.first), -1, query.shape[2])
        hidden = torch.relu(grouped @ self.first + self.first_bias)
        changed = grouped + hidden @ self.last + self.bias
        inputs = inputs._replace(query=changed.view_as(query))
        logits: Tensor = self.inner(inputs, memory, prepared)
        return logits
