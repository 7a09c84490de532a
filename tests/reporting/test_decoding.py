"""One choice after another, side by side and moving."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageSequence

from ptrnet_suite.evaluation.attention_trace import decode_with_trace
from ptrnet_suite.reporting.decoding import animate, draw_steps, plot_attention, plot_step
from ptrnet_suite.reporting.style import figure_of
from ptrnet_suite.search.spec import parse_search
from ptrnet_suite.task.presenter import AttentionTrace
from ptrnet_suite.task.registry import load_task
from tests.networks import make_model

POINTERS = ("tsp", "convex_hull", "sorting")


def frames(path: Path) -> list[np.ndarray]:
    with Image.open(path) as film_read:
        return [np.array(frame.convert("L")) for frame in ImageSequence.Iterator(film_read)]


@pytest.mark.parametrize("name", POINTERS)
def test_steps_stand_side_by_side_and_move_in_a_film(name: str, tmp_path: Path) -> None:
    task = load_task(name)
    model, instances = make_model(task.spec), task.generate(5, 1, seed=3)
    told = (instances, 0, *decode_with_trace(model, task, instances, 0, parse_search("greedy")))
    figure = draw_steps(task, *told, count=3)
    assert len(figure.axes) == 3
    assert len(frames(animate(task, *told, tmp_path / "steps.gif"))) == len(told[2])
    assert figure_of(plot_attention(task, *told)).axes


def test_an_image_is_shown_under_each_steps_attention() -> None:
    task = load_task("image_text", {"problem": "digits"})
    instances = task.generate(2, 1, 1, "train")
    image = np.asarray(instances.inputs[0])
    weights = np.zeros((1, 2, image.shape[1]))
    weights[0, 0, 3] = weights[0, 1, 9] = 1
    trace = AttentionTrace(weights, None, None)
    tokens = task.spec.choices
    titles = [plot_step(task, instances, 0, [1, 2], trace, step) for step in range(2)]
    assert tokens > 2
    for ax, column in zip(titles, (3, 9), strict=True):
        overlay = np.asarray(ax.images[-1].get_array())[..., 3]
        assert overlay[0].argmax() == column
    assert titles[1].get_title().startswith(titles[0].get_title())
