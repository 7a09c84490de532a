"""The largest few of very many scores."""

from __future__ import annotations

import torch
from jaxtyping import Float, Int
from torch import Tensor

PARTS, MOST_PARTS = 10, 50
"""Parts for each score that is wanted, and most of them: few are quickest to search."""

MANY = 2000
"""Scores below which it is quicker to search all of them."""

CACHED = 2**18
"""Numbers that a processor's cache holds twice."""


def topk(
    scores: Float[Tensor, "rows choices"], count: int
) -> tuple[Float[Tensor, "rows largest"], Int[Tensor, "rows largest"]]:
    """The `count` largest scores of each row and their choices, fewer where there are fewer.

    As `torch.topk` finds them. Scores are cut into parts of equal length, and a column holds one
    score of each part; of many scores only those columns are searched whose largest entry is itself
    among the `count` largest of all columns.
    """
    choices = scores.shape[1]
    parts = min(PARTS * count, MOST_PARTS)
    columns = choices // parts
    if choices < MANY and count == 1:
        # Of equal ones the first, which topk does not promise.
        best, first = scores.max(1, keepdim=True)
        return best, first
    if choices < MANY or count >= columns:
        values, indices = scores.topk(min(count, choices), 1)
        return values, indices
    whole = columns * parts
    best_columns = scores[:, :whole].unflatten(1, (parts, columns)).amax(1).topk(count, 1).indices
    begins = torch.arange(0, whole, columns, device=scores.device)
    candidates = (begins[:, None] + best_columns.unsqueeze(1)).flatten(1)
    tail = torch.arange(whole, choices, device=scores.device).expand(len(scores), -1)
    candidates = torch.cat([candidates, tail], 1)
    best, order = scores.gather(1, candidates).topk(count, 1)
    return best, candidates.gather(1, order)


def topk_log_softmax(
    logits: Float[Tensor, "rows choices"], count: int
) -> tuple[Float[Tensor, "rows largest"], Int[Tensor, "rows largest"]]:
    """The `count` largest log-probabilities of each row and their choices.

    float32, whatever the logits are in. A processor goes through a few rows at a time, all of whose
    numbers fit into its cache: to fill fresh memory takes longer than to normalise.
    """
    rows = len(logits) if logits.is_cuda else max(1, CACHED // logits.shape[1])
    blocks = [topk(torch.log_softmax(block.float(), 1), count) for block in logits.split(rows)]
    best, choices = zip(*blocks, strict=True)
    return torch.cat(best), torch.cat(choices)
