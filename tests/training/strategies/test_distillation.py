"""A student learns from teachers' probabilities."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.errors import InputError
from ptrnet_suite.model.checkpoint import save_checkpoint
from ptrnet_suite.model.config import DecoderConfig, EncoderConfig, ModelConfig
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.task.base import Task
from ptrnet_suite.task.registry import load_task
from ptrnet_suite.training.strategies.distillation import Distillation
from ptrnet_suite.training.strategies.table import make_strategy

SMALL = ModelConfig(16, 0.0, EncoderConfig("gru", layers=1), DecoderConfig("gru", layers=1))
OTHER = ModelConfig(
    24, 0.0, EncoderConfig("lstm", layers=1), DecoderConfig("lstm", layers=1, attention="general")
)
TEXT = load_task("text", {"problem": "reverse"})
TOUR = load_task("tsp")


def network(task: Task, config: ModelConfig, seed: int) -> Seq2Seq:
    torch.manual_seed(seed)
    return Seq2Seq(config, task.spec).eval()


def saved(path: Path, task: Task, config: ModelConfig, seed: int) -> str:
    save_checkpoint(path, network(task, config, seed), task, {})
    return str(path)


def known(task: Task, size: int, count: int, seed: int) -> Batch:
    instances = task.label(task.generate(size, count, seed))
    return task.batch(instances, np.random.default_rng(seed))


@pytest.mark.parametrize("task", [TEXT, TOUR], ids=["text", "tour"])
def test_loss_is_the_cross_entropy_with_the_mean_of_the_teachers(
    tmp_path: Path, task: Task
) -> None:
    batch = known(task, 5, 6, 1)
    assert batch.targets is not None
    assert batch.target_mask is not None
    names = [
        saved(tmp_path / f"{seed}.safetensors", task, config, seed)
        for seed, config in ((1, SMALL), (2, OTHER))
    ]
    student, constraint = network(task, SMALL, 3), task.constraint()
    allowed = constraint.masks_along(batch, student.num_choices_of(batch), batch.targets)
    counted = (batch.target_mask & (allowed.sum(2) > 1)).numpy()
    with torch.no_grad():
        taught = sum(
            network(task, config, seed)(batch, batch.targets, allowed).exp() / 2
            for seed, config in ((1, SMALL), (2, OTHER))
        )
        own = student(batch, batch.targets, allowed).masked_fill(~allowed, 0)
        found = float(Distillation(names, 0.25).loss(student, batch, constraint))
    soft = -(taught * own).sum(2).numpy()[counted].mean()
    hard = -own.gather(2, batch.targets.unsqueeze(2)).squeeze(2).numpy()[counted].mean()
    assert found == pytest.approx(0.25 * hard + 0.75 * soft, rel=1e-4)


def test_a_student_comes_to_agree_with_its_teacher_and_the_teacher_stays(tmp_path: Path) -> None:
    name = saved(tmp_path / "teacher.safetensors", TEXT, SMALL, 1)
    student, constraint, before = (
        network(TEXT, OTHER, 2),
        TEXT.constraint(),
        Path(name).read_bytes(),
    )
    strategy = make_strategy({"kind": "distillation", "teachers": [name], "known": 0.0})
    optimiser = torch.optim.Adam(student.parameters(), 1e-2)
    losses = []
    for step in range(60):
        loss = strategy.loss(student.train(), known(TEXT, 4, 16, step % 4), constraint)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
    with torch.no_grad():
        teacher = network(TEXT, SMALL, 1)
        best = float(strategy.loss(teacher, known(TEXT, 4, 16, 0), constraint))
        reached = float(strategy.loss(student, known(TEXT, 4, 16, 0), constraint))
    # No cross-entropy is below the teacher's own entropy.
    assert best <= reached < best + 0.25 * (losses[0] - best)
    assert Path(name).read_bytes() == before


@pytest.mark.parametrize("told", [{"teachers": []}, {"teachers": ["g2p"], "known": 1.5}])
def test_refused(told: dict[str, object]) -> None:
    with pytest.raises(InputError, match="accepted"):
        make_strategy({"kind": "distillation", **told})


def test_a_teacher_of_another_task_is_refused(tmp_path: Path) -> None:
    name = saved(tmp_path / "tour.safetensors", TOUR, SMALL, 1)
    strategy, batch = Distillation([name]), known(TEXT, 4, 2, 1)
    with pytest.raises(InputError, match="other things"):
        strategy.loss(network(TEXT, SMALL, 2), batch, TEXT.constraint())


def test_a_batch_without_solutions_teaches_nothing(tmp_path: Path) -> None:
    strategy = Distillation([saved(tmp_path / "teacher.safetensors", TOUR, SMALL, 1)])
    batch = TOUR.batch(TOUR.generate(5, 2, 0))
    with pytest.raises(InputError, match=r"^distillation needs solutions"):
        strategy.loss(network(TOUR, SMALL, 2), batch, TOUR.constraint())
