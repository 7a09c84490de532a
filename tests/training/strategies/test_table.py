"""Every strategy, chosen by one word, on text and on points alike."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from ptrnet_suite.cli.train import read_config
from ptrnet_suite.data.batch import Batch
from ptrnet_suite.errors import InputError
from ptrnet_suite.model.checkpoint import load_checkpoint, read_header
from ptrnet_suite.model.config import DecoderConfig, EncoderConfig, HeadConfig, ModelConfig
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.task.base import Task
from ptrnet_suite.task.registry import load_task
from ptrnet_suite.training.baselines.greedy_rollout import GreedyRollout
from ptrnet_suite.training.config import DataConfig, TrainingConfig, ValidationConfig
from ptrnet_suite.training.loop import Trainer, train
from ptrnet_suite.training.policy_gradient import policy_context
from ptrnet_suite.training.strategies.base import Strategy, TrainingState
from ptrnet_suite.training.strategies.names import STRATEGIES
from ptrnet_suite.training.strategies.reinforce import Reinforce
from ptrnet_suite.training.strategies.table import make_strategy
from ptrnet_suite.training.strategies.teacher_forcing import TeacherForcing
from tests.networks import SPECS, make_batch, make_model

SET = ModelConfig(
    16,
    0.0,
    EncoderConfig(layers=1, heads=2, feedforward=1, distances=True),
    DecoderConfig(layers=1, heads=2, feedforward=1),
    HeadConfig(relations=8, gain=5.0),
)
WORD = ModelConfig(
    32, 0.0, EncoderConfig("gru", layers=1), DecoderConfig("gru", layers=1, attention="concat")
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


def greedy_risk(model: Seq2Seq, task: Task, batch: Batch) -> float:
    """Mean cost of the greedy answers."""
    context = policy_context(model.eval(), batch, task.constraint(), TrainingState(risk=task.risk))
    return float(context.greedy_costs().mean().detach())


def learn(
    task: Task, config: ModelConfig, told: dict[str, Any], size: int, steps: int, forced: int = 0
) -> float:
    """Share of the greedy answers' excess risk that is left after some steps on fresh batches.

    forced: steps of teacher forcing before.
    """
    torch.manual_seed(0)
    model, strategy, teacher = Seq2Seq(config, task.spec), make_strategy(told), TeacherForcing()
    optimiser = torch.optim.Adam(model.parameters(), 0.01)
    trial = labelled_batch(task, size, 64, 10**6)
    assert trial.targets is not None
    least = float(task.risk(trial, trial.targets.unsqueeze(1)).mean())
    before = greedy_risk(model, task, trial)
    for step in range(-forced, steps):
        if step == 0:
            before = greedy_risk(model, task, trial)
            assert before > least + 0.1
        batch, state = (
            labelled_batch(task, size, 32, step + forced),
            TrainingState(step, steps, task.risk),
        )
        now = strategy if step >= 0 else teacher
        loss = now.loss(model.train(), batch, task.constraint(), state)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return (greedy_risk(model, task, trial) - least) / (before - least)


def labelled_batch(task: Task, size: int, count: int, seed: int) -> Batch:
    """Generated instances with solutions."""
    return task.batch(task.label(task.generate(size, count, seed)))


KINDS: dict[str, dict[str, Any]] = {
    "free running": {"kind": "free_running"},
    "scheduled sampling": {"kind": "scheduled_sampling"},
    "scheduled sampling in passes": {"kind": "scheduled_sampling", "passes": 1, "per": "sequence"},
    "batch mean": {"kind": "reinforce", "baseline": "batch", "samples": 8},
    "running mean": {"kind": "reinforce", "baseline": "exponential", "samples": 8},
    "critic": {"kind": "reinforce", "baseline": "critic", "samples": 8, "critic_rate": 0.01},
    "rollout": {"kind": "reinforce", "baseline": "rollout", "samples": 4, "every": 10},
    "pomo": {"kind": "pomo"},
    "self-critical": {"kind": "self_critical", "samples": 8},
    "minimum risk": {"kind": "minimum_risk"},
    "self-improvement": {"kind": "self_improvement"},
}


@pytest.mark.parametrize("name", list(KINDS))
def test_tours_of_six_cities_become_short_by_every_strategy(name: str) -> None:
    assert learn(load_task("tsp"), SET, KINDS[name], 6, 60) < 0.4


@pytest.mark.parametrize("name", list(KINDS))
def test_words_of_two_letters_are_reversed_by_every_strategy(name: str) -> None:
    """From a model that has begun to learn: from nothing, REINFORCE learns to answer nothing."""
    letters = list("abc")
    options = {"problem": "reverse", "source_vocabulary": letters, "target_vocabulary": letters}
    assert learn(load_task("text", options), WORD, KINDS[name], 2, 60, forced=8) < 0.5


def test_every_strategy_is_among_those_that_learn() -> None:
    # A student learns from a teacher that has learned: see test_distillation.
    others = {"teacher_forcing", "distillation"}
    assert {told["kind"] for told in KINDS.values()} | others == set(STRATEGIES.names())


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"kind": "reward"}, "no strategy 'reward'; there are teacher_forcing, free_running,"),
        ({}, "no strategy None"),
        (
            {"kind": "pomo", "beams": 3},
            "no pomo value 'strategy.beams'; there are strategy.starts",
        ),
        (
            {"kind": "pomo", "samples": "many"},
            "strategy.samples is 'many'; accepted are whole num",
        ),
        (
            {"kind": "pomo", "samples": 1},
            "strategy.samples is 1; accepted .* numbers from 2 on",
        ),
        (
            {"kind": "reinforce", "baseline": "best"},
            "baseline is 'best'; accepted are none, batch,",
        ),
        ({"kind": "reinforce", "decay": 1.5}, "decay is 1.5; accepted are numbers from 0 to 1"),
        ({"kind": "reinforce", "critic_rate": -1}, "critic_rate is -1.*; accepted are numbers"),
        (
            {"kind": "teacher_forcing", "targets": "all"},
            "targets is 'all'; accepted are given,",
        ),
        ({"kind": "free_running", "candidates": -1}, "strategy.candidates is -1; accepted are"),
        ({"kind": "scheduled_sampling", "candidates": -1}, "strategy.candidates is -1; accepted"),
    ],
)
def test_a_wrong_strategy_is_told_in_one_sentence(told: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        make_strategy(told)


def test_the_configs_label_smoothing_reaches_the_strategies_that_have_it() -> None:
    smooth: Strategy = make_strategy({"kind": "free_running"}, 0.1)
    assert smooth == make_strategy({"kind": "free_running", "label_smoothing": 0.1})
    assert make_strategy({"kind": "pomo"}, 0.1) == make_strategy({"kind": "pomo"})


def test_a_strategy_is_one_word_of_a_config_and_of_the_command_line() -> None:
    config = read_config({"strategy": {"kind": "pomo", "starts": 3}}, ["--strategy.starts=4"])
    assert config.strategy == {"kind": "pomo", "starts": 4}
    assert read_config({}, []).strategy == {"kind": "teacher_forcing"}
    changed = read_config({}, ["--strategy.kind", "self_critical"])
    assert changed.strategy == {"kind": "self_critical"}


def test_costs_that_need_no_solution_train_without_any(tmp_path: Path) -> None:
    config = replace(TOUR, strategy={"kind": "pomo"}, steps=4)
    trainer = Trainer("tsp", config, tmp_path, resume=False)
    assert trainer.stream.batch(0).targets is None
    trainer.train()
    assert read_header(tmp_path / "last.safetensors")["record"]["strategy"] == "pomo"
    lines = [json.loads(line) for line in (tmp_path / "metrics.jsonl").read_text().splitlines()]
    lengths = [line["loss"] for line in lines if "loss" in line]
    assert 1 < lengths[0] < 4  # the loss that is logged is the samples' mean length
    sorting = Trainer("sorting", replace(config, strategy={"kind": "pomo"}), tmp_path, False)
    assert sorting.stream.batch(0).targets is not None


@pytest.mark.parametrize(
    "values", [{"every": 3, "significance": 1.0}, {"baseline": "critic", "critic_rate": 0.1}]
)
def test_a_stopped_run_with_a_learned_baseline_resumes_to_the_same_weights(
    tmp_path: Path, values: dict[str, Any]
) -> None:
    config = replace(TOUR, strategy={"kind": "reinforce", **values})
    train("tsp", config, tmp_path / "whole")
    stopped = Trainer("tsp", config, tmp_path / "parts", resume=False)
    stopped._train_to_next_log = interrupted_after(stopped._train_to_next_log)  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        stopped.train()
    train("tsp", config, tmp_path / "parts", resume=True)
    whole, parts = (
        load_checkpoint(tmp_path / name / "last.safetensors").model for name in ("whole", "parts")
    )
    for name, weight in whole.state_dict().items():
        assert torch.equal(weight, parts.state_dict()[name]), name


def interrupted_after(stretch: Callable[..., None]) -> Callable[..., None]:
    """The first stretch of training, then Ctrl-C."""
    calls: list[int] = []

    def once(*arguments: Any) -> None:
        if calls:
            raise KeyboardInterrupt
        calls.append(1)
        stretch(*arguments)

    return once


def test_the_best_policy_so_far_gives_way_only_to_a_better_one() -> None:
    spec, constraint = SPECS["tour"]
    first, other = make_model(spec, seed=0), make_model(spec, seed=1)
    batch = make_batch(spec, [6] * 40)
    task = load_task("tsp")

    def call(baseline: GreedyRollout, model: Seq2Seq, step: int) -> float:
        context = policy_context(model, batch, constraint, TrainingState(step, risk=task.risk))
        return float(baseline(context.sample(1)[1], context).mean().detach())

    better, worse = sorted((first, other), key=lambda model: greedy_risk(model, task, batch))
    for held, candidate in ((worse, better), (better, worse)):
        baseline = GreedyRollout(every=2, decay=0.8, significance=0.05)
        call(baseline, held, 1)
        assert call(baseline, candidate, 2) == pytest.approx(greedy_risk(better, task, batch))
        assert len(baseline.trials) == (1 if held is worse else 2)  # a new best starts anew


def test_a_running_mean_is_kept_across_a_stop() -> None:
    spec, constraint = SPECS["tour"]
    model, batch = make_model(spec), make_batch(spec, [5, 5])
    state = TrainingState(risk=load_task("tsp").risk)
    strategy = Reinforce("exponential")
    strategy.loss(model, batch, constraint, state)
    other = Reinforce("exponential")
    other.load_state(strategy.state())
    torch.manual_seed(1)
    one = torch.autograd.grad(
        strategy.loss(model, batch, constraint, state),
        model.relations.logit_weight,  # type: ignore[arg-type, union-attr]
    )
    torch.manual_seed(1)
    same = torch.autograd.grad(
        other.loss(model, batch, constraint, state),
        model.relations.logit_weight,  # type: ignore[arg-type, union-attr]
    )
    assert torch.equal(one[0], same[0])
