"""Batches by spec: choices are positions or words, END stands where the spec says."""

from __future__ import annotations

import numpy as np
import torch

from ptrnet_suite.data.instances import Instances
from tests.task.small_tasks import Order, Pictures, Selection, Words

POINTS = [np.array([[0.0, 0.5], [1.0, 0.25]]), np.array([[0.5, 0.5]] * 3)]


def test_points_are_padded_and_orders_are_their_own_choices() -> None:
    batch = Order().batch(Instances(POINTS, [np.array([1, 0]), np.array([2, 0, 1])]))
    assert batch.inputs.dtype == torch.float32
    assert batch.inputs[0].tolist() == [[0.0, 0.5], [1.0, 0.25], [0.0, 0.0]]
    assert batch.input_mask.tolist() == [[True, True, False], [True] * 3]
    assert batch.targets is not None
    assert batch.targets.tolist() == [[1, 0, 0], [2, 0, 1]]
    assert batch.target_mask is not None
    assert batch.target_mask.tolist() == batch.input_mask.tolist()


def test_a_selection_ends_by_end_and_its_positions_count_from_1() -> None:
    task = Selection()
    batch = task.batch(Instances(POINTS, [np.array([1]), np.array([2, 0])]))
    assert batch.targets is not None
    assert batch.targets.tolist() == [[2, 0, 0], [3, 1, 0]]
    assert batch.target_mask is not None
    assert batch.target_mask.tolist() == [[True, True, False], [True] * 3]
    made = task.answers(Instances(POINTS), [np.array([2]), np.array([3, 1])])
    assert [answer.tolist() for answer in made] == [[1], [2, 0]]


def test_words_are_their_own_choices_and_end() -> None:
    task = Words()
    instances = Instances([np.array([3, 8]), np.array([1])], [np.array([6]), np.array([4, 2])])
    batch = task.batch(instances)
    assert batch.inputs.tolist() == [[3, 8], [1, 0]]
    assert batch.targets is not None
    assert batch.targets.tolist() == [[6, 0, 0], [4, 2, 0]]
    made = task.answers(instances, [np.array([6]), np.array([4, 2])])
    assert [answer.tolist() for answer in made] == [[6], [4, 2]]


def test_positions_of_images_are_columns() -> None:
    image = np.arange(12.0).reshape(4, 3)
    batch = Pictures().batch(Instances([image]))
    assert batch.inputs[0].tolist() == image.T.tolist()
    assert batch.targets is None


def test_targets_of_the_default_batch_are_what_the_constraint_allows() -> None:
    for task in (Order(), Selection()):
        instances = task.generate(4, 3, 0).with_solutions([np.array([2, 0, 1, 3])] * 3)
        batch = task.batch(instances)
        assert batch.targets is not None
        choices = 4 + int(task.spec.ends)
        allowed = task.constraint().masks_along(batch, choices, batch.targets)
        assert allowed.gather(2, batch.targets.unsqueeze(2)).all()
