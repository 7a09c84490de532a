"""How undecided a policy is."""

from __future__ import annotations

import pytest
import torch

from ptrnet_suite.training.entropy import policy_entropy
from tests.networks import SPECS, make_batch, make_model
from tests.search.enumeration import every_answer


def test_entropy_is_that_of_a_policy_at_every_step_where_it_may_choose() -> None:
    spec, constraint = SPECS["sorting"]
    model, batch = make_model(spec), make_batch(spec, [4])
    for weight in model.parameters():
        torch.nn.init.zeros_(weight)
    # Without weights all that is open is equally likely: 4, 3 and 2 choices, then a forced one.
    expected = torch.tensor([4.0, 3.0, 2.0]).log().mean()
    assert policy_entropy(model, batch, constraint) == pytest.approx(float(expected), abs=1e-5)


def test_measured_entropy_is_that_of_all_answers_on_average() -> None:
    spec, constraint = SPECS["sorting"]
    model, one = make_model(spec), make_batch(spec, [3])
    many = one._replace(
        inputs=one.inputs.expand(4000, -1, -1), input_mask=one.input_mask.expand(4000, -1)
    )
    _, logs = every_answer(model, one, constraint)
    whole = float(-(logs.exp() * logs).sum().detach())
    # Two of the three steps are free, and the chain rule adds their entropies up.
    assert 2 * policy_entropy(model, many, constraint) == pytest.approx(whole, rel=0.03)
