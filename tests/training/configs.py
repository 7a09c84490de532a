"""Configs of runs that take seconds."""

from __future__ import annotations

from ptrnet_suite.model.config import DecoderConfig, EncoderConfig, HeadConfig, ModelConfig
from ptrnet_suite.training.config import DataConfig, TrainingConfig, ValidationConfig

SMALL = ModelConfig(
    32,
    0.1,
    EncoderConfig(layers=1, heads=2, feedforward=1, distances=True),
    DecoderConfig(layers=1, heads=2, feedforward=1),
    HeadConfig(relations=8, gain=10.0),
)
SORTING = TrainingConfig(
    model=SMALL,
    data=DataConfig(sizes=[5, 5]),
    validation=ValidationConfig(size=5, count=100, every=20),
    steps=40,
    batch_size=32,
    learning_rate=3e-3,
    warmup=10,
    threads=1,
)
SET = ModelConfig(
    16,
    0.0,
    EncoderConfig(layers=1, heads=2, feedforward=1, distances=True),
    DecoderConfig(layers=1, heads=2, feedforward=1),
    HeadConfig(relations=8, gain=5.0),
)
TOUR = TrainingConfig(
    model=SET,
    data=DataConfig(sizes=[5, 5]),
    validation=ValidationConfig(size=5, count=20, every=4),
    steps=8,
    batch_size=4,
    warmup=2,
    threads=1,
)
