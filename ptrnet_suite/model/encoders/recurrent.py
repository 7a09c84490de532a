"""Recurrent encoders."""

from __future__ import annotations

from typing import final

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.model.config import EncoderConfig
from ptrnet_suite.model.encoders.base import EncoderNetwork, EncoderOutput, InputEmbedding
from ptrnet_suite.model.layers.dropout import Dropout
from ptrnet_suite.task.spec import Spec


@final
class RecurrentEncoder(EncoderNetwork):
    """One- or two-directional LSTM or GRU; the summary is made of its last states."""

    def __init__(self, config: EncoderConfig, spec: Spec, width: int, dropout: float) -> None:
        super().__init__(config, spec, width, dropout)
        directions = 2 if config.bidirectional else 1
        self.embed = InputEmbedding(spec, width)
        self.dropout = Dropout(dropout)
        self.between = Dropout(dropout)
        cell = nn.LSTM if config.kind == "lstm" else nn.GRU
        self.recurrent = cell(
            width,
            width // directions,
            num_layers=config.layers,
            batch_first=True,
            bidirectional=config.bidirectional,
            dropout=dropout if config.layers > 1 else 0.0,
        )
        self.directions = directions
        self.project = nn.Linear(width, width)

    def forward(self, batch: Batch) -> EncoderOutput:
        mask = batch.input_mask
        if bool((mask[:, 1:] & ~mask[:, :-1]).any()):
            return self._without_gaps(batch)
        embedded = self.dropout(self.embed(batch.inputs))
        if batch.input_mask.all():
            states, final = self._whole(embedded)
        elif embedded.device.type == "cpu":
            states, final = self._unpacked(embedded, batch.input_mask)
        else:
            states, final = self._packed(embedded, batch.input_mask)
        summary = torch.tanh(self.project(final))
        return EncoderOutput(self.dropout(states), batch.input_mask, summary)

    def _without_gaps(self, batch: Batch) -> EncoderOutput:
        """Reads real inputs one after the other, and gives their states back in their places."""
        order = (~batch.input_mask).long().argsort(dim=1, stable=True)
        back = order.argsort(dim=1)
        rows = torch.arange(batch.size, device=order.device).unsqueeze(1)
        inputs, mask = batch.inputs[rows, order], batch.input_mask[rows, order]
        read: EncoderOutput = self(batch._replace(inputs=inputs, input_mask=mask))
        return read._replace(states=read.states[rows, back], mask=batch.input_mask)

    def _whole(
        self, embedded: Float[Tensor, "batch positions width"]
    ) -> tuple[Float[Tensor, "batch positions width"], Float[Tensor, "batch width"]]:
        states, last = self.recurrent(embedded)
        return states, self._final(last)

    def _final(self, last: Tensor | tuple[Tensor, Tensor]) -> Float[Tensor, "batch width"]:
        """The last hidden states of the top layer, of both directions side by side."""
        hidden = last[0] if isinstance(last, tuple) else last
        return torch.cat(list(hidden[-self.directions :]), -1)

    def _packed(
        self,
        embedded: Float[Tensor, "batch positions width"],
        mask: Bool[Tensor, "batch positions"],
    ) -> tuple[Float[Tensor, "batch positions width"], Float[Tensor, "batch width"]]:
        lengths = mask.sum(1).clamp_min(1).cpu()
        packed = pack_padded_sequence(embedded, lengths, True, enforce_sorted=False)
        packed_states, last = self.recurrent(packed)
        states, _ = pad_packed_sequence(packed_states, True, total_length=embedded.shape[1])
        return states, self._final(last)

    def _unpacked(
        self,
        embedded: Float[Tensor, "batch positions width"],
        mask: Bool[Tensor, "batch positions"],
    ) -> tuple[Float[Tensor, "batch positions width"], Float[Tensor, "batch width"]]:
        """The same as `_packed`, each direction in one piece.

        On CPUs packed sequences go step by step, about three times slower. Padding stands behind
        the input, so that a forward pass has read the input before it; the backward one reads each
        input turned around.
        """
        lengths = mask.sum(1, keepdim=True).clamp_min(1)
        order = torch.arange(mask.shape[1], device=mask.device).expand(mask.shape)
        turned = torch.where(mask, lengths - 1 - order, order).unsqueeze(2)
        last = (lengths - 1).unsqueeze(2)
        states, final = embedded, embedded[:, 0]
        for layer in range(self.recurrent.num_layers):
            inputs = states if layer == 0 else self.between(states)
            forth = self._direction(inputs, layer, "")
            parts, ends = [forth], [forth.gather(1, last.expand(-1, 1, forth.shape[2]))]
            if self.directions == 2:
                around = inputs.gather(1, turned.expand_as(inputs))
                back = self._direction(around, layer, "_reverse")
                ends.append(back.gather(1, last.expand(-1, 1, back.shape[2])))
                parts.append(back.gather(1, turned.expand_as(back)))
            states, final = torch.cat(parts, 2), torch.cat(ends, 2).squeeze(1)
        return states, final

    def _direction(
        self, inputs: Float[Tensor, "batch positions width"], layer: int, suffix: str
    ) -> Float[Tensor, "batch positions hidden"]:
        """Hidden states of one layer read in one direction."""
        names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        weights = [getattr(self.recurrent, f"{name}_l{layer}{suffix}") for name in names]
        zeros = inputs.new_zeros(1, len(inputs), self.recurrent.hidden_size)
        # With biases, one layer, no dropout, in one direction, batch first.
        options = (True, 1, 0.0, self.training, False, True)
        if isinstance(self.recurrent, nn.LSTM):
            return torch.lstm(inputs, [zeros, zeros], weights, *options)[0]
        return torch.gru(inputs, zeros, weights, *options)[0]
