"""The configuration of a training run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, final

from ptrnet_suite.model.config import ModelConfig
from ptrnet_suite.runtime.config_fields import Violation, expression, number, numbers
from ptrnet_suite.runtime.json_documents import read_json
from ptrnet_suite.runtime.parse_config import parse_config
from ptrnet_suite.runtime.registry import unknown
from ptrnet_suite.search.grammar import check_search
from ptrnet_suite.training.strategies.names import STRATEGIES

LARGEST_SEED = 2**31 - 1
"""Validation instances are made with what is left between a run's seed and this."""


@final
@dataclass(frozen=True)
class DataConfig:
    """Where training instances come from."""

    sources: list[str] = field(default_factory=list)
    """files, or names that the task knows; without any, instances are generated as training goes"""
    sizes: list[int] = numbers([10, 10], low=1, form="[smallest, largest]", least=1, most=2)
    """smallest and largest size of generated instances"""
    distributions: list[str] = field(default_factory=lambda: ["uniform"])
    """distributions of generated instances, one drawn for each batch"""
    augment: bool = True
    """whether batches go through the task's random augmentation"""
    batch_tokens: int = number(0, low=0)
    """most tokens of inputs and targets in a batch, padding included, in place of `batch_size`; 0
    goes by `batch_size`; for sources only; random augmentation that changes lengths, such as
    BPE-dropout, is measured once, so a batch may then come out somewhat larger"""
    longest: int = number(0, low=0)
    """most tokens of an input; instances of sources with more are left out; 0 keeps all"""

    def violations(self) -> Iterator[Violation]:
        """Sizes that fall, and no distribution to draw from."""
        if self.sizes[0] > self.sizes[-1]:
            yield Violation("sizes", "accepted is [smallest, largest], the smallest first")
        if not self.distributions and not self.sources:
            yield Violation("distributions", "accepted without {sources} is one or more")


@final
@dataclass(frozen=True)
class ValidationConfig:
    """How progress is measured while training."""

    source: str = ""
    """a file, or a name that the task knows; without it, instances are generated"""
    size: int = number(10, low=1)
    """size of generated instances"""
    distribution: str = "uniform"
    """distribution of generated instances"""
    count: int = number(512, low=1)
    """number of instances"""
    every: int = number(500, low=1)
    """steps between validations"""
    search: str = expression("greedy", check_search)
    """search that decodes them"""
    minutes: float = number(0.0, low=0)
    """CPU minutes of training between validations, in place of `every`; 0 goes by `every`"""
    gradient_batches: int = number(0, low=2, also=[0])
    """further batches from which each validation estimates how noisy the gradient is; 0 for none"""


@final
@dataclass(frozen=True)
class TrainingConfig:
    """A training run."""

    options: dict[str, Any] = field(default_factory=dict)
    """options of the task"""
    model: ModelConfig = field(default_factory=ModelConfig)
    data: DataConfig = field(default_factory=DataConfig)
    validation: ValidationConfig = field(default_factory=ValidationConfig)
    steps: int = number(2000, low=1)
    """number of optimiser steps"""
    minutes: float = number(0.0, low=0)
    """CPU minutes of training, validation and saving apart, in place of `steps`; 0 goes by `steps`;
    a run that ends by time is not the same twice, as one that ends by steps is"""
    save_minutes: float = number(10.0, low=0)
    """minutes between saves of what resumes the run, beside those at validations; 0 saves at
    validations alone"""
    batch_size: int = number(128, low=1)
    """instances in a step"""
    learning_rate: float = number(1e-3, above=0)
    """highest learning rate of AdamW"""
    warmup: int = number(200, low=0)
    """steps of linear rise before the cosine fall"""
    warmup_share: float = number(0.0, low=0, below=1)
    """share of the run that the rise takes, in place of `warmup` steps; 0 goes by these"""
    weight_decay: float = number(0.01, low=0)
    """AdamW's weight decay, on matrices only"""
    gradient_clip: float = number(1.0, above=0)
    """largest gradient norm"""
    label_smoothing: float = number(0.0, low=0, below=1)
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
    threads: int = number(0, low=0, high=4096)
    """processor threads; 0 takes all cores"""
    seed: int = number(1, low=0, high=LARGEST_SEED)
    """seed of weights, data and augmentation"""
    initial: str = ""
    """checkpoint whose weights training starts from"""

    def violations(self) -> Iterator[Violation]:
        """Names of strategies; their values are for `make_strategy` to check, which has them."""
        for stage in (self.strategy, self.strategy.get("start")):
            kind = stage.get("kind") if isinstance(stage, Mapping) else None
            if isinstance(stage, Mapping) and kind not in STRATEGIES:
                yield Violation("strategy", unknown("strategy", kind, STRATEGIES.names()))

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return asdict(self)


@final
@dataclass(frozen=True)
class RunConfig:
    """What `config.json` in a run's folder holds; `config` is a `TrainingConfig`'s, unchecked."""

    task: str
    config: dict[str, Any]


def read_run_config(path: Path) -> RunConfig:
    """What such a file holds; raises InputError for another file."""
    return parse_config(RunConfig, read_json(path), str(path), open=True)
