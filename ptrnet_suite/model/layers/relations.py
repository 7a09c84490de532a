"""Relations between input vectors that a pointer can see: difference, length and turn.

A score of query and key compares embeddings; these features let it also compare the inputs
themselves, in float32, seen from the choices made so far.
"""

from __future__ import annotations

import math
from typing import NamedTuple, final

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from ptrnet_suite.model.layers.channels import channel_weights, mix_rows
from ptrnet_suite.model.layers.embedding_table import START


@final
class ChoiceHistory(NamedTuple):
    """The choices that matter for the next one; START (-1) where there is none yet.

    In training `time` runs over the steps of a sequence; in search over the hypotheses.
    """

    first: Int[Tensor, "batch time"]
    before: Int[Tensor, "batch time"]
    last: Int[Tensor, "batch time"]


def shifted_history(targets: Int[Tensor, "batch time"]) -> ChoiceHistory:
    """The history before each target."""
    start = torch.full_like(targets[:, :1], START)
    last = torch.cat([start, targets[:, :-1]], 1)
    before = torch.cat([start, last[:, :-1]], 1)
    first = targets[:, :1].expand_as(targets).clone()
    first[:, 0] = START
    return ChoiceHistory(first, before, last)


@final
class HistoryVectors(NamedTuple):
    """Input vectors of a history; zeros where there is none yet."""

    first: Float[Tensor, "batch time features"]
    before: Float[Tensor, "batch time features"]
    last: Float[Tensor, "batch time features"]
    begun: Bool[Tensor, "batch time"]
    """True where `last` is known."""
    turned: Bool[Tensor, "batch time"]
    """True where `before` is known too."""


COINCIDING = 1e-5
"""Inputs of the unit square that are nearer to each other than this are in one place."""

PAIRS_AT_ONCE = 2**22
"""Pairs of inputs for which numbers are held together, where they can be made row by row."""

ALL = slice(None)

REACHES = (0.7, 1.5, 3.0)
"""Radii of `crowdedness`, in units of an instance's spacing."""


