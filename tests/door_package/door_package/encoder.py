"""An encoder of one's own."""

from __future__ import annotations

from typing import final

import torch
from torch import nn

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.model.config import EncoderConfig
from ptrnet_suite.model.encoders.base import EncoderNetwork, EncoderOutput, mean_over
from ptrnet_suite.task.spec import Spec


@final
class DeepSets(EncoderNetwork):
    """Each input by itself, beside the mean of all (Zaheer et al. 2017, eq. 4)."""

    def __init__(self, config: EncoderConfig, spec: Spec, width: int, dropout: float) -> None:
        super().__init__(config, spec, width, dropout)
        self.embed = nn.Linear(spec.features, width)
        self.combine = nn.Linear(2 * width, width)

    def forward(self, batch: Batch) -> EncoderOutput:
        states = torch.relu(self.embed(batch.inputs))
        summary = mean_over(states, batch.input_mask)
        beside = summary.unsqueeze(1).expand_as(states)
        states = torch.relu(self.combine(torch.cat([states, beside], 2)))
        return EncoderOutput(states, batch.input_mask, summary)
