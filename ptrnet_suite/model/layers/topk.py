"""The largest few of very many scores."""

from __future__ import annotations

import torch
from torch import Tensor

PARTS, MOST_PARTS = 10, 50
"""Parts for each score that is wanted, and most of them: few are quickest to look over."""

MANY = 2000
"""Scores below which it is quicker to look through all of them."""

CACHED = 2**18
"""Numbers that a processor's cache holds twice."""


def topk(scores: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """The `count` largest of `scores (rows, many)` and their places, both `(rows, count)`.

    As `topk` finds them. Of many scores only those places are looked through whose largest entry is
    itself among the `count` largest of all such: scores lie in some parts of equal length, and a
    place holds one of each part.
    """
    many = scores.shape[1]
    parts = min(PARTS * count, MOST_PARTS)
    places = many // parts
    if many < MANY and count == 1:
        # Of equal ones the first, which topk does not promise.
        best, first = scores.max(1, keepdim=True)
        return best, first
    if many < MANY or count >= places:
        return scores.topk(min(count, many), 1)
    rest = places * parts
    found = scores[:, :rest].unflatten(1, (parts, places)).amax(1).topk(count, 1).indices
    steps = torch.arange(0, rest, places, device=scores.device)
    candidates = (steps[:, None] + found.unsqueeze(1)).flatten(1)
    tail = torch.arange(rest, many, device=scores.device).expand(len(scores), -1)
    candidates = torch.cat([candidates, tail], 1)
    best, order = scores.gather(1, candidates).topk(count, 1)
    return best, candidates.gather(1, order)


def topk_log_softmax(logits: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """The `count` largest log-probabilities of `logits (rows, many)` and their places.

    float32, whatever the logits are in. A processor goes through a few rows at a time, all of whose
    numbers fit into its cache: to fill fresh memory takes longer than to normalise.
    """
    rows = len(logits) if logits.is_cuda else max(1, CACHED // logits.shape[1])
    found = [topk(torch.log_softmax(some.float(), 1), count) for some in logits.split(rows)]
    best, places = zip(*found, strict=True)
    return torch.cat(best), torch.cat(places)
