"""State of another run is refused in a sentence; state of this one holds all that it draws from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.errors import InputError, Interrupted
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.task.constraint import Constraint
from ptrnet_suite.training.loop import Trainer, train
from ptrnet_suite.training.state_file import read_state, write_state
from ptrnet_suite.training.strategies.base import DEFAULT_STATE, Strategy, TrainingState
from ptrnet_suite.training.strategies.teacher_forcing import TeacherForcing
from tests.training.configs import SORTING, TOUR
from tests.training.signalled import assert_same_run, signal_at


class Drawing(Strategy):
    """Teacher forcing times a number from numpy's global stream.

    Python's own is drawn from by the checks of types under which tests run, so not by this.
    """

    def loss(
        self,
        model: Seq2Seq,
        batch: Batch,
        constraint: Constraint,
        state: TrainingState = DEFAULT_STATE,
    ) -> Tensor:
        factor = float(np.random.normal())  # noqa: NPY002
        return TeacherForcing().loss(model, batch, constraint, state) * factor


def test_the_stream_of_numpy_goes_on_where_it_was(tmp_path: Path) -> None:
    config = replace(SORTING, steps=6)
    train("sorting", config, tmp_path / "whole", strategy=Drawing())
    with pytest.raises(Interrupted, match=r"go on with: train\(..., resume=True\)"):
        train("sorting", config, tmp_path / "parts", strategy=Drawing(), callbacks=[signal_at(3)])
    np.random.seed(7)  # noqa: NPY002
    train("sorting", config, tmp_path / "parts", resume=True, strategy=Drawing())
    assert_same_run(tmp_path / "whole", tmp_path / "parts")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of four steps."""
    folder = tmp_path_factory.mktemp("run")
    train("tsp", replace(TOUR, steps=4), folder)
    return folder


def spoil_weight(state: dict[str, Any]) -> None:
    next(iter(state["model"].values()))[...] = float("inf")


def spoil_moment(state: dict[str, Any]) -> None:
    state["optimiser"][0]["exp_avg"] = torch.zeros(3)


CHANGES: dict[str, Callable[[dict[str, Any]], object]] = {
    "it lacks 'model'": lambda state: state.pop("model"),
    "it lacks 'random'": lambda state: state.pop("random"),
    "it lacks 'strategy'": lambda state: state.pop("strategy"),
    "weights are not finite": spoil_weight,
    "has the shape": spoil_moment,
    "size mismatch": lambda state: state["model"].update(
        {next(iter(state["model"])): torch.zeros(2)}
    ),
    "step is -1": lambda state: state["counters"].update(step=-1),
    "step is 'many'": lambda state: state["counters"].update(step="many"),
    "no value 'pace'|'pace'": lambda state: state["counters"].update(pace=1),
    "not the state of this run": lambda state: state.update(best="low"),
    "is not the state": lambda state: state["random"]["torch"].update(cpu=torch.zeros(3)),
    "state of this run": lambda state: state["window"].update(colour=1),
    "another model": lambda state: state.update(model=3),
}


@pytest.mark.parametrize("told", CHANGES)
def test_state_that_does_not_fit_is_told_in_one_sentence_and_left(
    run: Path, tmp_path: Path, told: str
) -> None:
    for name in ("config.json", "metrics.jsonl"):
        (tmp_path / name).write_bytes((run / name).read_bytes())
    state = read_state(run / "state.safetensors")
    CHANGES[told](state)
    write_state(tmp_path / "state.safetensors", state)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(InputError, match=told) as error:
        train("tsp", replace(TOUR, steps=5), tmp_path, resume=True)
    assert "\n" not in str(error.value)
    assert before.items() <= {path.name: path.read_bytes() for path in tmp_path.iterdir()}.items()


@pytest.mark.parametrize("value", [None, 3, [1], {}])
def test_state_that_holds_something_else_is_told_in_one_sentence(
    run: Path, tmp_path: Path, value: Any
) -> None:
    (tmp_path / "config.json").write_bytes((run / "config.json").read_bytes())
    write_state(tmp_path / "state.safetensors", value)
    with pytest.raises(InputError, match="is the state of another model"):
        Trainer("tsp", TOUR, tmp_path, resume=True)


def test_a_run_goes_on_with_other_values_of_its_optimiser(run: Path, tmp_path: Path) -> None:
    for name in ("config.json", "state.safetensors"):
        (tmp_path / name).write_bytes((run / name).read_bytes())
    changed = replace(TOUR, steps=6, weight_decay=0.5)
    trainer = train("tsp", changed, tmp_path, resume=True)
    assert trainer.optimiser.param_groups[0]["weight_decay"] == 0.5
    assert [entry["until_step"] for entry in trainer.earlier] == [4]


def test_a_model_of_another_width_is_refused(run: Path, tmp_path: Path) -> None:
    (tmp_path / "state.safetensors").write_bytes((run / "state.safetensors").read_bytes())
    wider = replace(TOUR, model=replace(TOUR.model, width=32))
    with pytest.raises(InputError, match=r"is the state of another model .*shape"):
        train("tsp", wider, tmp_path, resume=True)
