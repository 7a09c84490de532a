"""Several models that answer together, by the mean of their probabilities."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple, cast, final

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.errors import InputError
from ptrnet_suite.model.autoregressive import EncodedBatch
from ptrnet_suite.model.checkpoint import Checkpoint, load_checkpoint
from ptrnet_suite.model.interfaces import Decoding, Memory
from ptrnet_suite.model.layers.topk import topk
from ptrnet_suite.model.sequence_model import SequenceModel


@final
class EncodedMembers(NamedTuple):
    """A batch as every member has read it.

    memory: the first member's, for whoever counts positions; states: how many tensors each
    member's decoder state has.
    """

    memory: Memory
    members: tuple[EncodedBatch, ...]
    states: tuple[int, ...]


@final
class Ensemble(SequenceModel):
    """Answers as one model does; each choice has the mean of the members' probabilities.

    Members may be of any kind. Their states stand one behind the other in a `Decoding`; attention
    that is counted is the mean of theirs (Sutskever et al. 2014, section 3.6, for translation).
    """

    def __init__(self, members: Sequence[SequenceModel]) -> None:
        super().__init__()
        self.members = cast("Sequence[SequenceModel]", nn.ModuleList(members))
        self.spec = members[0].spec

    def encode(self, batch: Batch) -> EncodedMembers:
        """Every member reads the batch once."""
        encoded = tuple(member.encode(batch) for member in self.members)
        states = (m.start(own).decoder for m, own in zip(self.members, encoded, strict=True))
        return EncodedMembers(encoded[0].memory, encoded, tuple(map(len, states)))

    def decoding_bytes(self, instances: int, positions: int, rows: int) -> float:
        """What all members take: each holds what it has read."""
        return sum(member.decoding_bytes(instances, positions, rows) for member in self.members)

    def num_choices(self, encoded: EncodedMembers) -> int:
        """Number of choices at every step."""
        return self.members[0].num_choices(encoded.members[0])

    def num_choices_of(self, batch: Batch) -> int:
        """Number of choices at every step, before encoding."""
        return self.members[0].num_choices_of(batch)

    def narrow(
        self, encoded: EncodedMembers, instances: Int[Tensor, " instances"]
    ) -> EncodedMembers:
        """The encoded batch of some instances alone, for `step` to go on with."""
        narrowed = tuple(
            member.narrow(own, instances)
            for member, own in zip(self.members, encoded.members, strict=True)
        )
        return EncodedMembers(narrowed[0].memory, narrowed, encoded.states)

    def start(self, encoded: EncodedMembers) -> Decoding:
        """One hypothesis per instance, nothing chosen yet."""
        decodings = [m.start(own) for m, own in zip(self.members, encoded.members, strict=True)]
        states = sum((decoding.decoder for decoding in decodings), ())
        return decodings[0]._replace(decoder=states)

    def step(
        self, encoded: EncodedMembers, decoding: Decoding, allowed: Bool[Tensor, "rows choices"]
    ) -> tuple[Float[Tensor, "rows choices"], Decoding]:
        """Log-probabilities of the next choice, and all new states."""
        scores, following, rest = [], [], decoding.decoder
        for member, own, count in zip(self.members, encoded.members, encoded.states, strict=True):
            state, rest = rest[:count], rest[count:]
            member_scores, advanced = member.step(own, decoding._replace(decoder=state), allowed)
            scores.append(member_scores)
            following.append(advanced)
        attended = None
        if decoding.attended is not None:
            attended = torch.stack([cast("Tensor", after.attended) for after in following]).mean(0)
        states = sum((after.decoder for after in following), ())
        return _mean(scores), decoding._replace(decoder=states, attended=attended)

    def step_topk(
        self,
        encoded: EncodedMembers,
        decoding: Decoding,
        allowed: Bool[Tensor, "rows choices"] | None,
        count: int,
    ) -> tuple[Float[Tensor, "rows largest"], Int[Tensor, "rows largest"], Decoding]:
        """As `step`, of the `count` most probable choices alone, and these choices."""
        if allowed is None:
            allowed = decoding.last.new_ones(1, self.num_choices(encoded), dtype=torch.bool)
            allowed = allowed.expand(len(decoding.last), -1)
        scores, decoding = self.step(encoded, decoding, allowed)
        return *topk(scores, count), decoding

    def along(
        self,
        encoded: EncodedMembers,
        targets: Int[Tensor, "rows time"],
        allowed: Bool[Tensor, "rows time choices"],
    ) -> Float[Tensor, "rows time choices"]:
        """Log-probabilities of every choice along given sequences."""
        pairs = zip(self.members, encoded.members, strict=True)
        return _mean([member.along(own, targets, allowed) for member, own in pairs])

    @property
    def castable(self) -> list[nn.Module]:
        """The members' layers whose weights may be held in low precision."""
        return [layer for member in self.members for layer in member.castable]


def _mean(scores: Sequence[Float[Tensor, "*shape"]]) -> Float[Tensor, "*shape"]:
    """Logarithm of the mean probability."""
    return torch.logsumexp(torch.stack(list(scores)), 0) - math.log(len(scores))


def together(checkpoints: Sequence[Checkpoint]) -> Checkpoint:
    """One checkpoint that answers as all of them together; raises InputError.

    They must be of one task with the same options, which its vocabularies are among.
    """
    first = checkpoints[0]
    for other in checkpoints[1:]:
        if (other.task.name, other.task.options()) != (first.task.name, first.task.options()):
            raise InputError(
                f"{first.name} and {other.name} cannot answer together: an ensemble's checkpoints "
                "are of one task with the same options and vocabularies"
            )
    digest = sha256("".join(checkpoint.sha256 for checkpoint in checkpoints).encode()).hexdigest()
    model = Ensemble([checkpoint.model for checkpoint in checkpoints]).eval()
    record = {"ensemble": [checkpoint.record for checkpoint in checkpoints]}
    return replace(
        first,
        model=model,
        record=record,
        name="+".join(checkpoint.name for checkpoint in checkpoints),
        sha256=digest,
        parameters=sum(checkpoint.parameters for checkpoint in checkpoints),
    )


def load_checkpoints(names: str | Path) -> Checkpoint:
    """The checkpoint of a name, a file or a run's folder; several joined by + answer together.

    Raises InputError as `load_checkpoint` and `together`.
    """
    members = str(names).split("+")
    if len(members) == 1 or Path(names).exists():
        return load_checkpoint(names)
    return together([load_checkpoint(name) for name in members])
