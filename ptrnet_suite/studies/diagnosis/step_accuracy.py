"""Choice by choice: is a model right after the known choices, and after its own?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from typing import Any, final

import numpy as np
import torch
from torch import Tensor

from ptrnet_suite.data.batch import END, Batch
from ptrnet_suite.data.instances import Instances, solutions_of
from ptrnet_suite.evaluation.decode import batches_by_size, evaluating
from ptrnet_suite.model.sequence_model import SequenceModel
from ptrnet_suite.search.base import lengths_of
from ptrnet_suite.search.rollout import greedy
from ptrnet_suite.task.base import Task
from ptrnet_suite.task.constraint import Constraint
from ptrnet_suite.task.edit_distance import edit_distances, edit_rows

UNREACHABLE = 2**30


@final
@dataclass(frozen=True)
class StepAccuracy:
    """How a model does at every choice of the known answers, `(count, time)`, and as a whole.

    counted: the known answer has a choice here, and more than one was open.
    known: after the known choices, its most probable one is the known one.
    own_counted: of the counted, those where its own (greedy) answer has not ended yet.
    in_place: its own answer has the known choice at this place.
    continued: its own choice goes on to one of the answers nearest to the known one.
    edits, length: `(count,)`, edits from the nearest accepted answer, and choices of the known one.
    """

    counted: np.ndarray
    known: np.ndarray
    in_place: np.ndarray
    own_counted: np.ndarray
    continued: np.ndarray
    edits: np.ndarray
    length: np.ndarray

    @property
    def erred(self) -> np.ndarray:
        """Where an earlier choice of its own was wrong, `(count, time)`."""
        wrong = self.counted & ~self.in_place
        return np.cumsum(wrong, 1) - wrong > 0


def step_accuracy(
    model: SequenceModel,
    task: Task,
    instances: Instances,
    batch_size: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> StepAccuracy:
    """Follows the known answers with the known prefix and with the model's own (greedy).

    What is right after one's own choices? At the same place as in the known answer (`in_place`) is
    too strict: after one choice too many, all that follows is out of place. `continued` asks for
    what can still be done best: the choice is right that begins a completion with the fewest edits
    from the known answer (Sabour et al. 2019, "Optimal completion distillation", section 3), of
    those that are still open. After known choices both are the known choice, so nothing differs
    before the first error. Later `continued` is mostly the milder one, as several choices may be
    right: the drift is rather under- than overestimated by it, and overestimated by `in_place`.

    An instance with several accepted answers, or with one that several sequences mean (a tour has
    two directions), is held to that which is nearest to the model's own answer, under both
    prefixes. Accuracy is thus that of keeping to this one: an answer that leaves it may be worth
    as much, as among tours. The instances must have solutions. `progress` takes the number of
    instances added.
    """
    device, sizes = next(model.parameters()).device, instances.sizes()
    parts, order = [], []
    with evaluating(model):
        for indices in batches_by_size(sizes, batch_size, 1):
            parts.append(_step_accuracy_of(model, task, instances.subset(indices), device))
            order.append(indices)
            if progress is not None:
                progress(len(indices))
    order_back = np.argsort(np.concatenate(order))
    names = [field.name for field in fields(StepAccuracy)]
    return StepAccuracy(**{name: _joined(parts, name)[order_back] for name in names})


def _joined(parts: list[StepAccuracy], name: str) -> np.ndarray:
    """One field of all parts, those with time padded to the longest."""
    arrays = [getattr(part, name) for part in parts]
    longest = max(part.counted.shape[1] for part in parts)
    return np.concatenate(
        [
            array if array.ndim == 1 else np.pad(array, ((0, 0), (0, longest - array.shape[1])))
            for array in arrays
        ]
    )


def _step_accuracy_of(
    model: SequenceModel, task: Task, instances: Instances, device: torch.device
) -> StepAccuracy:
    constraint = task.constraint()
    accepted, accepted_mask = (part.to(device) for part in accepted_sequences(task, instances))
    batch = task.batch(instances).to(device).without_targets
    encoded = model.encode(batch)
    choices = model.num_choices(encoded)
    answers = greedy(model, encoded, batch, constraint)
    own = _resized(answers.squeeze(1), accepted.shape[2])
    edits = _edits(batch, constraint, answers, accepted, accepted_mask)
    targets, mask = _nearest(own, accepted, accepted_mask, edits)
    allowed = constraint.masks_along(batch, choices, targets)
    predicted = model.along(encoded, targets, allowed).argmax(2)
    counted = mask & (allowed.sum(2) > 1)
    open_to_own = constraint.replay(batch, choices, own)
    # Where only one choice is open nothing is chosen, as after its end.
    own_counted = counted & (open_to_own.sum(2) > 1)
    arrays = {
        "counted": counted,
        "known": counted & (predicted == targets),
        "in_place": own_counted & (own == targets),
        "own_counted": own_counted,
        "continued": own_counted & continues(own, targets, mask, open_to_own),
        "edits": edits.amin(1),
        "length": _known_lengths(targets, mask, constraint),
    }
    return StepAccuracy(**{name: part.cpu().numpy() for name, part in arrays.items()})


def accepted_sequences(task: Task, instances: Instances) -> tuple[Tensor, Tensor]:
    """All sequences that mean an accepted answer, `(count, several, time)`, and their mask.

    The first is the task's canonical one. Where an instance has fewer, one of its own is repeated.
    """
    sequences, masks = [], []
    for part in _reference_rounds(instances):
        batch = task.batch(part)
        assert batch.targets is not None
        assert batch.target_mask is not None
        equivalents = task.equivalents(batch)
        accepted = batch.targets.unsqueeze(1) if equivalents is None else equivalents
        sequences.append(accepted)
        masks.append(batch.target_mask.unsqueeze(1).expand_as(accepted))
    time = max(part.shape[2] for part in sequences)
    padded = [
        torch.cat([_resized(part, time) for part in parts], 1) for parts in (sequences, masks)
    ]
    return padded[0], padded[1]


def _reference_rounds(instances: Instances) -> Iterator[Instances]:
    """The instances with one of their accepted texts each, until each text has had its turn."""
    references = [known if _are_texts(known) else None for known in solutions_of(instances)]
    if None in references:
        yield instances
        return
    several: list[Any] = references
    for index in range(max(map(len, several))):
        yield instances.with_solutions([[texts[min(index, len(texts) - 1)]] for texts in several])


def _are_texts(known: Any) -> bool:
    return isinstance(known, list | tuple) and bool(known) and isinstance(known[0], str)


def _resized(rows: Tensor, time: int) -> Tensor:
    """`rows (..., steps)` cut to `time` steps, or padded with 0."""
    return torch.nn.functional.pad(rows, (0, time - rows.shape[-1]))


def _known_lengths(targets: Tensor, mask: Tensor, constraint: Constraint) -> Tensor:
    return (mask & (targets != END) if constraint.ends else mask).sum(-1)


def _edits(
    batch: Batch, constraint: Constraint, answers: Tensor, accepted: Tensor, mask: Tensor
) -> Tensor:
    """Edits from each accepted sequence `(batch, several, time)` to answers `(batch, 1, steps)`."""
    several, known = accepted.shape[1], accepted.flatten(0, 1)
    lengths = lengths_of(answers, constraint, batch).repeat_interleave(several, 0).squeeze(1)
    repeated_answers = answers.squeeze(1).repeat_interleave(several, 0)
    known_lengths = _known_lengths(known, mask.flatten(0, 1), constraint)
    return edit_distances(repeated_answers, lengths, known, known_lengths).view(-1, several)


def _nearest(own: Tensor, accepted: Tensor, mask: Tensor, edits: Tensor) -> tuple[Tensor, Tensor]:
    """The sequences `(batch, time)` with the fewest edits, of these the one that `own` leaves last;
    their mask.
    """
    agrees = (accepted == own.unsqueeze(1)) & mask
    common = agrees.long().cumprod(2).sum(2)
    best = (common - edits * (accepted.shape[2] + 1)).argmax(1)
    rows = torch.arange(len(own), device=own.device)
    return accepted[rows, best], mask[rows, best]


def continues(own: Tensor, targets: Tensor, mask: Tensor, allowed: Tensor) -> Tensor:
    """Whether each choice of `own` begins a completion with the fewest edits, `(batch, time)`.

    own, targets, mask: `(batch, time)`; allowed: `(batch, time, choices)` along `own`. With d the
    edits between what was chosen and the first j known choices, known choice j + 1 is right for
    every j with the smallest d (Sabour et al. 2019, section 3) of those that are still open.
    """
    time = targets.shape[1]
    rows = list(edit_rows(own[:, :-1], targets))
    distances = torch.stack(rows, 1)[:, :, :time]
    repeated_targets = targets.unsqueeze(1).expand(-1, time, -1)
    candidates = mask.unsqueeze(1) & allowed.gather(2, repeated_targets)
    distances = distances.masked_fill(~candidates, UNREACHABLE)
    nearest = candidates & (distances == distances.amin(2, keepdim=True))
    return (nearest & (repeated_targets == own.unsqueeze(2))).any(2)
