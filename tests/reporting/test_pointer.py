"""How a pointer works: its probabilities, their pictures, and one choice after another."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from matplotlib.collections import LineCollection, PathCollection
from PIL import Image, ImageSequence

from ptrnet_suite.errors import InputError
from ptrnet_suite.evaluation.attention_trace import answer_of, decode_with_trace, trace_along
from ptrnet_suite.evaluation.decode import solve_instances
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.reporting.animation import write_animation
from ptrnet_suite.reporting.decoding import (
    animate,
    draw_steps,
    plot_attention,
    plot_step,
    pointing_of,
)
from ptrnet_suite.reporting.pointer import Pointing, draw_order, draw_pointing
from ptrnet_suite.reporting.style import axes_or_new, figure_of, new_figure
from ptrnet_suite.search.spec import parse_search
from ptrnet_suite.task.base import Task
from ptrnet_suite.task.presenter import AttentionTrace
from ptrnet_suite.task.registry import load_task
from tests.networks import make_model

POINTERS = ("tsp", "convex_hull", "sorting")
SQUARE = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [0.4, 0.5]])
HULL = Pointing(
    SQUARE,
    np.array([0, 1, 2, 3, -1]),
    np.array(
        [
            [0.7, 0.1, 0.1, 0.1, 0.0],
            [0.0, 0.9, 0.1, 0.0, 0.0],
            [0.0, 0.0, 0.6, 0.4, 0.0],
            [0.0, 0.0, 0.0, 1.0, 0.0],
            [0.0, 0.0, 0.0, 0.0, 0.2],
        ]
    ),
    True,
)


def stepped(model: Seq2Seq, task: Task, points: object, choices: list[int]) -> np.ndarray:
    """Probability of every choice before each of `choices`, by the step-by-step pass."""
    batch = task.batch(points).without_targets  # type: ignore[arg-type]
    constraint, found = task.constraint(), []
    with torch.inference_mode():
        encoded = model.encode(batch)
        decoding = model.start(encoded)
        progress = constraint.start(batch, model.num_choices(encoded))
        for choice in choices:
            scores, decoding = model.step(encoded, decoding, constraint.allowed(progress))
            found.append(scores[0].exp().numpy())
            made = torch.tensor([choice])
            progress, decoding = constraint.advance(progress, made), decoding.advance(made)
    return np.array(found)


@pytest.mark.parametrize("name", POINTERS)
@pytest.mark.parametrize("decoder", ["glimpse", "gru unattended"])
def test_what_a_pointer_tells_is_what_it_decodes_by(name: str, decoder: str) -> None:
    task = load_task(name)
    model, instances = make_model(task.spec, decoder), task.generate(7, 3, seed=5)
    choices, trace = decode_with_trace(model, task, instances, 1, parse_search("greedy"))
    expected = stepped(model, task, instances.subset([1]), choices.tolist())
    ends = int(task.spec.ends)
    assert trace.pointed is not None
    np.testing.assert_allclose(trace.pointed, expected[:, ends:], atol=1e-5)
    if ends:
        np.testing.assert_allclose(1 - trace.pointed.sum(1), expected[:, 0], atol=1e-5)
    if decoder == "gru unattended":
        np.testing.assert_array_equal(trace.weights, trace.pointed[None])
    pointing = pointing_of(task, instances, 1, choices, trace)
    if name == "sorting":
        assert pointing is None
    else:
        assert pointing is not None
        taken = expected[np.arange(len(choices)), choices]
        np.testing.assert_allclose(pointing.choice_probabilities, taken, atol=1e-5)


@pytest.mark.parametrize("search", ["greedy", "beam:4", "sample:8,temperature=3"])
@pytest.mark.parametrize("name", POINTERS)
def test_the_answer_that_is_explained_is_the_one_that_is_given(name: str, search: str) -> None:
    task = load_task(name)
    model, instances = make_model(task.spec), task.generate(8, 1, seed=2)
    found, generators = parse_search(search), [torch.Generator().manual_seed(4) for _ in range(2)]
    given = solve_instances(model, task, instances, found, generator=generators[0])[0]
    choices, _ = decode_with_trace(model, task, instances, 0, found, generators[1])
    np.testing.assert_array_equal(answer_of(task, instances, 0, choices), given)


def test_a_writer_that_never_looks_has_nothing_to_draw() -> None:
    task = load_task("text", {"problem": "reverse", "source_vocabulary": "ab"})
    model = make_model(task.spec, "gru unattended", "lstm")
    with pytest.raises(InputError, match="attention 'none'"):
        trace_along(model, task, task.generate(4, 1, seed=1), 0, [1, 0])


def test_the_order_is_numbered_and_each_line_has_its_choices_probability() -> None:
    ax = draw_order(HULL)
    (lines,) = (one for one in ax.collections if isinstance(one, LineCollection))
    ends = np.array(lines.get_segments())
    np.testing.assert_allclose(ends[:, 0], SQUARE[[0, 1, 2, 3]])
    np.testing.assert_allclose(ends[:, 1], SQUARE[[1, 2, 3, 0]])
    np.testing.assert_allclose(np.asarray(lines.get_array()), [0.9, 0.6, 1.0, 0.8])
    told = {tuple(label.xy): label.get_text() for label in ax.texts}  # type: ignore[attr-defined]
    expected = ["1\n70 %", "2\n90 %", "3\n60 %", "4"]
    assert told == {tuple(SQUARE[place]): text for place, text in enumerate(expected)}
    assert ax.get_title() == "4 choices, the least sure: 3 (60 %)"
    # What might have been chosen instead, from where the line had come to.
    doubts = np.array([line.get_xydata() for line in ax.lines])
    np.testing.assert_allclose(doubts, SQUARE[[[0, 2], [1, 3], [3, 4]]])


def test_a_step_shows_the_path_so_far_and_discs_as_large_as_probable() -> None:
    ax = draw_pointing(HULL, 2)
    path, chosen = (line.get_xydata() for line in ax.lines)
    np.testing.assert_allclose(path, SQUARE[[0, 1]])
    np.testing.assert_allclose(chosen, SQUARE[[1, 2]])
    discs = [one for one in ax.collections if isinstance(one, PathCollection)]
    sized = next(one for one in discs if len(one.get_sizes()) == 2)
    np.testing.assert_allclose(sized.get_offsets(), SQUARE[[2, 3]])
    sizes = sized.get_sizes()
    assert sizes[0] / sizes[1] == pytest.approx(0.6 / 0.4)
    assert ax.get_title() == "choice 3: point 2, 60 %"


def test_the_end_closes_the_curve() -> None:
    ax = draw_pointing(HULL, 4)
    np.testing.assert_allclose(ax.lines[-1].get_xydata(), SQUARE[[3, 0]])
    assert ax.get_title() == "choice 5: END, 80 %"
    tour = HULL._replace(chosen=HULL.chosen[:4], probabilities=HULL.probabilities[:4])
    ax = draw_pointing(tour, 3)
    np.testing.assert_allclose(ax.lines[-1].get_xydata(), SQUARE[[2, 3, 0]])


def test_drawings_take_axes_and_keep_to_one_frame() -> None:
    _, axes = new_figure(1, 3)
    assert draw_order(HULL, axes[0, 0]) is axes[0, 0]
    limits = [draw_pointing(HULL, step, axes[0, step + 1]).get_xlim() for step in range(2)]
    assert limits[0] == limits[1]
    assert draw_pointing(HULL, 0, axes[0, 1]) is axes[0, 1]


def frames(path: Path) -> list[np.ndarray]:
    with Image.open(path) as film_read:
        return [np.array(frame.convert("L")) for frame in ImageSequence.Iterator(film_read)]


def test_no_frame_of_a_film_shows_the_frames_before_it(tmp_path: Path) -> None:
    def draw(frame: int, ax: object) -> object:
        ax = axes_or_new(ax, 2, 2)  # type: ignore[arg-type]
        ax.scatter([frame], [0], s=400, color="black")
        ax.set(xlim=(-1, 4), ylim=(-1, 1))
        ax.set_axis_off()
        return ax

    path = write_animation(draw, 4, tmp_path / "new" / "dots.gif", speed=4)  # type: ignore[arg-type]
    shown = frames(path)
    dark = [np.argwhere(frame < 100) for frame in shown]
    assert len(shown) == 4
    counts = [len(places) for places in dark]
    assert min(counts) > 50
    assert max(counts) < 1.2 * min(counts)
    centres = [places[:, 1].mean() for places in dark]
    assert centres == sorted(centres)
    assert all(frame[0, 0] == 255 for frame in shown)
    with Image.open(path) as film_read:
        spans = [frame.info["duration"] for frame in ImageSequence.Iterator(film_read)]
    assert spans[:3] == [250] * 3
    assert spans[3] > 1500


def test_a_film_needs_its_suffix_and_something_to_show(tmp_path: Path) -> None:
    for name, count, told in (("a.mp4", 3, r"\.gif"), ("a.gif", 0, "at least one")):
        with pytest.raises(InputError, match=told):
            write_animation(lambda frame, ax: axes_or_new(ax), count, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


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


def test_numbers_that_are_sorted_are_named_by_their_value() -> None:
    task = load_task("sorting")
    instances = task.generate(3, 1, seed=1)
    values = [f"{value:.3g}" for value in np.asarray(instances.inputs[0]).reshape(-1)]
    positions, steps = task.presenter.positions_and_steps(instances, 0, [2, 0, 1])
    assert positions == values
    assert steps == [values[2], values[0], values[1]]
