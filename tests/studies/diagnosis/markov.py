"""A model that is written down by hand: what follows what, for each kind of input."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn

from ptrnet_suite.data.batch import END, Batch
from ptrnet_suite.model.checkpoint import Checkpoint
from ptrnet_suite.model.interfaces import Decoding, Memory
from ptrnet_suite.model.layers.relations import START, shifted_history
from ptrnet_suite.model.layers.topk import topk
from ptrnet_suite.model.sequence_model import SequenceModel
from ptrnet_suite.task.registry import load_task

TEXT = load_task("text", {"problem": "reverse"})

Chain = Mapping[str, Mapping[str, float]]
"""Letter before, `^` at the start -> letter after, `$` for the end -> probability."""


class FirstLetters(NamedTuple):
    """A batch as the model reads it: the first letter of each input, and an empty memory."""

    memory: Memory
    kinds: Tensor


class Markov(SequenceModel):
    """Each choice depends on the one before it and on the first letter of the input alone."""

    def __init__(self, chains: Mapping[str, Chain]) -> None:
        super().__init__()
        self.spec = TEXT.spec
        words = len(TEXT.source_vocabulary)
        table = torch.full((words, 1 + TEXT.spec.choices, TEXT.spec.choices), 1e-9)
        for kind, chain in chains.items():
            for before, after in chain.items():
                for letter, probability in after.items():
                    table[_id(kind), 1 + _id(before), _id(letter)] = probability
        self.table = nn.Parameter(table.log())

    def encode(self, batch: Batch) -> FirstLetters:
        states = torch.zeros(*batch.inputs.shape, 1)
        memory = Memory(states, batch.input_mask, states[:, 0], None, None)
        return FirstLetters(memory, batch.inputs[:, 0])

    def num_choices(self, encoded: FirstLetters) -> int:
        return TEXT.spec.choices

    def num_choices_of(self, batch: Batch) -> int:
        return TEXT.spec.choices

    def narrow(self, encoded: FirstLetters, instances: Tensor) -> FirstLetters:
        return encoded._replace(kinds=encoded.kinds[instances])

    def start(self, encoded: FirstLetters) -> Decoding:
        none = torch.full_like(encoded.kinds, START)
        return Decoding(none, none, none, ())

    def step(
        self, encoded: FirstLetters, decoding: Decoding, allowed: Tensor
    ) -> tuple[Tensor, Decoding]:
        kinds = encoded.kinds.repeat_interleave(len(allowed) // len(encoded.kinds))
        return self._scores(kinds, decoding.last, allowed), decoding

    def step_topk(
        self, encoded: FirstLetters, decoding: Decoding, allowed: Tensor | None, count: int
    ) -> tuple[Tensor, Tensor, Decoding]:
        if allowed is None:
            allowed = torch.ones(len(decoding.last), TEXT.spec.choices).bool()
        scores, decoding = self.step(encoded, decoding, allowed)
        return *topk(scores, count), decoding

    def along(self, encoded: FirstLetters, targets: Tensor, allowed: Tensor) -> Tensor:
        kinds = encoded.kinds.repeat_interleave(len(targets) // len(encoded.kinds))
        return self._scores(kinds.unsqueeze(1), shifted_history(targets).last, allowed)

    @property
    def castable(self) -> list[nn.Module]:
        return []

    def _scores(self, kinds: Tensor, last: Tensor, allowed: Tensor) -> Tensor:
        scores = self.table[kinds, last - START]
        return torch.log_softmax(scores.masked_fill(~allowed, float("-inf")), -1)


def _id(letter: str) -> int:
    if letter in "^$":
        return START if letter == "^" else END
    return int(TEXT.target_vocabulary.encode([letter])[0][0])


def checkpoint_of(model: SequenceModel, task=TEXT) -> Checkpoint:  # type: ignore[no-untyped-def]
    """A checkpoint that was never in a file."""
    return Checkpoint(model, task, {}, Path("made.safetensors"), "made", "", 0)


def line(letters: str, start: str | None = None) -> dict[str, dict[str, float]]:
    """A chain that surely goes on as `letters` do, to the end; it starts with `start`."""
    told = {one: {other: 1.0} for one, other in zip(letters, letters[1:] + "$", strict=True)}
    return {"^": {start or letters[0]: 1.0}, **told}
