"""A loss that is no number ends a run with its step, what stands and what to try."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.errors import InputError
from ptrnet_suite.model.checkpoint import load_checkpoint
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.task.constraint import Constraint
from ptrnet_suite.training.divergence import MOST_SKIPPED
from ptrnet_suite.training.loop import Trainer, train
from ptrnet_suite.training.strategies.base import DEFAULT_STATE, Strategy, TrainingState
from ptrnet_suite.training.strategies.teacher_forcing import TeacherForcing
from tests.training.configs import SORTING
from tests.training.signalled import assert_same_run, lines


class Spoiled(Strategy):
    """Teacher forcing whose loss, or gradient alone, is no number at some steps."""

    def __init__(self, steps: range, gradient_alone: bool = False) -> None:
        self.inner, self.steps, self.gradient_alone = TeacherForcing(), steps, gradient_alone

    def loss(
        self,
        model: Seq2Seq,
        batch: Batch,
        constraint: Constraint,
        state: TrainingState = DEFAULT_STATE,
    ) -> Tensor:
        loss = self.inner.loss(model, batch, constraint, state)
        if state.step not in self.steps:
            return loss
        if not self.gradient_alone:
            return loss * float("nan")
        # The gradient of a square root has no end at 0.
        return loss + (loss - loss.detach()).sqrt()


def test_a_loss_that_is_no_number_ends_the_run_with_its_step_and_what_to_try(
    tmp_path: Path,
) -> None:
    strategy = Spoiled(range(27, 28))
    trainer = Trainer("sorting", SORTING, tmp_path, strategy=strategy)
    with pytest.raises(InputError) as told:
        trainer.train()
    assert str(told.value) == (
        "the loss is nan at step 28, so training stopped; what was saved after step 20 stands; "
        "try a lower rate, float32 or a smaller clip: train(..., resume=True) with "
        "learning_rate=0.0003, precision='float32', gradient_clip=0.1"
    )
    assert load_checkpoint(tmp_path / "last.safetensors").record["step"] == 20
    train("sorting", SORTING, tmp_path, resume=True)
    train("sorting", SORTING, tmp_path / "whole")
    assert_same_run(tmp_path / "whole", tmp_path)


def test_a_run_that_diverges_before_it_is_validated_leaves_a_checkpoint(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="after step 0 stands"):
        train("sorting", SORTING, tmp_path, strategy=Spoiled(range(3, 4)))
    assert load_checkpoint(tmp_path).record["step"] == 3


def test_one_gradient_that_is_not_finite_is_left_out_and_many_end_the_run(
    tmp_path: Path,
) -> None:
    spoiled = Spoiled(range(5, 5 + MOST_SKIPPED - 1), gradient_alone=True)
    model = train("sorting", SORTING, tmp_path / "some", strategy=spoiled).model
    assert all(bool(torch.isfinite(weight).all()) for weight in model.parameters())
    assert lines(tmp_path / "some")[0]["gradient_norm"] is None
    spoiled = Spoiled(range(5, 5 + MOST_SKIPPED), gradient_alone=True)
    with pytest.raises(InputError, match="not finite for 10 steps in a row at step 15"):
        train("sorting", SORTING, tmp_path / "many", strategy=spoiled)


def test_a_rate_that_is_far_too_high_is_told_with_the_command_that_goes_on(
    tmp_path: Path,
) -> None:
    config = replace(SORTING, learning_rate=1e30, gradient_clip=10.0, precision="float32")
    with pytest.raises(InputError) as told:
        train("sorting", config, tmp_path)
    command = f"ptrnet train sorting --resume {tmp_path} --learning-rate 1e+29"
    assert str(told.value).endswith(f"smaller clip: {command} --gradient-clip 1.0")
