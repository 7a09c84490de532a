"""A model that is written down by hand: what follows what, for each kind of input."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor, nn

from ptrnet_suite.data.batch import END, Batch
from ptrnet_suite.model.checkpoint import Checkpoint
from ptrnet_suite.model.interfaces import Decoding
from ptrnet_suite.model.layers.relations import START, shifted_history
from ptrnet_suite.model.layers.topk import topk
from ptrnet_suite.task.registry import load_task

TEXT = load_task("text", {"problem": "reverse"})

Chain = Mapping[str, Mapping[str, float]]
"""Letter before, `^` at the start -> letter after, `$` for the end -> probability."""


class Markov(nn.Module):
    """Each choice depends on the one before it and on the first letter of the input alone."""

    def __init__(self, chains: Mapping[str, Chain]) -> None:
        super().__init__()
        words = len(TEXT.source_vocabulary)
        table = torch.full((words, 1 + TEXT.spec.choices, TEXT.spec.choices), 1e-9)
        for kind, chain in chains.items():
            for before, after in chain.items():
                for letter, probability in after.items():
                    table[_id(kind), 1 + _id(before), _id(letter)] = probability
        self.table = nn.Parameter(table.log())

    def encode(self, batch: Batch) -> Tensor:
        return batch.inputs[:, 0]

    def num_choices(self, encoded: Tensor) -> int:
        return TEXT.spec.choices

    def narrow(self, encoded: Tensor, instances: Tensor) -> Tensor:
        return encoded[instances]

    def start(self, encoded: Tensor) -> Decoding:
        none = torch.full_like(encoded, START)
        return Decoding(none, none, none, ())

    def step(self, encoded: Tensor, decoding: Decoding, allowed: Tensor) -> tuple[Tensor, Decoding]:
        kinds = encoded.repeat_interleave(len(allowed) // len(encoded))
        return self._scores(kinds, decoding.last, allowed), decoding

    def step_topk(
        self, encoded: Tensor, decoding: Decoding, allowed: Tensor | None, count: int
    ) -> tuple[Tensor, Tensor, Decoding]:
        if allowed is None:
            allowed = torch.ones(len(decoding.last), TEXT.spec.choices).bool()
        scores, decoding = self.step(encoded, decoding, allowed)
        return *topk(scores, count), decoding

    def along(self, encoded: Tensor, targets: Tensor, allowed: Tensor) -> Tensor:
        kinds = encoded.repeat_interleave(len(targets) // len(encoded))
        return self._scores(kinds.unsqueeze(1), shifted_history(targets).last, allowed)

    def _scores(self, kinds: Tensor, last: Tensor, allowed: Tensor) -> Tensor:
        scores = self.table[kinds, last - START]
        return torch.log_softmax(scores.masked_fill(~allowed, float("-inf")), -1)


def _id(letter: str) -> int:
    if letter in "^$":
        return START if letter == "^" else END
    return int(TEXT.target_vocabulary.encode([letter])[0][0])


def checkpoint_of(model: nn.Module, task=TEXT) -> Checkpoint:  # type: ignore[no-untyped-def]
    """A checkpoint that was never in a file."""
    return Checkpoint(model, task, {}, Path("made.safetensors"), "made", "", 0)  # type: ignore[arg-type]


def line(letters: str, start: str | None = None) -> dict[str, dict[str, float]]:
    """A chain that surely goes on as `letters` do, to the end; it starts with `start`."""
    told = {one: {other: 1.0} for one, other in zip(letters, letters[1:] + "$", strict=True)}
    return {"^": {start or letters[0]: 1.0}, **told}
