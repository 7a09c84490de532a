"""Samples come as often as they should: frequencies against every answer's probability."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest
import torch
from scipy.stats import chisquare

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.search.rollout import gumbel_max, sample
from ptrnet_suite.search.sampling import Sampling
from ptrnet_suite.task.constraints import Constraint
from tests.networks import DECODERS, SPECS, every_sequence, make_batch, make_model

DRAWS = 20_000
SIZES = {"tour": 4, "hull": 4, "sorting": 4, "text": 3}
CASES = [(name, decoder) for name in SPECS for decoder in DECODERS]
SETTINGS = [
    {"temperature": 0.4},
    {"temperature": 3.0},
    {"top_k": 2},
    {"top_p": 0.7},
    {"temperature": 2.0, "top_k": 3, "top_p": 0.6},
]


def reshaped(
    chances: np.ndarray, temperature: float = 1.0, top_k: int = 0, top_p: float = 1.0
) -> np.ndarray:
    """What is left of one choice's probabilities, by the definitions."""
    sharpened = chances ** (1 / temperature)
    sharpened /= sharpened.sum()
    order = sharpened.argsort()[::-1]
    order = order[: top_k or None]
    kept = sharpened[order] / sharpened[order].sum()
    # The fewest that together have at least `top_p`.
    enough = int((kept.cumsum() < top_p).sum()) + 1
    left = np.zeros_like(chances)
    left[order[:enough]] = kept[:enough] / kept[:enough].sum()
    return left


def chances_of(
    model: Seq2Seq, batch: Batch, constraint: Constraint, **setting: float
) -> dict[tuple[int, ...], float]:
    """Probability of every answer of a batch of one, each of its choices reshaped."""
    sequences = every_sequence(batch, constraint, model.num_choices_of(batch))
    longest = max(map(len, sequences))
    targets = torch.tensor([[*each, *[0] * (longest - len(each))] for each in sequences])
    copies = Batch(
        batch.inputs.expand(len(targets), *batch.inputs.shape[1:]),
        batch.input_mask.expand(len(targets), -1),
    )
    allowed = constraint.masks_along(copies, model.num_choices_of(batch), targets)
    chances = model(copies, targets, allowed).double().exp().numpy()
    return {
        tuple(whole): float(
            np.prod([reshaped(row, **setting)[c] for row, c in zip(steps, whole, strict=True)])
        )
        for steps, whole in zip(chances, targets.tolist(), strict=True)
    }


def as_often_as(found: Sequence[Sequence[int]], chances: dict[tuple[int, ...], float]) -> float:
    """The p-value of a chi-squared test; 0 if something was drawn that cannot be."""
    longest = len(next(iter(chances)))
    counted = Counter((*answer, *[0] * (longest - len(answer))) for answer in found)
    if any(chances.get(answer, 0) < 1e-9 for answer in counted):
        return 0.0
    expected = {key: len(found) * value for key, value in chances.items()}
    common = [key for key, often in expected.items() if often >= 5]
    observed = [counted[key] for key in common]
    wanted = [expected[key] for key in common]
    rest = len(found) - sum(observed), len(found) - sum(wanted)
    if rest[1] >= 5:
        observed, wanted = [*observed, rest[0]], [*wanted, rest[1]]
    if len(observed) == 1:
        return 1.0  # One answer has nearly all of the mass, and everything drawn is that one.
    if len(wanted) == 1:
        return 1.0  # nothing else can be drawn
    scale = sum(observed) / sum(wanted)
    return float(chisquare(observed, [often * scale for often in wanted]).pvalue)


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize(("name", "decoder"), list(zip(SPECS, DECODERS, strict=False)))
@torch.inference_mode()
def test_a_search_draws_from_the_probabilities_that_its_options_leave(
    name: str, decoder: str, setting: dict[str, float]
) -> None:
    spec, constraint = SPECS[name]
    model, batch = make_model(spec, decoder), make_batch(spec, [SIZES[name]])
    chances = chances_of(model, batch, constraint, **setting)
    assert sum(chances.values()) == pytest.approx(1, abs=1e-5)
    search = Sampling(DRAWS, **setting)  # type: ignore[arg-type]
    found = search(model, batch, constraint, torch.Generator().manual_seed(0)).choices[0]
    assert as_often_as(found.tolist(), chances) > 1e-3
    plain = chances_of(model, batch, constraint)
    assert as_often_as(found.tolist(), plain) < 1e-6, "the options change nothing here"


@pytest.mark.parametrize(("name", "decoder"), CASES)
@torch.inference_mode()
def test_training_draws_answers_as_often_as_the_model_says(name: str, decoder: str) -> None:
    spec, constraint = SPECS[name]
    model, batch = make_model(spec, decoder), make_batch(spec, [SIZES[name]])
    torch.manual_seed(0)
    found = sample(model, model.encode(batch), batch, constraint, DRAWS)[0]
    assert as_often_as(found.tolist(), chances_of(model, batch, constraint)) > 1e-3


@torch.inference_mode()
def test_training_goes_on_from_given_starts_as_often_as_the_model_says() -> None:
    spec, constraint = SPECS["sorting"]
    model, batch = make_model(spec), make_batch(spec, [4])
    chances = chances_of(model, batch, constraint)
    given = torch.tensor([[0, 2]]).repeat(1, DRAWS)
    torch.manual_seed(0)
    found = sample(model, model.encode(batch), batch, constraint, 2 * DRAWS, given)[0]
    for start in (0, 2):
        begun = {key: value for key, value in chances.items() if key[0] == start}
        share = {key: value / sum(begun.values()) for key, value in begun.items()}
        answers = found[start // 2 :: 2].tolist()
        assert as_often_as(answers, share) > 1e-3


def test_a_choice_is_drawn_as_often_as_its_probability_says_and_never_a_closed_one() -> None:
    chances = torch.tensor([0.5, 0.0, 0.3, 0.15, 0.05])
    torch.manual_seed(0)
    counted = gumbel_max(chances.log().expand(20_000, -1)).bincount(minlength=5).numpy()
    assert counted[1] == 0
    kept = chances.double().numpy() > 0
    wanted = 20_000 * chances.double().numpy()[kept]
    assert chisquare(counted[kept], wanted * (20_000 / wanted.sum())).pvalue > 1e-3
    assert gumbel_max(torch.full((3, 4), float("-inf"))).tolist() == [0, 0, 0]
