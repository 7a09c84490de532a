"""What a model must know of a task: its inputs and its outputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, final

from ptrnet_suite.errors import InputError


@final
@dataclass(frozen=True)
class Spec:
    """What a model must know of a task's inputs and outputs.

    inputs: `vectors` of `features` numbers each, `tokens` of a vocabulary of `features` words, or
    `images` of `features` rows of pixels, whose positions in a batch are columns of pixels.
    outputs: `pointer` (a choice is an input position) or `vocabulary` (of `choices` words).
    ends: the sequence ends by choosing END (choice 0); a pointer's position i is then choice i+1.
    cyclic: the answer is a closed curve: its start does not matter, and END goes back to it.
    copies: whether a choice may also be a token of the input; choice `choices` + i is then the
    token at position i (see `Batch.copies`).
    """

    inputs: Literal["vectors", "tokens", "images"]
    features: int
    outputs: Literal["pointer", "vocabulary"]
    choices: int = 0
    ends: bool = False
    cyclic: bool = False
    copies: bool = False

    def __post_init__(self) -> None:
        if self.copies and (self.outputs != "vocabulary" or self.inputs != "tokens"):
            raise InputError(
                f"a spec of {self.inputs} to {self.outputs} cannot copy; accepted are tokens to "
                "a vocabulary"
            )
        if self.outputs == "pointer" and self.inputs == "images":
            raise InputError("a pointer cannot choose columns of images; accepted is a vocabulary")