def row_blocks(vectors: Float[Tensor, "batch positions features"]) -> list[slice]:
    """Consecutive positions that have at most PAIRS_AT_ONCE pairs with all, in all instances."""
    count, positions = vectors.shape[:2]
    step = max(1, PAIRS_AT_ONCE // max(1, count * positions))
    return [slice(at, at + step) for at in range(0, positions, step)] if positions else [ALL]


def spacing(
    vectors: Float[Tensor, "batch positions features"], mask: Bool[Tensor, "batch positions"]
) -> Float[Tensor, " batch"]:
    """Mean distance of each input to the nearest one in another place: the instance's own unit.

    Inputs nearer than COINCIDING are in one place, or else repeated ones would make it zero.
    """
    places = vectors.float()
    parts = [_nearest(places[:, rows], places, mask) for rows in row_blocks(places)]
    nearest = torch.cat(parts, 1).masked_fill(~mask, 0)
    nearest = torch.where(nearest.isfinite(), nearest, torch.zeros_like(nearest))
    return (nearest.sum(1) / mask.sum(1).clamp_min(1)).clamp_min(1e-6)


def _nearest(
    rows: Float[Tensor, "batch rows features"],
    places: Float[Tensor, "batch positions features"],
    mask: Bool[Tensor, "batch positions"],
) -> Float[Tensor, "batch rows"]:
    """Distance of each row to the nearest input in another place, infinite where there is none."""
    # The quicker way by products finds coinciding inputs up to 1e-3 apart.
    distance = torch.cdist(rows, places, compute_mode="donot_use_mm_for_euclid_dist")
    away = (distance <= COINCIDING) | ~mask.unsqueeze(1)
    return distance.masked_fill(away, float("inf")).amin(2)


def neighbourhoods(
    vectors: Float[Tensor, "batch positions features"], unit: Float[Tensor, " batch"]
) -> Float[Tensor, "batch positions reaches positions"]:
    """Weight of each input for each other at each reach, 0 for itself."""
    places = vectors.float()
    count, positions = places.shape[:2]
    weights = places.new_empty(count, positions, len(REACHES), positions)
    for rows in row_blocks(places):
        distance = torch.cdist(places[:, rows], places) / unit[:, None, None]
        for index, reach in enumerate(REACHES):
            weights[:, rows, index] = torch.exp(-distance / reach)
    own = torch.arange(positions, device=places.device)
    weights[:, own, :, own] = 0
    return weights


def crowdedness(
    open_positions: Bool[Tensor, "batch time positions"],
    weights: Float[Tensor, "batch positions reaches positions"],
) -> Float[Tensor, "batch time reaches positions"]:
    """Logarithm of how many open positions lie around each; weights: of `neighbourhoods`.

    A candidate with few open neighbours left is one that a tour may strand.
    """
    around = torch.bmm(open_positions.float(), weights.flatten(2))
    return torch.log(around + 1e-3).unflatten(2, weights.shape[2:])


@final
class RelationFeatures(nn.Module):
    """Embeds how each candidate lies from the choices made.

    Channels stand before time and candidates, so that a matrix product turns them into biases
    `(batch, heads, time, candidates)` as attention wants them, without a copy.
    """

    def __init__(self, features: int, hidden: int, crowding: bool = False) -> None:
        super().__init__()
        self.planar, self.crowding = features == 2, crowding
        width = 12 if self.planar else features + 3
        self.weight = channel_weights(hidden, width + (len(REACHES) + 1) * crowding)

    def forward(
        self,
        candidates: Float[Tensor, " batch #time choices features"],
        history: HistoryVectors,
        density: tuple[Float[Tensor, "batch time reaches choices"], Float[Tensor, " batch"]]
        | None = None,
    ) -> Float[Tensor, "batch hidden time choices"]:
        """Relations of candidates, which are input vectors, to the choices of `history`.

        density: `crowdedness` and `spacing`, where the model sees them. Stays in float32 under
        autocast: a hull turns on angles that bfloat16 cannot tell apart.
        """
        with torch.autocast(candidates.device.type, enabled=False):
            with torch.no_grad():
                features = self._features(candidates.float(), history)
                if self.crowding and density is not None:
                    crowded, spaced = density
                    length = features[candidates.shape[-1]]
                    steps = torch.log(length / spaced[:, None, None] + 0.1)
                    features += [*crowded.unbind(2), steps]
                stacked = torch.stack(features, 1)
            mixed = mix_rows(self.weight, stacked.flatten(2))
            return torch.relu_(mixed).view(-1, len(self.weight), *stacked.shape[2:])

    def _features(
        self,
        candidates: Float[Tensor, " batch #time choices features"],
        history: HistoryVectors,
    ) -> list[Float[Tensor, "batch time choices"]]:
        difference = [
            candidates[..., i] - history.last[..., i, None] for i in range(candidates.shape[-1])
        ]
        length = _length(difference)
        home = _length(
            [candidates[..., i] - history.first[..., i, None] for i in range(len(difference))]
        )
        plain = [*difference, length, home, torch.ones_like(length)]
        return [*plain, *self._turns(difference, length, history)]

    def _turns(
        self,
        difference: list[Float[Tensor, "batch time choices"]],
        length: Float[Tensor, "batch time choices"],
        history: HistoryVectors,
    ) -> list[Float[Tensor, "batch time choices"]]:
        """Direction of each candidate from the last edge; the edge before the first runs east."""
        if not self.planar:
            return []
        edge = history.last - history.before
        edge = edge / edge.norm(dim=-1, keepdim=True).clamp_min(1e-6)
        east = torch.tensor([1.0, 0.0], device=edge.device)
        edge = torch.where(history.turned.unsqueeze(-1), edge, east).unsqueeze(2)
        along = difference[0] * edge[..., 0] + difference[1] * edge[..., 1]
        across = difference[1] * edge[..., 0] - difference[0] * edge[..., 1]
        begun = history.begun.unsqueeze(-1).float()
        angle = torch.atan2(across, along) * (begun / math.pi)
        # A turn of nearly minus half a circle is rounding of a straight way back.
        angle = torch.where(angle < -0.999, angle + 2, angle)
        unit = begun / length.clamp_min(1e-6)
        return [
            torch.log(length + 1e-3) / 7,
            along * unit,
            across * unit,
            angle,
            angle.clamp(-0.1, 0.1) * 10,
            torch.log(angle.abs() + 1e-3) / 7,
            begun.expand_as(angle),
        ]


def _length(components: list[Tensor]) -> Tensor:
    return sum((part.square() for part in components), torch.zeros_like(components[0])).sqrt()


def distance_features(
    vectors: Float[Tensor, "batch positions features"],
    rows: slice = ALL,
) -> Float[Tensor, "batch 3 rows positions"]:
    """Distance, its square and its logarithm between the inputs at `rows` and all."""
    with torch.no_grad():
        distance = torch.cdist(vectors[:, rows].float(), vectors.float())
        return torch.stack([distance, distance.square(), torch.log(distance + 1e-2) / 4.6], 1)
