"""Choices, answers and constraint of the convex hull task."""

from __future__ import annotations

import numpy as np

from tests.ptrnet_tasks.convex_hull.instances import TASK, mixed


def mean(scores: dict, name: str) -> float:
    values, weights = scores[name][:2]
    return values.sum() / (len(values) if weights is None else weights.sum())


def test_choices_become_positions_from_the_smallest_on() -> None:
    answers = TASK.answers(TASK.generate(5, 2, 0), [np.array([4, 5, 2]), np.array([1, 3, 2, 5])])
    assert [answer.tolist() for answer in answers] == [[1, 3, 4], [0, 2, 1, 4]]


def test_targets_read_back_as_answers_are_the_solutions() -> None:
    instances = mixed(3)
    batch = TASK.batch(instances)
    choices = [
        row[mask].numpy()[:-1] for row, mask in zip(batch.targets, batch.target_mask, strict=True)
    ]
    answers = TASK.answers(instances, choices)
    assert [a.tolist() for a in answers] == [h.tolist() for h in instances.solutions]
    assert {name: mean(TASK.evaluate(instances, answers), name) for name in
            ("exact", "same_set", "area_ratio", "simple")} == {
        "exact": 1, "same_set": 1, "area_ratio": 1, "simple": 1}  # fmt: skip


def test_the_constraint_allows_every_target() -> None:
    batch = TASK.batch(mixed(4), np.random.default_rng(0))
    allowed = TASK.constraint().masks_along(batch, batch.inputs.shape[1] + 1, batch.targets)
    assert allowed.gather(2, batch.targets.unsqueeze(2))[batch.target_mask].all()
