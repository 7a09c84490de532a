"""Which of the sequences that mean the same answer is imitated."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.errors import InputError
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.task.base import Task
from ptrnet_suite.task.constraint import Constraint
from ptrnet_suite.task.registry import load_task
from ptrnet_suite.training.config import DataConfig, TrainingConfig, ValidationConfig
from ptrnet_suite.training.loop import Trainer
from ptrnet_suite.training.strategies.base import TrainingState
from ptrnet_suite.training.strategies.supervised import likelihoods
from ptrnet_suite.training.strategies.table import make_strategy
from ptrnet_suite.training.strategies.teacher_forcing import TeacherForcing
from tests.networks import DECODERS, SPECS, make_model, one_of, score_of
from tests.ptrnet_tasks.equivalents import TASKS, equivalents, solved
from tests.training.configs import SET, TOUR


def known_batch(name: str, seed: int = 0) -> tuple[Batch, Constraint, TrainingState, Tensor]:
    task = TASKS[name]
    batch = task.batch(solved(name, seed))
    state = TrainingState(equivalents=task.equivalents)
    return batch, task.constraint(), state, equivalents(task, batch)


@pytest.mark.parametrize("decoder", list(DECODERS))
@pytest.mark.parametrize("name", list(TASKS))
def test_best_learns_the_most_probable_of_all_as_scored_one_by_one(name: str, decoder: str) -> None:
    batch, constraint, state, found = known_batch(name)
    model = make_model(SPECS[name][0], decoder)
    strategy = TeacherForcing(targets="best", candidates=found.shape[1])
    _, chosen = strategy.read(model, batch, constraint, state)
    assert chosen.targets is not None
    assert batch.target_mask is not None
    for index, rows in enumerate(found):
        one, length = one_of(batch, index), int(batch.target_mask[index].sum())
        scores = [score_of(model, one, constraint, row[:length]) for row in rows.tolist()]
        best = rows[int(np.argmax(scores))]
        assert torch.equal(chosen.targets[index], best)
    expected = TeacherForcing().loss(model, chosen, constraint)
    loss = TeacherForcing(targets="best").loss(model, batch, constraint, state)
    torch.testing.assert_close(loss, expected)


@pytest.mark.parametrize("name", list(TASKS))
def test_random_draws_every_sequence_of_every_instance_equally_often(name: str) -> None:
    batch, constraint, state, found = known_batch(name)
    model, strategy = make_model(SPECS[name][0]), TeacherForcing(targets="random")
    torch.manual_seed(0)
    drawn = [strategy.read(model, batch, constraint, state)[1].targets for _ in range(600)]
    for index, rows in enumerate(found.tolist()):
        distinct = {tuple(row) for row in rows}
        times = [tuple(targets[index].tolist()) for targets in drawn if targets is not None]
        shares = {row: times.count(row) / len(times) for row in set(times)}
        assert set(shares) == distinct
        assert all(abs(share - 1 / len(distinct)) < 0.08 for share in shares.values())


def test_few_candidates_are_compared_and_drawn_anew() -> None:
    batch, constraint, state, _ = known_batch("hull")
    model = make_model(SPECS["hull"][0])
    torch.manual_seed(0)
    seen = []
    for _ in range(40):
        strategy = TeacherForcing(targets="best", candidates=2)
        encoded, chosen = strategy.read(model, batch, constraint, state)
        assert chosen.targets is not None
        seen.append(likelihoods(model, encoded, batch, constraint, chosen.targets.unsqueeze(1)))
    best = TeacherForcing(targets="best").read(model, batch, constraint, state)[1].targets
    assert best is not None
    most = likelihoods(model, encoded, batch, constraint, best.unsqueeze(1))
    together = torch.cat(seen, 1)
    torch.testing.assert_close(together.amax(1, keepdim=True), most)
    assert (together.mean(1) < most.squeeze(1)).all()


@pytest.mark.parametrize("targets", ["given", "canonical", "random", "best"])
def test_answers_without_symmetries_are_learned_as_they_are(targets: str) -> None:
    text = load_task("text", {"problem": "reverse"}).fitted([])
    for task in (load_task("sorting"), text):
        batch = task.batch(task.label(task.generate(4, 5, seed=0)))
        assert task.equivalents(batch) is None
        torch.manual_seed(0)
        model, state = Seq2Seq(SET, task.spec), TrainingState(equivalents=task.equivalents)
        told = {"kind": "teacher_forcing", "targets": targets}
        loss = make_strategy(told).loss(model, batch, task.constraint(), state)
        assert torch.equal(loss, TeacherForcing().loss(model, batch, task.constraint()))


@pytest.mark.parametrize("targets", ["canonical", "random", "best"])
@pytest.mark.parametrize("passes", [0, 1])
def test_all_that_imitate_share_the_word(targets: str, passes: int) -> None:
    batch, constraint, state, _ = known_batch("hull")
    model = make_model(SPECS["hull"][0])
    always = {"kind": "scheduled_sampling", "smallest": 1.0, "passes": passes}
    losses = []
    for told in ({"kind": "teacher_forcing"}, always):
        torch.manual_seed(0)
        strategy = make_strategy({**told, "targets": targets})
        losses.append(strategy.loss(model, batch, constraint, state))
    assert torch.equal(*losses)
    torch.manual_seed(0)
    free = make_strategy({"kind": "free_running", "targets": targets})
    loss = free.loss(model, batch, constraint, state)
    torch.manual_seed(0)
    _, chosen = TeacherForcing(targets=targets).read(  # type: ignore[arg-type]
        model, batch, constraint, state
    )
    expected = make_strategy({"kind": "free_running"}).loss(model, chosen, constraint)
    assert torch.equal(loss, expected)


@pytest.mark.parametrize("targets", ["canonical", "random", "best"])
@pytest.mark.parametrize("name", list(TASKS))
def test_each_learns_to_give_the_answer_in_one_of_its_sequences(name: str, targets: str) -> None:
    task = TASKS[name]
    torch.manual_seed(0)
    model = Seq2Seq(SET, task.spec)
    strategy = make_strategy({"kind": "teacher_forcing", "targets": targets})
    optimiser = torch.optim.Adam(model.parameters(), 0.01)
    state, before = TrainingState(equivalents=task.equivalents), probability(model, task)
    for step in range(60):
        instances = task.label(task.generate(5, 32, seed=step))
        batch = task.batch(instances, np.random.default_rng(step))
        loss = strategy.loss(model.train(), batch, task.constraint(), state)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert before < 0.1
    assert probability(model, task) > 0.2


def probability(model: Seq2Seq, task: Task) -> float:
    """Of the known answers to unseen instances, in any of their sequences; the geometric mean."""
    batch = task.batch(task.label(task.generate(5, 100, seed=10**6)))
    found = equivalents(task, batch)
    scores = likelihoods(model, model.eval().encode(batch), batch, task.constraint(), found)
    repeated = (found == found[:, :1]).all(2)
    repeated[:, 0] = False
    whole = scores.masked_fill(repeated, float("-inf")).logsumexp(1)
    return float(whole.mean().exp().detach())


def test_a_run_tells_its_strategy_the_tasks_equivalents(tmp_path: Path) -> None:
    def losses(targets: dict[str, Any]) -> float:
        config = TrainingConfig(
            model=TOUR.model,
            data=DataConfig(sizes=[6, 6]),
            validation=ValidationConfig(size=5, count=2, every=1),
            strategy={"kind": "teacher_forcing", **targets},
            steps=1,
            batch_size=64,
            precision="float32",
            threads=1,
        )
        trainer = Trainer("tsp", config, tmp_path / str(len(list(tmp_path.iterdir()))), False)
        return trainer._optimise()[0]

    given_, canonical, best = (
        losses(told) for told in ({}, {"targets": "canonical"}, {"targets": "best"})
    )
    assert best < min(given_, canonical)
    assert given_ == losses({"targets": "given"}) != canonical


@pytest.mark.parametrize("kind", ["teacher forcing", "free running", "scheduled sampling"])
def test_whoever_imitates_says_that_there_is_nothing_to_imitate(kind: str) -> None:
    batch, constraint, state, _ = known_batch("hull")
    nothing = Batch(batch.inputs, batch.input_mask)
    strategy = make_strategy({"kind": kind.replace(" ", "_")})
    with pytest.raises(InputError, match=f"^{kind} needs solutions"):
        strategy.loss(make_model(SPECS["hull"][0]), nothing, constraint, state)


@pytest.mark.parametrize("name", list(TASKS))
def test_more_candidates_than_there_are_sequences_are_all_of_them(name: str) -> None:
    batch, constraint, state, _ = known_batch(name)
    model = make_model(SPECS[name][0])
    every, more = (
        TeacherForcing(targets="best", candidates=count).read(model, batch, constraint, state)[1]
        for count in (0, 100)
    )
    assert every.targets is not None
    assert more.targets is not None
    assert torch.equal(every.targets, more.targets)
