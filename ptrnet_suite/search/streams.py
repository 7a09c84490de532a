"""Random numbers of each instance's own, so that company and batch size change no answer.

A generator gives its numbers in the order in which they are asked for; here a number is a function
of the instance's key and of its place among those drawn, computed for all instances at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import final

import torch
from jaxtyping import Float, Int
from torch import Generator, Tensor

_GOLDEN = 0x9E3779B97F4A7C15 - 2**64
_FIRST, _SECOND = 0xBF58476D1CE4E5B9 - 2**64, 0x94D049BB133111EB - 2**64
"""Constants of SplitMix64 (Steele, Lea, Flood 2014, figure 5), as signed numbers."""

_BITS = 23
"""Bits of a number, as many as a float32 holds beside the half that keeps it from 0 and 1."""


def _shifted(bits: Int[Tensor, "*shape"], count: int) -> Int[Tensor, "*shape"]:
    """`bits` moved right by `count`, with zeros moving in."""
    return (bits >> count) & ((1 << (64 - count)) - 1)


def _mixed(bits: Int[Tensor, "*shape"]) -> Int[Tensor, "*shape"]:
    """SplitMix64's mixing of 64 bits, one to one."""
    bits = (bits ^ _shifted(bits, 30)) * _FIRST
    bits = (bits ^ _shifted(bits, 27)) * _SECOND
    return bits ^ _shifted(bits, 31)


@final
class Streams:
    """A stream of random numbers for each instance of a batch."""

    def __init__(self, keys: Int[Tensor, " instances"]) -> None:
        self.keys, self._drawn = keys, 0

    @classmethod
    def of(cls, seed: int, numbers: Sequence[int], device: torch.device) -> Streams:
        """Those of the instances with these numbers under a seed of 63 bits."""
        first = _mixed(torch.tensor(seed, device=device) + _GOLDEN)
        return cls(_mixed(first + _GOLDEN * torch.as_tensor(numbers, device=device)))

    @classmethod
    def drawn(cls, generator: Generator | None, count: int, device: torch.device) -> Streams:
        """Those of `count` instances under a seed that the generator draws; None takes torch's."""
        return cls.of(draw_seed(generator), range(count), device)

    def rows(self, rows: Int[Tensor, " rows"]) -> Streams:
        """The streams of some instances, from their beginning."""
        return Streams(self.keys[rows])

    def child(self, number: int) -> Streams:
        """Other streams of the same instances, of which `number` names one."""
        return Streams(_mixed(self.keys ^ _mixed(self.keys.new_tensor(number) * _GOLDEN + 1)))

    def spread(self, count: int) -> Streams:
        """Other streams for `count` copies of each instance, which lie together."""
        copies = torch.arange(1, count + 1, device=self.keys.device)
        return Streams(_mixed(self.keys.unsqueeze(1) + _mixed(copies * _GOLDEN)).flatten())

    def uniform(self, *shape: int) -> Float[Tensor, " instances *shape"]:
        """The next numbers of each stream, strictly between 0 and 1."""
        size = int(torch.Size(shape).numel())
        places = torch.arange(self._drawn, self._drawn + size, device=self.keys.device)
        self._drawn += size
        bits = _shifted(_mixed(self.keys.unsqueeze(1) + places * _GOLDEN), 64 - _BITS)
        return ((bits.float() + 0.5) * 2**-_BITS).view(-1, *shape)

    def gumbel(self, *shape: int) -> Float[Tensor, " instances *shape"]:
        """The next numbers, with a standard Gumbel distribution."""
        return -torch.log(-torch.log(self.uniform(*shape)))

    def choose(self, probabilities: Float[Tensor, "rows choices"]) -> Int[Tensor, " rows"]:
        """A choice for each row, drawn by probabilities that need not sum to one.

        rows: all rows of an instance together. The distribution's sums are inverted; a row of
        zeros gives choice 0.
        """
        count = len(probabilities) // len(self.keys)
        sums = probabilities.cumsum(1)
        point = self.uniform(count).view(-1, 1) * sums[:, -1:]
        choice = (sums <= point).sum(1)
        # Rounding may put the point at the very end; the row's mode then stands in.
        return torch.where(choice < sums.shape[1], choice, probabilities.argmax(1))


def draw_seed(generator: Generator | None) -> int:
    """A seed of 63 bits, which the generator draws; None takes torch's own."""
    device = "cpu" if generator is None else generator.device
    return int(torch.randint(2**63 - 1, (), generator=generator, device=device))
