"""A model with more words than the one whose weights it takes."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.model.config import HeadConfig, ModelConfig
from ptrnet_suite.model.growth import is_grown, take_weights
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.task.spec import Spec
from tests.networks import DECODERS, ENCODERS, WIDTH

SMALL = Spec("tokens", 6, "vocabulary", choices=5, ends=True)
LARGE = replace(SMALL, features=9, choices=7)


def make(spec: Spec, decoder: str, encoder: str, tied: bool, seed: int) -> Seq2Seq:
    torch.manual_seed(seed)
    head = HeadConfig(tied=tied)
    config = ModelConfig(WIDTH, 0.0, ENCODERS[encoder], DECODERS[decoder], head)
    return Seq2Seq(config, spec).eval()


def scores(model: Seq2Seq, targets: torch.Tensor) -> torch.Tensor:
    """Log-probabilities of all choices along the targets, of two old inputs."""
    batch = Batch(
        torch.tensor([[1, 2, 3], [5, 4, 0]]), torch.tensor([[True] * 3, [True, True, False]])
    )
    if model.spec.copies:
        batch = batch._replace(copies=torch.tensor([[1, 2, 3], [4, 3, 0]]))
    choices = model.num_choices_of(batch)
    with torch.no_grad():
        return model(batch, targets, torch.ones(2, targets.shape[1], choices, dtype=torch.bool))


@pytest.mark.parametrize("tied", [False, True])
@pytest.mark.parametrize("copies", [False, True])
@pytest.mark.parametrize(("decoder", "encoder"), [("lstm", "lstm"), ("transformer", "ordered")])
def test_old_words_lose_no_more_than_the_share_of_the_new_ones(
    decoder: str, encoder: str, copies: bool, tied: bool
) -> None:
    specs = [replace(spec, copies=copies) for spec in (SMALL, LARGE)]
    earlier, model = (make(spec, decoder, encoder, tied, seed) for seed, spec in enumerate(specs))
    take_weights(model, earlier)
    targets = torch.tensor([[1, 2, 3, 0], [4, 4, 1, 0]])
    before, after = scores(earlier, targets)[..., :5], scores(model, targets)[..., :5]
    lost = before - after
    bound = torch.log1p(torch.tensor(2 / 5))
    assert lost.min() > -1e-5
    assert lost.max() <= bound + 1e-5
    # All old words lose alike, so that their order stays; each new one has at most their mean.
    assert lost.max() > 1e-3
    new = scores(model, targets)[..., 5:7].exp()
    assert (new <= after.exp().mean(-1, keepdim=True) + 1e-6).all()
    if not copies:
        torch.testing.assert_close(lost, lost[..., :1].expand_as(lost), atol=1e-5, rtol=0)


def test_old_rows_stay_bit_for_bit_and_new_ones_are_their_mean() -> None:
    earlier, model = (
        make(spec, "lstm", "lstm", False, seed) for seed, spec in enumerate((SMALL, LARGE))
    )
    take_weights(model, earlier)
    old, new = earlier.state_dict(), model.state_dict()
    grown = {name for name in old if old[name].shape != new[name].shape}
    assert grown == {
        "encoder.network.embed.embed.weight",
        "head.embed.weight",
        "head.project.weight",
        "head.project.bias",
    }
    for name, weight in old.items():
        words = len(weight) - (name == "head.embed.weight") if name in grown else len(weight)
        assert new[name][:words].equal(weight[:words]), name
        if name in grown:
            count = len(new[name]) - len(weight)
            for row in new[name][words : words + count]:
                torch.testing.assert_close(row, weight[:words].mean(0))
    # The start's embedding is the last row of both.
    assert new["head.embed.weight"][-1].equal(old["head.embed.weight"][-1])


@pytest.mark.parametrize(
    ("spec", "earlier", "grown"),
    [
        (LARGE, SMALL, True),
        (SMALL, SMALL, True),
        (SMALL, LARGE, False),
        (LARGE, replace(SMALL, copies=True), False),
        (Spec("vectors", 3, "pointer"), Spec("vectors", 2, "pointer"), False),
    ],
)
def test_a_task_has_grown_where_only_its_vocabularies_are_larger(
    spec: Spec, earlier: Spec, grown: bool
) -> None:
    assert is_grown(spec, earlier) == grown


def test_weights_of_another_width_are_refused() -> None:
    small, model = (make(SMALL, "lstm", "lstm", False, 0) for _ in range(2))
    model.head.embed = torch.nn.Embedding(6, WIDTH + 1)
    with pytest.raises(ValueError, match=r"head.embed.weight has the shape \[6, 16\]"):
        take_weights(model, small)
