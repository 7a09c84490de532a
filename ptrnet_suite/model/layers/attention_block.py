"""Attention and a feed-forward part, as every layer of a Transformer has them."""

from __future__ import annotations

from abc import ABC

from jaxtyping import Float
from torch import Tensor, nn

from ptrnet_suite.model.layers.attention import FeedForward, MultiHeadAttention
from ptrnet_suite.model.layers.dropout import Dropout


class AttentionBlock(nn.Module, ABC):
    """Both parts are normed before and added to what they read (Xiong et al. 2020, pre-norm).

    hidden: width of the feed-forward part. What is attended to is the subclass's own.
    """

    def __init__(self, width: int, heads: int, hidden: int, dropout: float) -> None:
        super().__init__()
        self.norm_attention = nn.LayerNorm(width)
        self.attention = MultiHeadAttention(width, heads)
        self.norm_feedforward = nn.LayerNorm(width)
        self.feedforward = FeedForward(width, hidden, dropout)
        self.dropout = Dropout(dropout)

    def add_parts(
        self, states: Float[Tensor, "batch time width"], context: Float[Tensor, "batch time width"]
    ) -> Float[Tensor, "batch time width"]:
        """`states` with the attention's context, then with the feed-forward part, added to them."""
        states = states + self.dropout(context)
        refined: Tensor = states + self.dropout(self.feedforward(self.norm_feedforward(states)))
        return refined
