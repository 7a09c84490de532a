"""The largest few of many scores, by way of parts."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ptrnet_suite.model.layers.topk import MANY, topk, topk_log_softmax
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.search.beam import Beam
from ptrnet_suite.search.sampling import Greedy
from tests.networks import SPECS, make_batch, make_model


@given(
    rows=st.integers(1, 5),
    many=st.one_of(st.integers(1, 60), st.integers(MANY - 2, MANY + 400)),
    count=st.integers(1, 30),
    seed=st.integers(0, 2**16),
)
@settings(max_examples=60, deadline=None)
def test_they_are_those_of_topk(rows: int, many: int, count: int, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    scores = torch.randn(rows, many, generator=generator)
    if seed % 3 == 0:
        # All of the best stand in one part, at its edge or in what no part holds.
        scores[:, -count:] += 10
    best, places = topk(scores, count)
    expected = scores.topk(min(count, many), 1)
    torch.testing.assert_close(best, expected.values)
    assert torch.equal(places, expected.indices)
    assert torch.equal(scores.gather(1, places), best)


@pytest.mark.parametrize("rows", [1, 300])
def test_log_probabilities_are_those_of_the_whole_row(rows: int) -> None:
    logits = 4 * torch.randn(rows, MANY + 37, generator=torch.Generator().manual_seed(1))
    for given_ in (logits, logits.bfloat16()):
        best, places = topk_log_softmax(given_, 7)
        expected = given_.float().log_softmax(1).topk(7, 1)
        assert best.dtype == torch.float32
        torch.testing.assert_close(best, expected.values)
        assert torch.equal(given_.gather(1, places), given_.gather(1, expected.indices))


class Masked(Seq2Seq):
    """The same model, told of every choice that it is allowed."""

    def step_topk(self, encoded, decoding, allowed, count):  # type: ignore[no-untyped-def]
        shape = len(decoding.last), self.num_choices(encoded)
        return super().step_topk(encoded, decoding, torch.ones(shape).bool(), count)


@pytest.mark.parametrize("decoder", ["gru", "lstm fed", "transformer", "bahdanau"])
@pytest.mark.parametrize("search", [Greedy(), Beam(3, 0.6), Beam(4, coverage_penalty=0.2)])
@torch.inference_mode()
def test_without_a_mask_answers_are_the_same(search: Greedy | Beam, decoder: str) -> None:
    spec, constraint = SPECS["text"]
    model, batch = make_model(spec, decoder), make_batch(spec, [5, 2, 4])
    told = Masked(model.config, spec)
    told.load_state_dict(model.state_dict())
    quick, slow = (search(each.eval(), batch, constraint) for each in (model, told))
    assert torch.equal(quick.choices, slow.choices)
    torch.testing.assert_close(quick.log_probabilities, slow.log_probabilities)
