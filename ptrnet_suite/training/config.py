"""Everything a training run is told."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from ptrnet_suite.model.config import ModelConfig


@dataclass(frozen=True)
class DataConfig:
    """Where training instances come from."""

    sources: list[str] = field(default_factory=list)
    """files, or names that the task knows; without any, instances are generated as training goes"""
    sizes: list[int] = field(default_factory=lambda: [10, 10])
    """smallest and largest size of generated instances"""
    distributions: list[str] = field(default_factory=lambda: ["uniform"])
    """distributions of generated instances, one drawn for each batch"""
    augment: bool = True
    """whether batches go through the task's random augmentation"""
    batch_tokens: int = 0
    """most tokens of inputs and targets in a batch, padding included, in place of `batch_size`; 0
    goes by `batch_size`; for sources only; random augmentation that changes lengths, such as
    BPE-dropout, is measured once, so a batch may then come out somewhat larger"""
    longest: int = 0
    """most tokens of an input; instances of sources with more are left out; 0 keeps all"""


@dataclass(frozen=True)
class ValidationConfig:
    """How progress is measured while training."""

    source: str = ""
    """a file, or a name that the task knows; without it, instances are generated"""
    size: int = 10
    """size of generated instances"""
    distribution: str = "uniform"
    """distribution of generated instances"""
    count: int = 512
    """number of instances"""
    every: int = 500
    """steps between validations"""
    search: str = "greedy"
    """search that decodes them"""
    minutes: float = 0.0
    """CPU minutes of training between validations, in place of `every`; 0 goes by `every`"""
    gradient_batches: int = 0
    """further batches from which each validation estimates how noisy the gradient is; 0 for none"""


@dataclass(frozen=True)
class TrainingConfig:
    """A training run."""

    options: dict[str, Any] = field(default_factory=dict)
    """options of the task"""
    model: ModelConfig = field(default_factory=ModelConfig)
    data: DataConfig = field(default_factory=DataConfig)
    validation: ValidationConfig = field(default_factory=ValidationConfig)
    steps: int = 2000
    """number of optimiser steps"""
    minutes: float = 0.0
    """CPU minutes of training, validation and saving apart, in place of `steps`; 0 goes by `steps`;
    a run that ends by time is not the same twice, as one that ends by steps is"""
    batch_size: int = 128
    """instances in a step"""
    learning_rate: float = 1e-3
    """highest learning rate of AdamW"""
    warmup: int = 200
    """steps of linear rise before the cosine fall"""
    weight_decay: float = 0.01
    """AdamW's weight decay, on matrices only"""
    gradient_clip: float = 1.0
    """largest gradient norm"""
    label_smoothing: float = 0.0
    """mass that the target gives to other allowed choices"""
    strategy: dict[str, Any] = field(default_factory=lambda: {"kind": "teacher_forcing"})
    """how the loss is made: `kind` is teacher_forcing, free_running, scheduled_sampling, reinforce,
    pomo, self_critical, minimum_risk, self_improvement or distillation; the rest are that kind's
    own values; with `start: {kind: ...}` that other one trains first, for `start_share` of the run
    (0.5)"""
    precision: Literal["bfloat16", "float32"] = "bfloat16"
    """matrix products in training; bfloat16 is faster where the processor has it"""
    device: str = "auto"
    """cpu, cuda, cuda:N or mps; auto takes the first GPU that torch can use, else the processor"""
    threads: int = 0
    """processor threads; 0 takes all cores"""
    seed: int = 1
    """seed of weights, data and augmentation"""
    initial: str = ""
    """checkpoint whose weights training starts from"""

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return asdict(self)
