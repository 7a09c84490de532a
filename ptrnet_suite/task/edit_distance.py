"""Edit distance between made and known answers, a whole batch at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ptrnet_suite.data.batch import END, Batch
from ptrnet_suite.errors import InputError

if TYPE_CHECKING:
    from jaxtyping import Float, Int
    from torch import Tensor


def edit_rates(
    batch: Batch, choices: Int[Tensor, "batch hypotheses time"], ends: bool
) -> Float[Tensor, "batch hypotheses"]:
    """Edits from the known answers to `choices`, per known choice.

    END is no choice here. Raises InputError without solutions.
    """
    if batch.targets is None or batch.target_mask is None:
        raise InputError("answers can only be held against solutions, and the data has none")
    count, made = choices.shape[1], choices.flatten(0, 1)
    if ends:
        lengths = ((made == END).cumsum(1) == 0).sum(1)
        known_lengths = (batch.target_mask & (batch.targets != END)).sum(1)
    else:
        lengths = batch.input_mask.sum(1).repeat_interleave(count)
        known_lengths = batch.target_mask.sum(1)
    targets, per = batch.targets.repeat_interleave(count, 0), known_lengths.clamp_min(1)
    edits = edit_distances(made, lengths, targets, known_lengths.repeat_interleave(count))
    return edits.view(-1, count) / per.unsqueeze(1)


def edit_distances(
    made: Int[Tensor, "rows time"],
    lengths: Int[Tensor, " rows"],
    known: Int[Tensor, "rows known_time"],
    known_lengths: Int[Tensor, " rows"],
) -> Int[Tensor, " rows"]:
    """Levenshtein distances between `made` and `known`."""
    distances = known_lengths
    for step, row in enumerate(edit_rows(made, known)):
        last = row.gather(1, known_lengths.unsqueeze(1)).squeeze(1)
        distances = last.where(lengths == step, distances)
    return distances


def edit_rows(
    made: Int[Tensor, "rows time"], known: Int[Tensor, "rows known_time"]
) -> Iterator[Int[Tensor, "rows known_time+1"]]:
    """Distances of ever longer beginnings of `made`, the empty one first.

    Column j is the distance to the first j of `known`. Row by row of the usual table (Wagner &
    Fischer 1974); within a row the insertions are a running minimum once each column's index is
    subtracted.
    """
    import torch

    columns = torch.arange(known.shape[1] + 1, device=known.device)
    row = columns.expand(len(known), -1)
    yield row
    for step, choice in enumerate(made.unbind(1), 1):
        differs = (known != choice.unsqueeze(1)).long()
        kept = torch.minimum(row[:, :-1] + differs, row[:, 1:] + 1)
        best = torch.cat([torch.full_like(kept[:, :1], step), kept], 1)
        row = (best - columns).cummin(1).values + columns
        yield row
