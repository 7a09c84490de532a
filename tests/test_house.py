"""Rules of the house that hold for all of its code."""

from __future__ import annotations

import pytest
import torch
from jaxtyping import TypeCheckError

from ptrnet_suite.model.layers.scores import make_score
from ptrnet_suite.search.rollout import gumbel_max


def test_a_tensor_of_a_wrong_shape_is_refused_by_the_model_and_by_searches() -> None:
    score, query = make_score("dot", 4), torch.zeros(2, 3, 4)
    assert score(query, torch.zeros(2, 5, 4)).shape == (2, 3, 5)
    with pytest.raises(TypeCheckError, match="keys"):
        score(query, torch.zeros(1, 5, 4))
    assert gumbel_max(torch.zeros(2, 3)).shape == (2,)
    with pytest.raises(TypeCheckError, match="scores"):
        gumbel_max(torch.zeros(3))
    with pytest.raises(TypeCheckError, match="scores"):
        gumbel_max(torch.zeros(2, 3).long())
