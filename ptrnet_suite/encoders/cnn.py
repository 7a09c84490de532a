"""Images: convolutions to a grid of cells that a decoder can look at."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ptrnet_suite.data import Batch
from ptrnet_suite.dropout import Dropout
from ptrnet_suite.encoders.base import EncoderConfig, Network, Reading, mean_over, sinusoids
from ptrnet_suite.errors import InputError
from ptrnet_suite.task import Spec


def grid_of(rows: int, columns: int, config: EncoderConfig) -> tuple[int, int]:
    """Rows and columns of the grid of cells that a cnn makes of an image of so many pixels.

    A position of its memory is a cell, row after row; a cell stands for a square of
    `2 ** len(config.channels)` pixels, of which the last ones may hang over the edge. In a batch
    all images have the columns of the widest.
    """
    side = 2 ** len(config.channels)
    return -(-rows // side), -(-columns // side)


class ConvolutionalEncoder(Network):
    """Stages of 3x3 convolutions, each of which ends by halving height and width.

    Every cell of the last grid is one position of the memory, as in Xu et al. 2015, section 3.1.1;
    a sinusoidal code of its row and one of its column, half the width each, tell where it is. The
    right of narrower images is masked after every convolution, so that an image is read alike
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
        self.stages = nn.ModuleList(
            Stage(before, channels, config.layers)
            for before, channels in zip(befores, config.channels, strict=True)
        )
        self.side = 2 ** len(config.channels)
        self.project = nn.Linear(config.channels[-1], width)
        self.norm = nn.LayerNorm(width)
        self.positions = config.positions
        self.dropout = Dropout(dropout)

    def forward(self, batch: Batch) -> Reading:
        states, real = self._padded(batch)
        for stage in self.stages:
            states = stage(states, real)
            real = real.unflatten(1, (-1, 2)).any(2)
        cells = self.norm(self.project(states.permute(0, 2, 3, 1)))
        if self.positions == "sinusoidal":
            cells = cells + _codes(cells)
        mask = real.unsqueeze(1).expand(-1, cells.shape[1], -1).flatten(1)
        cells = self.dropout(cells.flatten(1, 2))
        return Reading(cells, mask, mean_over(cells, mask))

    def _padded(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Images `(batch, 1, rows, columns)` of whole cells, and which columns are real."""
        columns, rows = batch.inputs.shape[1:]
        right, below = -columns % self.side, -rows % self.side
        images = batch.inputs.transpose(1, 2).unsqueeze(1)
        pad = nn.functional.pad
        return pad(images, (0, right, 0, below)), pad(batch.input_mask, (0, right))


def _codes(cells: Tensor) -> Tensor:
    """Where each of `cells (batch, rows, columns, width)` is, `(rows, columns, width)`."""
    rows, columns, width = cells.shape[1:]
    down = sinusoids(torch.arange(rows, device=cells.device), width // 2)
    along = sinusoids(torch.arange(columns, device=cells.device), width // 2)
    both = down.unsqueeze(1).expand(-1, columns, -1), along.expand(rows, -1, -1)
    return torch.cat(both, -1)


class Stage(nn.Module):
    """Convolutions at one resolution, then the largest of each square of four."""

    def __init__(self, before: int, channels: int, layers: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(
            Convolution(before if layer == 0 else channels, channels) for layer in range(layers)
        )

    def forward(self, states: Tensor, real: Tensor) -> Tensor:
        """States `(batch, channels, rows, columns)`, both halved; `real (batch, columns)`."""
        kept = None if real.all() else real[:, None, None, :]
        for layer in self.layers:
            states = layer(states)
            if kept is not None:
                states = states * kept
        return nn.functional.max_pool2d(states, 2)


class Convolution(nn.Module):
    """3x3 convolution, batch norm, ReLU; added to its input where that fits.

    Layer norm over the channels, which knows nothing of other images, took ten times the steps to
    tell digits apart.
    """

    def __init__(self, before: int, channels: int) -> None:
        super().__init__()
        self.convolve = nn.Conv2d(before, channels, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(channels)
        self.residual = before == channels

    def forward(self, states: Tensor) -> Tensor:
        made = torch.relu(self.norm(self.convolve(states)))
        return states + made if self.residual else made
