"""Evaluation from outside: answers in order, honest inputs, reports that can be read again."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from ptrnet_tasks.convex_hull.task import ConvexHullTask
from ptrnet_tasks.sorting.task import Sorting

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.evaluation.decode import PAIRS, POSITIONS, batches_by_size, solve_instances
from ptrnet_suite.evaluation.report import measure
from ptrnet_suite.evaluation.scoring import evaluate
from ptrnet_suite.model.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from ptrnet_suite.runtime.files import file_sha256
from ptrnet_suite.search.base import Hypotheses
from ptrnet_suite.search.sampling import Greedy, Sampling
from tests.networks import make_model

SORTING, HULL = Sorting(), ConvexHullTask()


def mixed_numbers(count: int = 40) -> Instances:
    rng = np.random.default_rng(7)
    return SORTING.label(Instances([rng.random((size, 1)) for size in rng.integers(2, 9, count)]))


class Oracle:
    """A search that looks at the numbers themselves, and at nothing else."""

    def __init__(self) -> None:
        self.batches: list[Any] = []

    def hypotheses_at(self, size: int) -> int:
        return 1

    def __call__(self, model: Any, batch: Any, constraint: Any, *judges: Any) -> Any:
        self.batches.append((batch, torch.is_grad_enabled(), model.training))
        values = batch.inputs[..., 0].masked_fill(~batch.input_mask, torch.inf)
        choices = values.argsort(1).unsqueeze(1)
        lengths = batch.input_mask.sum(1, keepdim=True)
        return Hypotheses(choices, torch.zeros(len(choices), 1), lengths)


@pytest.fixture
def checkpoint(tmp_path: Path) -> Checkpoint:
    path = tmp_path / "untrained.safetensors"
    save_checkpoint(path, make_model(SORTING.spec), SORTING, {"sizes": [5, 5]})
    return load_checkpoint(path)


@pytest.mark.parametrize("batch_size", [1, 3, None])
def test_answers_of_mixed_sizes_come_back_in_the_order_asked(batch_size: int | None) -> None:
    instances = mixed_numbers()
    answers = solve_instances(
        make_model(SORTING.spec),
        SORTING,
        instances,
        Oracle(),
        batch_size,  # type: ignore[arg-type]
    )
    for answer, known in zip(answers, instances.solutions, strict=True):
        assert answer.tolist() == known.tolist()


def test_a_model_sees_no_solutions_and_computes_no_gradients_or_dropout() -> None:
    oracle, model = Oracle(), make_model(SORTING.spec).train()
    solve_instances(model, SORTING, mixed_numbers(), oracle)  # type: ignore[arg-type]
    assert model.training
    for batch, gradients, training in oracle.batches:
        assert batch.targets is None
        assert not gradients
        assert not training


def test_the_batch_size_changes_no_answer() -> None:
    model = make_model(HULL.spec)
    instances = Instances([HULL.generate(size, 1, size).inputs[0] for size in (9, 5, 7, 5, 12)])
    together = solve_instances(model, HULL, instances, Greedy())
    for index, answer in enumerate(together):
        alone = solve_instances(model, HULL, instances.subset([index]), Greedy())[0]
        assert answer.tolist() == alone.tolist()
        assert len(answer) == len(set(answer.tolist())) >= 3
        assert 0 <= min(answer) <= max(answer) < len(instances.inputs[index])


@given(st.lists(st.integers(1, 300), min_size=1, max_size=80), st.none() | st.integers(1, 9))
def test_batches_hold_every_instance_once_and_sizes_rise(
    sizes: list[int], batch_size: int | None
) -> None:
    batches = batches_by_size(np.array(sizes), batch_size, 4)
    order = np.concatenate(batches)
    assert sorted(order.tolist()) == list(range(len(sizes)))
    assert (np.diff(np.array(sizes)[order]) >= 0).all()
    assert batch_size is None or max(map(len, batches)) <= batch_size


@pytest.mark.parametrize("hypotheses", [1, 8])
def test_a_batch_suits_its_largest_instance_in_positions_and_in_pairs(hypotheses: int) -> None:
    sizes = np.array([5] * 400 + [100] * 90 + [1000] * 9)
    batches = batches_by_size(sizes, None, hypotheses)
    assert sum(map(len, batches)) == len(sizes)
    for batch in batches:
        largest = sizes[batch].max()
        assert len(batch) == 1 or len(batch) * largest * hypotheses <= POSITIONS
        assert len(batch) == 1 or len(batch) * largest**2 <= PAIRS
    assert len(batches) < 40


def test_progress_counts_every_instance() -> None:
    told: list[int] = []
    solve_instances(
        make_model(SORTING.spec),
        SORTING,
        mixed_numbers(),
        Oracle(),
        7,
        None,
        told.append,  # type: ignore[arg-type]
    )
    assert sum(told) == 40


def test_sampling_repeats_with_its_seed_alone() -> None:
    model, instances = make_model(SORTING.spec), SORTING.generate(12, 20, 0)

    def sampled(seed: int) -> list[list[int]]:
        generator = torch.Generator().manual_seed(seed)
        found = solve_instances(model, SORTING, instances, Sampling(4), 8, generator)
        return [answer.tolist() for answer in found]

    assert sampled(1) == sampled(1) != sampled(2)


def test_samples_are_ranked_by_the_cost_of_a_task_that_has_one() -> None:
    class FirstFirst(Sorting):  # type: ignore[misc]
        """Wants the position that is chosen first to be small."""

        has_cost = True

        def cost(self, batch: Any, choices: torch.Tensor) -> torch.Tensor:
            return choices[:, :, 0].float()

    model, instances = make_model(SORTING.spec), SORTING.generate(4, 30, 0)
    search = Sampling(64, temperature=3.0)
    found = solve_instances(model, FirstFirst(), instances, search, None, torch.Generator())
    assert [answer[0] for answer in found] == [0] * 30


def test_a_report_holds_what_is_needed_to_get_it_again(
    checkpoint: Checkpoint, tmp_path: Path
) -> None:
    data = tmp_path / "numbers.txt"
    data.write_text("any bytes")
    instances = SORTING.generate(5, 64, 3)
    report = evaluate(checkpoint, instances, "beam:2", 16, 5, data, "ptrnet evaluate sorting")
    found = json.loads(json.dumps(report.to_json()))
    assert found["task"] == "sorting"
    assert found["count"] == 64
    assert found["search"] == "beam:2"
    assert found["seed"] == 5
    assert found["command"] == "ptrnet evaluate sorting"
    assert found["data"] == {"path": str(data), "sha256": file_sha256(data)}
    assert found["checkpoint"] == {
        "name": "untrained",
        "sha256": file_sha256(checkpoint.path),
        "parameters": sum(weight.numel() for weight in checkpoint.model.parameters()),
    }
    assert found["instances_per_second"] == pytest.approx(64 / found["seconds"])
    assert found["threads"] == torch.get_num_threads()
    assert found["device"] == "cpu"
    assert "torch" in found["versions"]
    assert set(found["metrics"]) == {"exact", "token_accuracy"}
    scores = SORTING.evaluate(instances, report.answers)
    for name, metric in found["metrics"].items():
        assert metric["low"] <= metric["value"] <= metric["high"]
        assert metric["value"] == pytest.approx(measure(SORTING, scores)[name].estimate.value)


def test_an_unknown_search_is_refused(checkpoint: Checkpoint) -> None:
    with pytest.raises(InputError, match="no search 'best'"):
        evaluate(checkpoint, SORTING.generate(5, 2, 0), "best")
