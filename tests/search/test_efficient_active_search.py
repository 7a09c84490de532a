"""The residual block before a head, computed by hand."""

from __future__ import annotations

import pytest
import torch

from ptrnet_suite.model.interfaces import HeadInputs
from ptrnet_suite.search.efficient_active_search import ResidualHead
from ptrnet_suite.search.streams import Streams
from tests.networks import SPECS, WIDTH, make_batch, make_model


def test_queries_of_each_instance_pass_its_own_layers() -> None:
    model = make_model(SPECS["text"][0], "lstm")
    encoded = model.encode(make_batch(SPECS["text"][0], [3, 3]))
    head = ResidualHead(model.head, WIDTH, streams_of(0, 2))
    torch.manual_seed(1)
    with torch.no_grad():
        for part in (head.first, head.first_bias, head.last, head.bias):
            part.copy_(torch.randn_like(part))
    query = torch.randn(2, 3, WIDTH)  # three hypotheses of each instance
    previous = torch.zeros_like(query)
    changed = query.clone()
    for instance, weights in enumerate(zip(head.first, head.first_bias, strict=True)):
        for row in range(3):
            hidden = (query[instance, row] @ weights[0] + weights[1][0]).clamp_min(0)
            changed[instance, row] += hidden @ head.last[instance] + head.bias[instance, 0]
    memory, prepared = encoded.memory, encoded.head
    found = head(HeadInputs(query, previous), memory, prepared)
    assert not torch.allclose(found, model.head(HeadInputs(query, previous), memory, prepared))
    expected = model.head(HeadInputs(changed.detach(), previous), memory, prepared)
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-4)


def test_it_begins_by_changing_nothing() -> None:
    model = make_model(SPECS["text"][0], "lstm")
    encoded = model.encode(make_batch(SPECS["text"][0], [3, 3]))
    head, query = ResidualHead(model.head, WIDTH, streams_of(0, 2)), torch.randn(2, 1, WIDTH)
    inputs = HeadInputs(query, torch.zeros_like(query))
    found = head(inputs, encoded.memory, encoded.head)
    assert torch.equal(found, model.head(inputs, encoded.memory, encoded.head))


def streams_of(seed: int, instances: int) -> Streams:
    return Streams.of(seed, range(instances), torch.device("cpu"))


def test_its_first_layer_is_drawn_like_any_linear_one_by_each_instances_own_stream() -> None:
    inner, chance = make_model(SPECS["text"][0], "lstm").head, torch.get_rng_state()

    def block(seed: int, instances: int) -> ResidualHead:
        return ResidualHead(inner, 64, streams_of(seed, instances))

    wide = block(0, 3)
    assert torch.equal(torch.get_rng_state(), chance)
    weights = wide.first.detach()
    assert weights.shape == (3, 64, 64)
    for one in weights:
        # Uniform within the bound of a linear layer, 1 / root of the width.
        assert float(one.max()) == pytest.approx(1 / 8, rel=1e-2)
        assert float(one.min()) == pytest.approx(-1 / 8, rel=1e-2)
        assert float(one.mean()) == pytest.approx(0, abs=5e-3)
    assert not torch.equal(weights[0], weights[1])
    assert torch.equal(weights[0], block(0, 1).first[0])
    assert not torch.equal(weights[0], block(1, 1).first[0])
    for part in (wide.first_bias, wide.last, wide.bias):
        assert not part.any()
