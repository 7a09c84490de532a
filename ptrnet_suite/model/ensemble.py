"""Several models that answer together, by the mean of their probabilities."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple, cast, final

import torch
from torch import Tensor, nn

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.errors import InputError
from ptrnet_suite.model.checkpoint import Checkpoint, load_checkpoint
from ptrnet_suite.model.interfaces import Decoding, Encoded, Memory
from ptrnet_suite.model.layers.topk import topk
from ptrnet_suite.model.sequence_model import SequenceModel


class Readings(NamedTuple):
    """What every model made of a batch.

    memory: the first one's, for whoever counts positions; states: how many each decoder has.
    """

    memory: Memory
    each: tuple[Encoded, ...]
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

    def encode(self, batch: Batch) -> Readings:
        """Every member reads the batch once."""
        each = tuple(member.encode(batch) for member in self.members)
        begun = (m.start(part).decoder for m, part in zip(self.members, each, strict=True))
        return Readings(each[0].memory, each, tuple(map(len, begun)))

    def num_choices(self, encoded: Readings) -> int:
        """Number of choices at every step."""
        return self.members[0].num_choices(encoded.each[0])

    def num_choices_of(self, batch: Batch) -> int:
        """Number of choices at every step, before encoding."""
        return self.members[0].num_choices_of(batch)

    def narrow(self, encoded: Readings, instances: Tensor) -> Readings:
        """What `step` needs to go on with `instances` alone."""
        each = tuple(
            member.narrow(part, instances)
            for member, part in zip(self.members, encoded.each, strict=True)
        )
        return Readings(each[0].memory, each, encoded.states)

    def start(self, encoded: Readings) -> Decoding:
        """One hypothesis per instance, nothing chosen yet."""
        begun = [m.start(part) for m, part in zip(self.members, encoded.each, strict=True)]
        return begun[0]._replace(decoder=sum((one.decoder for one in begun), ()))

    def step(
        self, encoded: Readings, decoding: Decoding, allowed: Tensor
    ) -> tuple[Tensor, Decoding]:
        """Log-probabilities `(rows, choices)` of the next choice, and all new states."""
        scores, after, rest = [], [], decoding.decoder
        for member, part, own in zip(self.members, encoded.each, encoded.states, strict=True):
            state, rest = rest[:own], rest[own:]
            found, made = member.step(part, decoding._replace(decoder=state), allowed)
            scores.append(found)
            after.append(made)
        attended = None
        if decoding.attended is not None:
            attended = torch.stack([cast("Tensor", made.attended) for made in after]).mean(0)
        states = sum((made.decoder for made in after), ())
        return _mean(scores), decoding._replace(decoder=states, attended=attended)

    def step_topk(
        self, encoded: Readings, decoding: Decoding, allowed: Tensor | None, count: int
    ) -> tuple[Tensor, Tensor, Decoding]:
        """As `step`, of the `count` most probable choices alone, and these, `(rows, count)`."""
        if allowed is None:
            allowed = decoding.last.new_ones(1, self.num_choices(encoded), dtype=torch.bool)
            allowed = allowed.expand(len(decoding.last), -1)
        scores, decoding = self.step(encoded, decoding, allowed)
        return *topk(scores, count), decoding

    def along(self, encoded: Readings, targets: Tensor, allowed: Tensor) -> Tensor:
        """Log-probabilities `(rows, time, choices)` along given sequences."""
        pairs = zip(self.members, encoded.each, strict=True)
        return _mean([member.along(part, targets, allowed) for member, part in pairs])

    @property
    def castable(self) -> list[nn.Module]:
        """The members' layers whose weights may be held in low precision."""
        return [layer for member in self.members for layer in member.castable]


def _mean(scores: Sequence[Tensor]) -> Tensor:
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
    known = sha256("".join(one.sha256 for one in checkpoints).encode()).hexdigest()
    model = Ensemble([one.model for one in checkpoints]).eval()
    record = {"ensemble": [one.record for one in checkpoints]}
    return replace(
        first,
        model=model,
        record=record,
        name="+".join(one.name for one in checkpoints),
        sha256=known,
        parameters=sum(one.parameters for one in checkpoints),
    )


def load_checkpoints(names: str | Path) -> Checkpoint:
    """The checkpoint of a name, a file or a run's folder; several joined by + answer together.

    Raises InputError as `load_checkpoint` and `together`.
    """
    several = str(names).split("+")
    if len(several) == 1 or Path(names).exists():
        return load_checkpoint(names)
    return together([load_checkpoint(name) for name in several])
