"""Every start of a tour, and costs without solutions."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.model.checkpoint import read_header
from ptrnet_suite.search.rollout import log_likelihood, sample
from ptrnet_suite.training.loop import Trainer
from ptrnet_suite.training.strategies.base import TrainingState
from ptrnet_suite.training.strategies.pomo import Pomo
from tests.networks import SPECS, make_batch, make_model
from tests.training.configs import TOUR
from tests.training.enumerated import costs_of, gradient


def test_costs_that_need_no_solution_train_without_any(tmp_path: Path) -> None:
    config = replace(TOUR, strategy={"kind": "pomo"}, steps=4)
    trainer = Trainer("tsp", config, tmp_path / "tsp", resume=False)
    assert trainer.stream.batch(0).targets is None
    trainer.train()
    assert read_header(tmp_path / "tsp" / "last.safetensors")["record"]["strategy"] == "pomo"
    lines = [
        json.loads(line) for line in (tmp_path / "tsp" / "metrics.jsonl").read_text().splitlines()
    ]
    lengths = [line["loss"] for line in lines if "loss" in line]
    assert 1 < lengths[0] < 4  # the loss that is logged is the samples' mean length
    sorting = Trainer("sorting", config, tmp_path / "sorting", False)
    assert sorting.stream.batch(0).targets is not None


def test_pomo_takes_every_start_of_a_tour_and_holds_it_against_their_mean() -> None:
    spec, constraint = SPECS["tour"]
    model, batch = make_model(spec), make_batch(spec, [4, 4])
    seen: list[Tensor] = []

    def told(batch: Batch, choices: Tensor) -> Tensor:
        seen.append(choices)
        return costs_of(batch, choices)

    torch.manual_seed(3)
    found = gradient(model, Pomo().loss(model, batch, constraint, TrainingState(risk=told)))
    assert seen[0].shape == (2, 4, 4)
    assert (seen[0][:, :, 0] == 0).all()  # each tour is priced from position 0 on
    torch.manual_seed(3)
    starts = torch.arange(4).expand(2, -1)
    encoded = model.encode(batch)
    choices = sample(model, encoded, batch, constraint, 4, starts)
    assert torch.equal(choices[:, :, 0], starts)
    scores = log_likelihood(model, encoded, batch, constraint, choices, started=True)
    advantage = costs_of(batch, seen[0]) - costs_of(batch, seen[0]).mean(1, keepdim=True)
    torch.testing.assert_close(found, gradient(model, (advantage * scores).mean()))


@pytest.mark.parametrize(("starts", "drawn"), [(0, 6), (1, 1), (2, 2), (5, 5), (6, 6), (9, 6)])
def test_some_of_the_starts_are_drawn_anew_for_each_batch(starts: int, drawn: int) -> None:
    spec, constraint = SPECS["tour"]
    model, batch = make_model(spec), make_batch(spec, [6, 6])
    every = torch.arange(6).expand(2, -1)
    seen = set()
    torch.manual_seed(0)
    for _ in range(12):
        taken = Pomo(starts=starts)._drawn_starts(every)
        assert taken is not None
        assert taken.shape == (2, drawn)
        assert len(taken[0].unique()) == drawn
        seen.add(tuple(taken[0].tolist()))
    if drawn == 6:
        assert len(seen) == 1
    else:
        assert len(seen) > (6 if drawn > 1 else 3)
    asked: list[Tensor] = []

    def told(batch: Batch, choices: Tensor) -> Tensor:
        asked.append(choices)
        return costs_of(batch, choices)

    Pomo(starts=starts).loss(model, batch, constraint, TrainingState(risk=told))
    assert asked[0].shape == (2, drawn, 6)


def test_where_starts_are_not_equivalent_as_many_answers_are_drawn_as_told() -> None:
    spec, constraint = SPECS["text"]
    model, batch, asked = make_model(spec), make_batch(spec, [4, 3]), list[Tensor]()

    def told(batch: Batch, choices: Tensor) -> Tensor:
        asked.append(choices)
        return costs_of(batch, choices)

    torch.manual_seed(3)
    loss = Pomo(samples=5).loss(model, batch, constraint, TrainingState(risk=told))
    assert asked[0].shape[:2] == (2, 5)
    costs = costs_of(batch, asked[0])
    encoded = model.encode(batch)
    scores = log_likelihood(model, encoded, batch, constraint, asked[0])
    advantage = costs - costs.mean(1, keepdim=True)
    torch.testing.assert_close(gradient(model, loss), gradient(model, (advantage * scores).mean()))
