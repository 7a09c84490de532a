"""In how many ways a problem can be given, and what is said of one that cannot be read."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from ptrnet_suite import InputError, load
from ptrnet_suite.data.instances import Instances

POINTS = np.random.default_rng(0).integers(0, 100, (6, 2))
FEWER = POINTS[:4]


class Table:
    """As a data frame: no sequence, but it turns itself into an array."""

    def __init__(self, content: np.ndarray) -> None:
        self.content = content

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.asarray(self.content, dtype)


ONE = {
    "integers": POINTS,
    "half floats": POINTS.astype(np.float16),
    "lists": POINTS.tolist(),
    "tuples": tuple(map(tuple, POINTS.tolist())),
    "rows as arrays": list(POINTS),
    "rows as tensors": list(torch.tensor(POINTS)),
    "numbers as numpy's": [[np.float32(x), np.int64(y)] for x, y in POINTS],
    "pairs from zip": zip(*POINTS.T.tolist(), strict=True),
    "tensor": torch.tensor(POINTS),
    "tensor that learns": torch.tensor(POINTS, dtype=torch.float32, requires_grad=True),
    "tensor in bfloat16": torch.tensor(POINTS, dtype=torch.bfloat16),
    "sparse tensor": torch.tensor(POINTS).to_sparse(),
    "tensor seen backwards": torch.tensor(POINTS).flip(0).numpy()[::-1],
    "table": Table(POINTS),
}

SEVERAL = {
    "a list": [POINTS, FEWER],
    "a tuple": (POINTS, FEWER),
    "a generator": (points for points in (POINTS, FEWER)),
    "an iterator": iter([POINTS, FEWER]),
    "a dictionary's values": {"a": POINTS, "b": FEWER}.values(),
    "nested lists": [POINTS.tolist(), FEWER.tolist()],
    "mixed kinds": [torch.tensor(POINTS), Table(FEWER)],
    "instances": Instances([POINTS, FEWER], solutions=[None, None]),
}


@pytest.mark.parametrize("kind", ONE)
def test_one_problem_in_any_form_has_the_same_one_answer(
    kind: str, saved: Callable[..., str]
) -> None:
    solver = load(saved("tsp"), device="cpu")
    tour = solver.solve(ONE[kind])
    assert isinstance(tour, np.ndarray)
    assert np.array_equal(tour, solver.solve(POINTS.astype(float)))


@pytest.mark.parametrize("kind", SEVERAL)
def test_several_problems_of_different_sizes_in_any_form_have_a_list_of_answers(
    kind: str, saved: Callable[..., str]
) -> None:
    solver = load(saved("tsp"), device="cpu")
    tours = solver.solve(SEVERAL[kind])
    assert isinstance(tours, list)
    expected = [solver.solve(POINTS), solver.solve(FEWER)]
    assert all(map(np.array_equal, tours, expected))


@pytest.mark.parametrize(
    "batch",
    [POINTS[None], torch.tensor(POINTS)[None], [POINTS], [POINTS.tolist()], iter([POINTS])],
)
def test_a_batch_of_one_has_a_list_of_one_answer(batch: Any, saved: Callable[..., str]) -> None:
    tours = load(saved("tsp"), device="cpu").solve(batch)
    assert isinstance(tours, list)
    assert len(tours) == 1


REFUSED = {
    "None": (None, "None cannot be read"),
    "a number": (3, "the number 3"),
    "a text": ("abc", "the text 'abc'"),
    "bytes": (b"abc", "a text of bytes"),
    "a dict": ({"points": POINTS}, "a dict"),
    "a set": ({(0, 0), (1, 1), (0, 1)}, "a set"),
    "an object": (object(), "an object"),
    "nothing": ([], "an empty list"),
    "an iterator of nothing": (iter(()), "an empty tuple_iterator"),
    "a batch of none": (np.zeros((0, 5, 2)), r"shape \(0, 5, 2\), which holds no problem"),
    "no points": (np.zeros((0, 2)), r"shape \(0, 2\), which is empty"),
    "a row": (np.zeros(3), r"a problem of shape \(3,\)"),
    "too many axes": (np.zeros((2, 3, 4, 2)), r"shape \(2, 3, 4, 2\)"),
    "another width": (np.zeros((5, 3)), r"shape \(5, 3\)"),
    "another width among several": ([POINTS, POINTS[:, :1]], r"problem 2 of shape \(6, 1\)"),
    "unequal rows": ([[0, 1], [1, 2, 3]], "rows that hold 2 and 3 numbers"),
    "a problem and a row": ([POINTS, POINTS[0]], "items have 1 and 2 axes"),
    "lists of lists of problems": ([[POINTS], [FEWER]], "a list of lists of problems"),
    "None among several": ([POINTS, None], "None"),
    "a text among numbers": ([[1, 2], ["x", 3], [4, 5]], "the text 'x'"),
    "objects": (np.array([POINTS, FEWER], dtype=object), "an array of objects"),
    "texts": (POINTS.astype(str), "an array of texts"),
    "dates": (np.array(["2020-01-01"], "datetime64[D]"), "an array of datetime64"),
    "complex numbers": (POINTS * 1j, "complex numbers"),
    "a complex tensor": (torch.tensor(POINTS * 1j), "complex numbers"),
    "a huge number": ([[10**400, 1], [1, 2], [3, 4]], "a number beyond the largest"),
    "a masked array": (np.ma.masked_array(POINTS, POINTS > 50), "masked"),
    "a tensor without data": (torch.empty(5, 2, device="meta"), "holds no numbers"),
    "instances of nothing": (Instances([]), "without a problem"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_no_problem_is_named_beside_what_is_accepted(
    kind: str, saved: Callable[..., str]
) -> None:
    problem, sentence = REFUSED[kind]
    with pytest.raises(InputError, match=sentence) as caught:
        load(saved("tsp"), device="cpu").solve(problem)
    message = str(caught.value)
    assert "\n" not in message
    accepted = "tsp takes (n, 2) for one problem, and (batch, n, 2) or a list for several"
    assert message.endswith(accepted)


@pytest.mark.parametrize("method", ["solve", "solutions", "attention", "plot_attention"])
def test_what_the_task_refuses_is_refused_by_every_method(
    method: str, saved: Callable[..., str]
) -> None:
    points = POINTS.astype(float)
    points[2, 1] = np.nan
    with pytest.raises(InputError, match="point 3 is NaN or infinite"):
        getattr(load(saved("tsp"), device="cpu"), method)(points)


def test_of_one_number_a_position_the_last_axis_may_be_left_out(
    saved: Callable[..., str],
) -> None:
    solver = load(saved("sorting"), device="cpu")
    column = np.array([[3.0], [1.0], [2.0]])
    order = solver.solve(column)
    for one in ([3, 1, 2], torch.tensor([3, 1, 2]), column.tolist(), range(3, 0, -1)):
        assert isinstance(solver.solve(one), np.ndarray)
        assert len(solver.solve(one)) == 3
    assert np.array_equal(solver.solve([3, 1, 2]), order)
    for several in ([[3, 1, 2], [9, 7, 8]], [[3, 1, 2], [9, 7]], np.stack([column, column])):
        answers = solver.solve(several)
        assert len(answers) == 2
        assert np.array_equal(answers[0], order)
    with pytest.raises(InputError, match=re.escape("sorting takes (n,) or (n, 1) for one")):
        solver.solve(np.zeros((2, 3, 4)))


def test_a_text_has_one_answer_and_texts_have_several(saved: Callable[..., str]) -> None:
    solver = load(saved("text"), device="cpu")
    one = solver.solve("abc")
    assert isinstance(one, str)
    texts = ["abc", "de"]
    both = [one, solver.solve("de")]
    for several in (texts, tuple(texts), iter(texts), np.array(texts), np.array(texts, object)):
        assert solver.solve(several) == both
    assert solver.solve(["abc"]) == [one]
    assert solver.solve(np.str_("abc")) == one


@pytest.mark.parametrize(
    ("problem", "sentence"),
    [
        (3, "the number 3"),
        (None, "None"),
        ([], "an empty list"),
        (["abc", 3], "item 2 is the number 3"),
        ([["abc"]], "item 1 is a list"),
        ({"abc"}, "a set"),
        (POINTS, r"an array of shape \(6, 2\)"),
    ],
)
def test_what_is_no_text_is_named(problem: Any, sentence: str, saved: Callable[..., str]) -> None:
    with pytest.raises(InputError, match=sentence) as caught:
        load(saved("text"), device="cpu").solve(problem)
    assert str(caught.value).endswith("text takes a text, or a list of texts for several")


def test_images_of_any_number_type_and_width_are_read() -> None:
    solver = load("digits", device="cpu")
    ink = (np.random.default_rng(0).random((12, 28)) > 0.6).astype(np.uint8) * 255
    one = solver.solve(ink)
    assert isinstance(one, str)
    same = (ink / 255, ink > 0, ink.tolist(), torch.tensor(ink), list(ink), ink.astype(int))
    assert [solver.solve(image) for image in same] == [one] * len(same)
    assert solver.solve(np.stack([ink, ink])) == [one, one]
    assert solver.solve([ink, ink[:, :14]]) == [one, solver.solve(ink[:, :14])]


@pytest.mark.parametrize(
    ("image", "sentence"),
    [
        (np.zeros((5, 20)), "where 12 rows of pixels are needed"),
        (np.zeros((12, 0)), "which is empty"),
        (np.full((12, 9), np.nan), "NaN or infinite pixels"),
        (np.zeros(12), r"shape \(12,\)"),
    ],
)
def test_what_is_no_image_is_named(image: np.ndarray, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        load("digits", device="cpu").solve(image)
