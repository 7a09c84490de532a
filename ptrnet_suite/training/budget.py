"""The budget of a run: a number of steps, or CPU minutes of training."""

from __future__ import annotations

from ptrnet_suite.training.config import TrainingConfig


def is_spent(config: TrainingConfig, step: int, cpu_seconds: float) -> bool:
    """Whether a run that made `step` steps in that CPU time is at its end."""
    if config.minutes > 0:
        return cpu_seconds >= 60 * config.minutes
    return step >= config.steps


def expected_steps(config: TrainingConfig, step: int, cpu_seconds: float) -> int:
    """Steps of the whole run: the config's, or as many as fit its minutes at the pace so far.

    Schedules that go by `step / expected_steps` then go along the share of the budget used.
    """
    if config.minutes <= 0 or step == 0 or cpu_seconds <= 0:
        return config.steps
    return max(1, round(step * 60 * config.minutes / cpu_seconds))


def is_validated_between(config: TrainingConfig, step: int, before: float, after: float) -> bool:
    """Whether a validation is due at the end of a step that went on between two CPU times (s)."""
    every = 60 * config.validation.minutes
    if every > 0:
        return int(before / every) < int(after / every)
    return step % config.validation.every == 0
