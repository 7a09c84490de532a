"""AdamW with a warm-up and a cosine fall."""

from __future__ import annotations

import math

import torch
from torch import nn

from ptrnet_suite.training.config import TrainingConfig


def make_optimiser(model: nn.Module, config: TrainingConfig) -> torch.optim.AdamW:
    """AdamW (Loshchilov & Hutter 2019); biases, norms and single vectors do not decay."""
    matrices = [p for p in model.parameters() if p.dim() > 1]
    vectors = [p for p in model.parameters() if p.dim() <= 1]
    groups = [
        {"params": matrices, "weight_decay": config.weight_decay},
        {"params": vectors, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=config.learning_rate, betas=(0.9, 0.98), fused=True)


def learning_rate(config: TrainingConfig, step: int, steps: int | None = None) -> float:
    """Linear rise over the warm-up, then a cosine to a hundredth (Loshchilov & Hutter 2017).

    steps: of the whole run, in place of those of the config.
    """
    steps = config.steps if steps is None else steps
    warmup = config.warmup_share * steps if config.warmup_share else config.warmup
    rise = min(1.0, (step + 1) / max(1, warmup))
    done = max(0.0, step - warmup) / max(1, steps - warmup)
    fall = 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(1.0, done)))
    return config.learning_rate * rise * fall
