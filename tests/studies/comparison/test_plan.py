"""Plans of comparisons."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from ptrnet_suite.errors import InputError
from ptrnet_suite.studies.comparison.plan import changed, parse_plan, read_plan, shipped_plans
from tests.studies.comparison.plans import PLAN, write
from tests.training.written import merged


def test_the_shipped_plan_is_sound_and_can_be_cut_down() -> None:
    assert "strategies" in shipped_plans()
    plan = read_plan("strategies")
    assert {"reverse", "sorting", "TSP20"} == set(plan.tasks)
    cut = changed(plan, 0.5, 2, ["TSP20"])
    assert (list(cut.tasks), cut.minutes, cut.seeds) == (["TSP20"], 0.5, 2)
    with pytest.raises(InputError, match="no task of the plan 'chess'"):
        changed(plan, None, None, ["chess"])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"colour": 1}, "colour"),
        ({"strategies": {"x": {"kind": "magic"}}}, "no strategy 'magic'"),
        ({"strategies": {}}, "at least one task and one strategy"),
        ({"strategies": {"a b": {"kind": "pomo"}, "A, b": {"kind": "pomo"}}}, "share a folder"),
        ({"stability": ["x"]}, "no strategy 'x'"),
        ({"tasks": {"x": {"task": "chess", "sizes": [3]}}}, "no task 'chess'"),
        (
            {"tasks": {"x": {"task": "tsp", "sizes": [3, 2]}}},
            r"tasks.x.sizes is \[3, 2\]",
        ),
        ({"seeds": 0}, "seeds is 0; accepted are whole numbers from 1 on"),
    ],
)
def test_a_wrong_plan_is_told_in_one_sentence(
    tmp_path: Path, change: dict[str, object], told: str
) -> None:
    with pytest.raises(InputError, match=told):
        read_plan(write(tmp_path, {**PLAN, **change}))


@pytest.mark.parametrize("name", sorted(shipped_plans()))
def test_every_shipped_plan_is_read_as_it_is_written(name: str) -> None:
    written = yaml.safe_load(shipped_plans()[name].read_text())
    plan = parse_plan(name)
    assert list(plan.tasks) == list(written["tasks"])
    for label, task_plan in plan.tasks.items():
        kept = task_plan.config.to_dict()
        assert merged(kept, written["tasks"][label].get("config", {})) == kept
