"""What training tells of itself: budget in CPU time, entropy, and the noise of the gradient."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from ptrnet_suite.errors import InputError
from ptrnet_suite.model.checkpoint import load_checkpoint
from ptrnet_suite.training.budget import expected_steps, is_spent, is_validated_between
from ptrnet_suite.training.config import TrainingConfig, ValidationConfig
from ptrnet_suite.training.entropy import policy_entropy
from ptrnet_suite.training.gradients import GradientSettings, gradient_noise, spread_of
from ptrnet_suite.training.loop import Trainer, train
from ptrnet_suite.training.strategies.base import TrainingState
from ptrnet_suite.training.strategies.reinforce import Reinforce
from ptrnet_suite.training.strategies.table import make_strategy
from ptrnet_suite.training.strategies.teacher_forcing import TeacherForcing
from ptrnet_suite.training.strategies.two_stage import TwoStage
from tests.networks import SPECS, make_batch, make_model
from tests.search.enumeration import every_answer
from tests.training.test_loop import SORTING

TIMED = replace(
    SORTING,
    minutes=0.01,
    steps=1,
    validation=ValidationConfig(size=5, count=20, minutes=0.004),
)


def lines(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]


def test_a_budget_of_time_ends_a_run_and_sets_its_validations(tmp_path: Path) -> None:
    trainer = train("sorting", TIMED, tmp_path)
    assert trainer.step > 1
    assert 0.6 <= trainer.cpu_seconds < 1.2
    assert load_checkpoint(tmp_path / "last.safetensors").record["step"] == trainer.step
    found = [line["cpu_seconds"] for line in lines(tmp_path) if "validation" in line]
    assert found[-1] == pytest.approx(trainer.cpu_seconds)
    assert 2 <= len(found) <= 4


def test_a_run_of_limited_time_resumes_with_the_time_that_is_left(tmp_path: Path) -> None:
    trainer = Trainer("sorting", TIMED, tmp_path, resume=False)
    optimise = trainer._optimise

    def stopped() -> tuple[float, float]:
        if trainer.cpu_seconds > 0.3:
            raise KeyboardInterrupt
        return optimise()

    trainer._optimise = stopped  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        trainer.train()
    before = trainer.step, trainer.cpu_seconds
    resumed = Trainer("sorting", TIMED, tmp_path, resume=True)
    assert (resumed.step, resumed.cpu_seconds) == before
    resumed.train()
    assert resumed.step > before[0]
    assert 0.6 <= resumed.cpu_seconds < 1.2


def test_schedules_go_along_the_share_of_the_budget_that_is_used() -> None:
    config = replace(TrainingConfig(), minutes=1.0, steps=7)
    assert expected_steps(config, 0, 0.0) == 7
    assert expected_steps(config, 100, 15.0) == 400
    assert TrainingState(100, expected_steps(config, 100, 15.0)).progress == 0.25
    assert not is_spent(config, 10**6, 59.9)
    assert is_spent(config, 1, 60.0)
    assert expected_steps(replace(config, minutes=0), 100, 15.0) == 7
    config = replace(config, validation=ValidationConfig(minutes=0.1, every=1))
    assert not is_validated_between(config, 5, 0.0, 5.9)
    assert is_validated_between(config, 5, 5.9, 6.1)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"minutes": -1.0}, "minutes is -1.0"),
        ({"validation": ValidationConfig(minutes=-1.0)}, "validation.minutes is -1.0"),
        ({"validation": ValidationConfig(gradient_batches=1)}, "gradient_batches is 1"),
        ({"strategy": {"kind": "pomo", "start": "x"}}, "strategy.start is 'x'"),
        ({"strategy": {"kind": "pomo", "start": {"kind": "x"}}}, "no strategy 'x'"),
    ],
)
def test_a_wrong_budget_or_start_is_told_in_one_sentence(
    tmp_path: Path, change: dict[str, object], told: str
) -> None:
    with pytest.raises(InputError, match=told):
        train("sorting", replace(SORTING, **change), tmp_path)  # type: ignore[arg-type]


def test_entropy_is_that_of_a_policy_at_every_step_where_it_may_choose() -> None:
    spec, constraint = SPECS["sorting"]
    model, batch = make_model(spec), make_batch(spec, [4])
    for weight in model.parameters():
        torch.nn.init.zeros_(weight)
    # Without weights all that is open is equally likely: 4, 3 and 2 choices, then a forced one.
    expected = torch.tensor([4.0, 3.0, 2.0]).log().mean()
    assert policy_entropy(model, batch, constraint) == pytest.approx(float(expected), abs=1e-5)


def test_measured_entropy_is_that_of_all_answers_on_average() -> None:
    spec, constraint = SPECS["sorting"]
    model, one = make_model(spec), make_batch(spec, [3])
    many = one._replace(
        inputs=one.inputs.expand(4000, -1, -1), input_mask=one.input_mask.expand(4000, -1)
    )
    _, logs = every_answer(model, one, constraint)
    whole = float(-(logs.exp() * logs).sum().detach())
    # Two of the three steps are free, and the chain rule adds their entropies up.
    assert 2 * policy_entropy(model, many, constraint) == pytest.approx(whole, rel=0.03)


def test_noise_equals_its_definition_on_made_gradients() -> None:
    generator = torch.Generator().manual_seed(1)
    mean = torch.full((50,), 2.0)
    gradients = mean + 3.0 * torch.randn(4000, 50, generator=generator)
    found = spread_of(gradients)
    assert found.variance == pytest.approx(50 * 9, rel=0.02)
    assert found.signal == pytest.approx(50 * 4, rel=0.02)
    assert found.ratio == pytest.approx(9 / 4, rel=0.03)
    assert spread_of(torch.tensor([[1.0], [-1.0]])).figures()["gradient_noise"] is None


def test_equal_batches_have_no_noise_and_the_measure_leaves_no_trace() -> None:
    spec, constraint = SPECS["sorting"]
    model = make_model(spec).train()
    batch = make_batch(spec, [4, 4])._replace(
        targets=torch.tensor([[2, 0, 3, 1], [0, 1, 2, 3]]),
        target_mask=torch.ones(2, 4, dtype=torch.bool),
    )
    strategy = Reinforce("exponential")
    training_state = TrainingState(0, 1, lambda batch, choices: choices[..., 0].float())
    settings = GradientSettings(lambda: constraint, training_state)
    random_state, weights = torch.get_rng_state(), [weight.clone() for weight in model.parameters()]
    assert gradient_noise(model, strategy, [batch] * 4, settings).variance > 0
    assert torch.equal(torch.get_rng_state(), random_state)
    assert strategy.state() == {"mean": None}
    assert all(weight.grad is None for weight in model.parameters())
    assert all(map(torch.equal, weights, model.parameters()))
    found = gradient_noise(model, TeacherForcing(), [batch] * 4, settings)
    assert found.ratio == pytest.approx(0, abs=1e-6)


def test_validation_with_diagnostics_changes_nothing_of_the_run(tmp_path: Path) -> None:
    config = replace(SORTING, strategy={"kind": "reinforce", "baseline": "rollout", "every": 10})
    train("sorting", config, tmp_path / "plain")
    measured = replace(config, validation=replace(config.validation, gradient_batches=2))
    train("sorting", measured, tmp_path / "measured")
    plain, other = (
        load_checkpoint(tmp_path / name / "last.safetensors").model.state_dict()
        for name in ("plain", "measured")
    )
    for name, weight in plain.items():
        assert torch.equal(weight, other[name]), name
    told = [line for line in lines(tmp_path / "measured") if "validation" in line]
    assert all({"entropy", "gradient_variance", "gradient_noise"} <= set(line) for line in told)
    logged = [line for line in lines(tmp_path / "plain") if "loss" in line]
    assert all(line["gradient_norm_deviation"] >= 0 for line in logged)  # type: ignore[operator]


def test_a_start_trains_for_its_share_and_then_the_other_strategy_goes_on() -> None:
    spec, constraint = SPECS["sorting"]
    model = make_model(spec)
    batch = make_batch(spec, [4])._replace(
        targets=torch.tensor([[2, 0, 3, 1]]), target_mask=torch.ones(1, 4, dtype=torch.bool)
    )
    told = {"kind": "reinforce", "baseline": "exponential", "start": {"kind": "teacher_forcing"}}
    strategy = make_strategy({**told, "start_share": 0.25})
    assert isinstance(strategy, TwoStage)
    assert strategy.needs_solutions

    def loss(step: int) -> float:
        state = TrainingState(step, 100, lambda batch, choices: torch.full(choices.shape[:2], 7.0))
        return float(strategy.loss(model, batch, constraint, state).detach())

    imitated = float(TeacherForcing().loss(model, batch, constraint).detach())
    assert loss(0) == loss(24) == pytest.approx(imitated)
    assert strategy.state()["after"] == {"mean": None}
    assert loss(25) == pytest.approx(7.0)
    again = make_strategy({**told, "start_share": 0.25})
    again.load_state(strategy.state())
    assert again.state() == strategy.state()
