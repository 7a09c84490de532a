"""Pictures: files of every kind, labels that can be read, readable on white and on black."""

from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.image import imread
from matplotlib.text import Annotation

from ptrnet_suite.errors import InputError
from ptrnet_suite.evaluation.statistics import Estimate
from ptrnet_suite.reporting.charts import (
    TradeOffPoint,
    gap_against_time,
    lines_with_intervals,
    training_curves,
)
from ptrnet_suite.reporting.style import INK, PALETTE, new_figure, save


def around(value: float, half: float = 0.01) -> Estimate:
    return Estimate(value, value - half, value + half)


METHODS = [
    TradeOffPoint("tsp50, greedy", 1.0e-3, around(0.025), True),
    TradeOffPoint("tsp50, beam:8", 1.3e-3, around(0.024), True),
    TradeOffPoint("farthest insertion", 1.1e-3, around(0.026)),
    TradeOffPoint("christofides", 2e-2, around(0.12)),
    TradeOffPoint("nearest neighbour", 1e-4, around(0.25)),
    TradeOffPoint("fast-tsp", 5e-3, around(0.0, 0.0)),
]


def contrast(first: str, second: str) -> float:
    """Contrast ratio of WCAG 2.1."""

    def luminance(colour: str) -> float:
        parts = np.array(to_rgb(colour))
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("page", ["#ffffff", "#0d1117"])
def test_words_and_lines_stand_out_on_white_and_on_near_black(page: str) -> None:
    assert contrast(INK, page) >= 3.9
    assert min(contrast(colour, page) for colour in PALETTE) >= 2


@pytest.mark.parametrize(
    ("suffix", "start"), [(".png", b"\x89PNG"), (".svg", b"<?xml"), (".pdf", b"%PDF")]
)
def test_a_picture_is_saved_as_its_suffix_says(tmp_path: Path, suffix: str, start: bytes) -> None:
    path = save(new_figure()[0], tmp_path / "new" / f"picture{suffix}")
    assert path.read_bytes().startswith(start)
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_another_suffix_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"\.png, \.svg, \.pdf"):
        save(new_figure()[0], tmp_path / "picture.gif")


def test_the_same_picture_is_the_same_bytes(tmp_path: Path) -> None:
    figures = [gap_against_time(METHODS).figure for _ in range(2)]
    first, second = (save(figure, tmp_path / f"{place}" / "gap.svg")
                     for place, figure in enumerate(figures))  # fmt: skip
    assert first.read_bytes() == second.read_bytes()


def test_a_picture_has_no_background(tmp_path: Path) -> None:
    pixels = imread(save(new_figure()[0], tmp_path / "empty.png"))
    assert pixels[0, 0, 3] == 0


def test_names_of_methods_lie_on_nothing() -> None:
    ax = gap_against_time(METHODS)
    ax.figure.draw_without_rendering()
    labels = [text for text in ax.texts if isinstance(text, Annotation)]
    assert [label.get_text() for label in labels] == [method.name for method in METHODS]
    boxes = [label.get_window_extent() for label in labels]
    frame = ax.get_window_extent()
    points = ax.transData.transform([(1000 * m.seconds, 100 * m.estimate.value) for m in METHODS])
    for place, box in enumerate(boxes):
        assert box.count_overlaps(boxes[place + 1 :]) == 0
        assert box.count_contains(points) == 0
        assert frame.x0 <= box.x0 < box.x1 <= frame.x1


def test_a_chart_draws_into_the_axes_it_is_given() -> None:
    _, axes = new_figure(1, 3)
    charts = [
        lines_with_intervals({"ours": {5: around(0.9)}}, ax=axes[0, 0]),
        gap_against_time(METHODS, ax=axes[0, 1]),
        training_curves({"run": {"x": [1, 2], "y": [3.0, 2.0]}}, ax=axes[0, 2]),
    ]
    assert charts == list(axes.flat)


def test_accuracy_is_drawn_in_per_cent_with_its_interval_beside_published_figures() -> None:
    ax = lines_with_intervals(
        {"ours": {50: Estimate(0.9, 0.88, 0.91), 5: Estimate(1.0, 0.99, 1.0)}},
        {"Ptr-Net (2015)": {50: 0.726}},
    )
    bars, (line, dashed) = ax.containers[0], [ax.lines[0], ax.lines[-1]]
    assert line.get_xydata() == pytest.approx(np.array([[5, 100], [50, 90]]))
    ends = np.array(bars.lines[2][0].get_segments())
    assert ends[:, :, 1] == pytest.approx(np.array([[99, 100], [88, 91]]))
    assert dashed.get_xydata() == pytest.approx(np.array([[50, 72.6]]))
    legend = [text.get_text() for text in ax.get_legend().get_texts()]
    assert legend == ["ours", "Ptr-Net (2015)"]
