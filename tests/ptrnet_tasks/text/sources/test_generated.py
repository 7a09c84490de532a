"""Generated texts are seeded and answered by their rule."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ptrnet_tasks.text.task import Text

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.task.registry import bench_plan


@pytest.mark.parametrize("problem", ["letters", "dates", "numbers"])
def test_generated_texts_are_seeded_known_and_answered_by_the_rule(problem: str) -> None:
    task = Text(problem)
    found = task.label(task.generate(6, 200, 3))
    assert found.inputs == task.generate(6, 200, 3).inputs != task.generate(6, 200, 4).inputs
    task.formats.check(found)
    answers = task.references()["rule"].solve(found)
    assert task.metrics[0].name == "exact"
    assert task.evaluate(found, answers)["exact"].values.all()
    batch = task.batch(found)
    left = task.constraint().start(batch, task.spec.choices).left
    assert (batch.target_mask.sum(1) <= left).all()
    assert {case.table for case in bench_plan(task)} == {problem}
    for case in bench_plan(task):
        assert len(task.generate(case.size, 5, case.seed)) == 5


@given(st.lists(st.text("abcxyz", min_size=1, max_size=9), min_size=1))
def test_letters_come_back_in_order(texts: list[str]) -> None:
    found = Text("letters").label(Instances(texts))
    for text, (answer,) in zip(texts, found.solutions, strict=True):
        assert sorted(text) == [*answer]
