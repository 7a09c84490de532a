"""Every strategy, chosen by one word, on text and on points alike."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from ptrnet_suite.cli.commands.train import read_config
from ptrnet_suite.data.batch import Batch
from ptrnet_suite.errors import InputError
from ptrnet_suite.model.config import DecoderConfig, EncoderConfig, ModelConfig
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.task.base import Task
from ptrnet_suite.task.registry import load_task
from ptrnet_suite.training.strategies.base import Strategy, TrainingState
from ptrnet_suite.training.strategies.names import STRATEGIES
from ptrnet_suite.training.strategies.pomo import Pomo
from ptrnet_suite.training.strategies.table import check_strategy, make_strategy
from ptrnet_suite.training.strategies.teacher_forcing import TeacherForcing
from ptrnet_suite.training.strategies.two_stage import TwoStage
from tests.training.configs import SET
from tests.training.risks import greedy_risk

WORD = ModelConfig(
    32, 0.0, EncoderConfig("gru", layers=1), DecoderConfig("gru", layers=1, attention="concat")
)


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
    assert learn(load_task("tsp"), SET, KINDS[name], 6, 40) < 0.4


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


IMITATING = {"targets": "given", "candidates": 0, "label_smoothing": 0.0}
DEFAULTS: dict[str, dict[str, Any]] = {
    "teacher_forcing": {**IMITATING, "coverage": 0.0, "consistency": 0.0},
    "free_running": {**IMITATING, "prediction": "argmax"},
    "scheduled_sampling": {
        **IMITATING,
        **{"schedule": "inverse_sigmoid", "half": 0, "smallest": 0.0},
        **{"per": "token", "passes": 0, "prediction": "sampled"},
    },
    "distillation": {"teachers": ["g2p"], "known": 0.5},
    "reinforce": {
        **{"baseline": "rollout", "samples": 1, "decay": 0.8, "every": 250},
        **{"significance": 0.05, "critic_rate": 1e-3},
    },
    "self_critical": {"samples": 1},
    "pomo": {"starts": 0, "samples": 8},
    "minimum_risk": {"samples": 8, "sharpness": 1.0, "known": True},
    "self_improvement": {"samples": 16, "label_smoothing": 0.0},
}
"""What configs of users rely on, and the papers where they say it."""

LOW = {
    0: [
        *(f"{kind}.candidates" for kind in DEFAULTS if "candidates" in DEFAULTS[kind]),
        *(f"{kind}.label_smoothing" for kind in DEFAULTS if "label_smoothing" in DEFAULTS[kind]),
        *("teacher_forcing.coverage", "teacher_forcing.consistency", "scheduled_sampling.half"),
        *("scheduled_sampling.smallest", "scheduled_sampling.passes", "distillation.known"),
        *("reinforce.decay", "reinforce.significance", "reinforce.critic_rate"),
        *("pomo.starts", "minimum_risk.sharpness"),
    ],
    1: ["reinforce.samples", "reinforce.every", "self_critical.samples"],
    2: ["pomo.samples", "minimum_risk.samples", "self_improvement.samples"],
}
"""The smallest number that is accepted."""

SHARES = (
    *("scheduled_sampling.smallest", "distillation.known", "reinforce.decay"),
    "reinforce.significance",
)


def accepts(option: str, value: object) -> bool:
    """Whether a strategy can be made with that value."""
    kind, _, name = option.partition(".")
    given = {"teachers": ["g2p"]} if kind == "distillation" else {}
    try:
        make_strategy({"kind": kind, **given, name: value})
    except InputError as error:
        return "accepted are" not in str(error)
    return True


@pytest.mark.parametrize("kind", list(DEFAULTS))
def test_what_holds_where_a_config_says_nothing(kind: str) -> None:
    given = {"teachers": ["g2p"]} if kind == "distillation" else {}
    strategy = make_strategy({"kind": kind, **given})
    assert vars(strategy) == DEFAULTS[kind]
    own = {"teacher_forcing", "free_running", "scheduled_sampling", "distillation"}
    assert strategy.needs_solutions is (kind in own)


def test_numbers_are_accepted_from_the_smallest_on() -> None:
    told = [option for options in LOW.values() for option in options]
    numbers = [
        f"{kind}.{name}"
        for kind, values in DEFAULTS.items()
        for name, value in values.items()
        if not isinstance(value, str | list | bool)
    ]
    assert sorted(told) == sorted(numbers)
    for low, options in LOW.items():
        for option in options:
            assert accepts(option, low), option
            assert not accepts(option, low - 1), option


def test_shares_are_accepted_up_to_the_whole_and_smoothing_below_it() -> None:
    for option in SHARES:
        assert accepts(option, 1.0)
        assert not accepts(option, 1.001)
    for kind, values in DEFAULTS.items():
        if "label_smoothing" in values:
            assert accepts(f"{kind}.label_smoothing", 0.999)
            assert not accepts(f"{kind}.label_smoothing", 1.0)


def test_a_shared_mean_needs_two_answers() -> None:
    told = {"kind": "reinforce", "baseline": "shared"}
    make_strategy({**told, "samples": 2})
    with pytest.raises(InputError, match=r"samples is 1; accepted with .*shared"):
        make_strategy({**told, "samples": 1})


@pytest.mark.parametrize(("share", "fine"), [(0.0, True), (1.0, True), (-0.1, False), (1.1, False)])
def test_a_start_takes_a_share_of_the_run(share: float, fine: bool) -> None:
    told = {"kind": "pomo", "start": {"kind": "teacher_forcing"}, "start_share": share}
    if not fine:
        with pytest.raises(
            InputError, match=r"start_share is .*; accepted are numbers from 0 to 1"
        ):
            make_strategy(told)
        return
    strategy = make_strategy(told)
    assert isinstance(strategy, TwoStage)
    assert strategy.share == share
    check_strategy(strategy)
    check_strategy(TwoStage(strategy.first, strategy.after, 0.5))


def test_a_start_takes_half_of_the_run_where_nothing_is_said() -> None:
    told = {"kind": "pomo", "start": {"kind": "free_running"}}
    strategy = make_strategy(told, 0.1)
    assert isinstance(strategy, TwoStage)
    assert strategy.share == 0.5
    assert strategy.first == make_strategy({"kind": "free_running"}, 0.1)
    assert strategy.after == make_strategy({"kind": "pomo"})
    with pytest.raises(InputError, match=r"no free_running value 'strategy\.start\.beams'"):
        make_strategy({"kind": "pomo", "start": {"kind": "free_running", "beams": 1}})
    with pytest.raises(InputError, match=r"no pomo value 'strategy\.beams'"):
        make_strategy({**told, "beams": 1})


@pytest.mark.parametrize(
    ("strategy", "told"),
    [
        (Pomo(samples=1), "strategy.samples is 1"),
        (TwoStage(Pomo(), Pomo(), 2.0), "strategy.start_share is 2.0"),
        (TwoStage(Pomo(samples=1), Pomo(), 0.5), "strategy.samples is 1"),
        (TwoStage(Pomo(), Pomo(samples=1), 0.5), "strategy.samples is 1"),
    ],
)
def test_a_strategy_made_in_python_is_checked_alike(strategy: Strategy, told: str) -> None:
    with pytest.raises(InputError, match=told):
        check_strategy(strategy)
