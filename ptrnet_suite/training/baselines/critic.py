"""The critic: a network that learns the expected cost of an instance beside the policy."""

from __future__ import annotations

from typing import Any, final

import torch
from jaxtyping import Float, Float32
from torch import Tensor, nn

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.model.config import ModelConfig
from ptrnet_suite.model.encoders import Encoder
from ptrnet_suite.task.spec import Spec
from ptrnet_suite.training.baselines.base import Baseline
from ptrnet_suite.training.policy_gradient import PolicyContext


@final
class CostNetwork(nn.Module):
    """An encoder like the policy's, and two layers from its summary to one number an instance.

    The role is that of Bello et al. 2016's critic (section 4), the form that of Kool et al. 2019's.
    """

    def __init__(self, config: ModelConfig, spec: Spec) -> None:
        super().__init__()
        self.encoder = Encoder(config.encoder, spec, config.width, dropout=0.0)
        self.hidden = nn.Linear(config.width, config.width)
        self.estimate = nn.Linear(config.width, 1)

    def forward(self, batch: Batch) -> Float32[Tensor, "batch 1"]:
        """Expected costs."""
        summary = self.encoder(batch).summary
        # The last digits of a cost are what its advantage is made of.
        with torch.autocast(summary.device.type, enabled=False):
            expected: Tensor = self.estimate(torch.relu(self.hidden(summary.float())))
        return expected


@final
class Critic(Baseline):
    """The cost of an instance as a network expects it (Bello et al. 2016, section 4).

    It takes a step of Adam at `rate` towards the costs of each batch that it was asked for, by mean
    squared error, and starts from the mean cost of the first one. Neither its gradient nor the
    drawing of its weights touches the policy.
    """

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self._learner: tuple[CostNetwork, torch.optim.Adam] | None = None
        self._saved: dict[str, Any] = {}

    def __call__(
        self, costs: Float[Tensor, "batch hypotheses"], context: PolicyContext
    ) -> Float[Tensor, " batch #hypotheses"]:
        network, optimiser = self._network_and_optimiser(costs, context)
        with torch.enable_grad():
            expected = network(context.batch)
            error = (expected - costs.detach()).square().mean()
            optimiser.zero_grad()
            error.backward()
        optimiser.step()
        # An autocast around would go on to use the weights from before the step.
        torch.clear_autocast_cache()
        return expected.detach()

    def _network_and_optimiser(
        self, costs: Float[Tensor, "batch hypotheses"], context: PolicyContext
    ) -> tuple[CostNetwork, torch.optim.Adam]:
        if self._learner is None:
            network = _new_network(context, float(costs.mean()))
            optimiser = torch.optim.Adam(network.parameters(), self.rate)
            if self._saved:
                network.load_state_dict(self._saved["network"])
                optimiser.load_state_dict(self._saved["optimiser"])
            self._learner = network, optimiser
        return self._learner

    def state(self) -> dict[str, Any]:
        if self._learner is None:
            return self._saved
        network, optimiser = self._learner
        return {"network": network.state_dict(), "optimiser": optimiser.state_dict()}

    def load_state(self, state: dict[str, Any]) -> None:
        self._learner, self._saved = None, state


def _new_network(context: PolicyContext, mean: float) -> CostNetwork:
    # A resumed run makes the network at another step, and must draw the same samples after it.
    with torch.random.fork_rng(devices=[]):
        network = CostNetwork(context.model.config, context.model.spec)
    nn.init.constant_(network.estimate.bias, mean)
    return network.to(context.batch.inputs.device)
