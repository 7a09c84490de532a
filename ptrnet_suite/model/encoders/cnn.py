"""Images: convolutions to a grid of cells that a decoder can attend to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast, final

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.errors import InputError
from ptrnet_suite.model.config import EncoderConfig
from ptrnet_suite.model.encoders.base import EncoderNetwork, EncoderOutput, mean_over
from ptrnet_suite.model.layers.alignments import CLOSED
from ptrnet_suite.model.layers.dropout import Dropout
from ptrnet_suite.model.layers.positions import sinusoids
from ptrnet_suite.task.spec import Spec


def grid_of(rows: int, columns: int, config: EncoderConfig) -> tuple[int, int]:
    """Rows and columns of the grid of cells that a cnn makes of an image of so many pixels.

    A position of its memory is a cell, row after row; a cell stands for a square of
    `2 ** len(config.channels)` pixels, of which the last ones may hang over the edge. In a batch
    all images have the columns of the widest.
    """
    side = 2 ** len(config.channels)
    return -(-rows // side), -(-columns // side)


@final
class ConvolutionalEncoder(EncoderNetwork):
    """Stages of 3x3 convolutions, each of which begins by halving height and width.

    Every cell of the last grid is one position of the memory, as in Xu et al. 2015, section 3.1.1;
    a sinusoidal code of its row and one of its column, half the width each, tell where it is. The
    summary is made of the mean and of the maximum over the cells, without these codes. What is
    right of a narrower image is cleared after every convolution, so that an image is read alike
    whatever stands beside it in the batch.
    """

    def __init__(self, config: EncoderConfig, spec: Spec, width: int, dropout: float) -> None:
        super().__init__(config, spec, width, dropout)
        if spec.inputs != "images":
            raise InputError(f"a cnn reads images, and the inputs of this task are {spec.inputs}")
        if not config.channels or min(config.channels) < 1:
            raise InputError(
                f"encoder.channels is {config.channels}; accepted are one or more numbers above 0"
            )
        if width % 4:
            raise InputError(f"width {width} cannot code rows and columns; use a multiple of 4")
        befores = [1, *config.channels[:-1]]
        stages = [
            Convolution(before if first else channels, channels, first)
            for before, channels in zip(befores, config.channels, strict=True)
            for first in [True, *[False] * (config.layers - 1)]
        ]
        self.layers = cast("Sequence[Convolution]", nn.ModuleList(stages))
        self.side = 2 ** len(config.channels)
        self.project = nn.Linear(config.channels[-1], width)
        self.norm = nn.LayerNorm(width)
        self.summarise = nn.Linear(2 * width, width)
        self.positions = config.positions
        self.dropout = Dropout(dropout)
        # The order in which convolutions are fastest on processors.
        cast("Any", self).to(memory_format=torch.channels_last)

    def forward(self, batch: Batch) -> EncoderOutput:
        states, real = self._padded(batch)
        padded = not real.all()
        for layer in self.layers:
            states = layer(states)
            if layer.halves:
                real = real.unflatten(1, (-1, 2)).any(2)
            if padded:
                states = states * real[:, None, None, :]
        cells = self.norm(self.project(states.permute(0, 2, 3, 1)))
        mask = real.unsqueeze(1).expand(-1, cells.shape[1], -1).flatten(1)
        content = cells.flatten(1, 2)
        most = content.masked_fill(~mask.unsqueeze(2), CLOSED).amax(1)
        summary = self.summarise(torch.cat([mean_over(content, mask), most], 1))
        if self.positions == "sinusoidal":
            content = content + _codes(cells).flatten(0, 1)
        return EncoderOutput(self.dropout(content), mask, torch.tanh(summary))

    def _padded(
        self, batch: Batch
    ) -> tuple[Float[Tensor, "batch 1 rows columns"], Bool[Tensor, "batch columns"]]:
        """Images of whole cells, and which columns are real."""
        columns, rows = batch.inputs.shape[1:]
        right, below = -columns % self.side, -rows % self.side
        images = batch.inputs.transpose(1, 2).unsqueeze(1)
        pad = nn.functional.pad
        return pad(images, (0, right, 0, below)), pad(batch.input_mask, (0, right))


def _codes(
    cells: Float[Tensor, "batch rows columns width"],
) -> Float[Tensor, "rows columns width"]:
    """Position codes of a grid's cells."""
    rows, columns, width = cells.shape[1:]
    down = sinusoids(torch.arange(rows, device=cells.device), width // 2)
    along = sinusoids(torch.arange(columns, device=cells.device), width // 2)
    down, along = down.unsqueeze(1).expand(-1, columns, -1), along.expand(rows, -1, -1)
    return torch.cat([down, along], -1)


@final
class Convolution(nn.Module):
    """3x3 convolution, the largest of each square of four where it `halves`, batch norm, ReLU.

    A layer norm over the channels, which would know nothing of other images, took ten times as
    many steps to tell digits apart.
    """

    def __init__(self, before: int, channels: int, halves: bool) -> None:
        super().__init__()
        self.convolve = nn.Conv2d(before, channels, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(channels)
        self.halves = halves

    def forward(
        self, states: Float[Tensor, "batch channels rows columns"]
    ) -> Float[Tensor, "batch outputs smaller_rows smaller_columns"]:
        """The next states, of half as many rows and columns where it `halves`."""
        convolved = self.convolve(states)
        if self.halves:
            convolved = nn.functional.max_pool2d(convolved, 2)
        return torch.relu(self.norm(convolved))
