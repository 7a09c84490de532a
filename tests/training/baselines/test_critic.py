"""The critic: it learns what instances cost, and the policy's gradient varies less for it."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from typing import Any

import pytest
import torch
from torch import Tensor

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.task.registry import load_task
from ptrnet_suite.training.baselines.critic import Critic
from ptrnet_suite.training.policy_gradient import PolicyContext, policy_context
from ptrnet_suite.training.strategies.base import Risk, TrainingState
from ptrnet_suite.training.strategies.reinforce import Reinforce
from tests.networks import SPECS, make_batch, make_model


def letters(batch: Batch, choices: Tensor) -> Tensor:
    """Twice the share of ones among the letters read, and a bit for what is written."""
    share = (batch.inputs == 1).sum(1) / batch.input_mask.sum(1)
    return 2 * share.unsqueeze(1) + 0.1 * (choices == 1).float().mean(2)


RISKS: dict[str, Risk] = {"tour": load_task("tsp").risk, "text": letters}
ENCODERS = {"tour": "transformer", "text": "gru forward"}


def context_at(name: str, seed: int, count: int = 32) -> PolicyContext:
    """A fixed random policy before some instances of two sizes."""
    spec, constraint = SPECS[name]
    model = make_model(spec, encoder=ENCODERS[name])
    batch = make_batch(spec, [5] * (count // 2) + [3] * (count // 2), seed)
    return policy_context(model, batch, constraint, TrainingState(risk=RISKS[name]))


@cache
def trained(name: str) -> dict[str, Any]:
    """The state of a critic that has judged samples of many batches."""
    torch.manual_seed(0)
    critic = Critic(0.006)
    for seed in range(160):
        context = context_at(name, seed + 1)
        critic(context.sample(4)[1], context)
    return critic.state()


@pytest.mark.parametrize("name", list(RISKS))
def test_it_learns_to_predict_what_unseen_instances_cost(name: str) -> None:
    context, critic = context_at(name, 10**6, count=128), Critic(0.006)
    critic.load_state(deepcopy(trained(name)))
    costs = context.sample(100)[1].mean(1, keepdim=True)
    unexplained = (costs - critic(costs, context)).square().mean() / costs.var()
    assert float(unexplained) < 0.5


@pytest.mark.parametrize("name", list(RISKS))
def test_the_policys_gradient_varies_less_with_it_than_without(name: str) -> None:
    context, critic = context_at(name, 10**6, count=16), Reinforce("critic")
    critic.load_state(deepcopy(trained(name)))
    held, mean, alone = (
        float(gradients(strategy, context).var(0).sum())
        for strategy in (critic, Reinforce("batch"), Reinforce("none"))
    )
    assert held < 0.1 * alone
    assert held < 0.8 * mean


def gradients(strategy: Reinforce, context: PolicyContext, draws: int = 40) -> Tensor:
    """The policy's gradient under as many draws of the samples, `(draws, weights)`."""
    weights = list(context.model.parameters())

    def gradient() -> Tensor:
        loss = strategy.loss(context.model, context.batch, context.constraint, context.state)
        parts = torch.autograd.grad(loss, weights, allow_unused=True)
        return torch.cat([part.flatten() for part in parts if part is not None])

    return torch.stack([gradient() for _ in range(draws)])


@pytest.mark.parametrize("name", list(RISKS))
def test_it_judges_before_it_learns_and_leaves_policy_and_chance_alone(name: str) -> None:
    context, critic = context_at(name, 1), Critic(0.1)
    costs = context.sample(3)[1]
    chance = torch.get_rng_state()
    first = critic(costs, context)
    assert torch.equal(torch.get_rng_state(), chance)
    assert all(weight.grad is None for weight in context.model.parameters())
    assert not first.requires_grad
    assert first.shape == (32, 1)
    other = Critic(0.1)
    same = other(costs.roll(1, 0), context)  # other costs with the same mean, the same judgement
    torch.testing.assert_close(first, same)
    assert not torch.allclose(critic(costs, context), other(costs, context))


def test_a_critic_given_back_its_state_goes_on_as_if_it_had_not_stopped() -> None:
    context, critic = context_at("tour", 1), Critic(0.1)
    costs = context.sample(1)[1]
    critic(costs, context)
    again = Critic(0.1)
    again.load_state(deepcopy(critic.state()))
    again.load_state(again.state())  # also before it has seen the model
    for _ in range(3):
        assert torch.equal(critic(costs, context), again(costs, context))


def test_low_precision_around_it_sees_every_step_that_it_takes() -> None:
    context, one, other = context_at("tour", 1), Critic(0.1), Critic(0.1)
    costs = context.sample(1)[1]
    torch.manual_seed(0)
    apart = []
    for _ in range(3):
        with torch.autocast("cpu", torch.bfloat16):
            apart.append(one(costs, context))
    torch.manual_seed(0)
    with torch.autocast("cpu", torch.bfloat16):
        together = [other(costs, context) for _ in range(3)]
    assert torch.equal(torch.stack(apart), torch.stack(together))
