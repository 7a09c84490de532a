"""Scores against the papers' equations."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ptrnet_suite.errors import InputError
from ptrnet_suite.model.layers.scores import SCORES, LocationScore, make_score
from tests.model.layers.by_hand import WIDTH, score_by_hand, weights_of


@pytest.mark.parametrize("name", [name for name in SCORES if name != "location"])
def test_a_score_equals_its_equation(name: str) -> None:
    torch.manual_seed(0)
    score = make_score(name, WIDTH)
    query, states = torch.randn(2, 3, WIDTH), torch.randn(2, 5, WIDTH)
    found = score(query, score.keys(states)).detach().numpy()
    assert found.shape == (2, 3, 5)
    for b, t, p in np.ndindex(2, 3, 5):
        expected = score_by_hand(name, weights_of(score), query[b, t].numpy(), states[b, p].numpy())
        assert found[b, t, p] == pytest.approx(expected, abs=1e-5)


def test_the_location_score_depends_on_the_query_alone() -> None:
    torch.manual_seed(0)
    score = LocationScore(WIDTH)
    query = torch.randn(2, 3, WIDTH)
    one = score(query, torch.randn(2, 5, WIDTH))
    other = score(query, torch.randn(2, 5, WIDTH))
    expected = query @ score.project.weight[:5].T + score.project.bias[:5]
    assert torch.equal(one, other)
    torch.testing.assert_close(one, expected)


def test_the_location_score_closes_positions_beyond_its_longest() -> None:
    score = LocationScore(WIDTH)
    found = score(torch.randn(1, 1, WIDTH), torch.randn(1, score.longest + 2, WIDTH))
    assert (found[0, 0, score.longest :] < -1e8).all()
    assert (found[0, 0, : score.longest] > -1e8).all()


def test_an_unknown_score_is_named_with_what_there_is() -> None:
    with pytest.raises(InputError, match=r"'cosine'.*dot, general, concat, location, scaled_dot"):
        make_score("cosine", WIDTH)
