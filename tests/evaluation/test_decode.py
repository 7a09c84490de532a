"""Several answers of a search to each instance."""

from __future__ import annotations

import numpy as np
import pytest
from ptrnet_tasks.tsp.task import TravellingSalesman

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.evaluation.decode import decode_instances, decode_n_best
from ptrnet_suite.search.spec import parse_search
from tests.networks import make_model

TASK = TravellingSalesman()
MODEL = make_model(TASK.spec)


def mixed_sizes() -> Instances:
    rng = np.random.default_rng(0)
    return Instances([rng.random((size, 2)) for size in (9, 4, 7, 4)])


@pytest.mark.parametrize("batch_size", [1, 2, None])
@pytest.mark.parametrize("search", ["greedy", "beam:5", "multistart/greedy"])
def test_the_first_of_several_answers_is_the_best_one(search: str, batch_size: int | None) -> None:
    instances, found = mixed_sizes(), parse_search(search)
    best = decode_instances(MODEL, TASK, instances, found, batch_size)
    several = decode_n_best(MODEL, TASK, instances, found, 3, batch_size)
    assert [len(answers) for answers in several] == [1 if search == "greedy" else 3] * 4
    for answer, answers in zip(best, several, strict=True):
        assert np.array_equal(answer.choices, answers[0].choices)
        assert len({tuple(one.choices.tolist()) for one in answers}) == len(answers)


def test_no_answer_stands_where_a_search_has_fewer_for_an_instance() -> None:
    rng = np.random.default_rng(1)
    instances = Instances([rng.random((size, 2)) for size in (3, 6)])
    several = decode_n_best(MODEL, TASK, instances, parse_search("beam:20"), 20)
    assert [len(answers) for answers in several] == [2, 20]
    assert all(np.isfinite(one.log_probability) for answers in several for one in answers)


def test_no_instances_have_no_answers() -> None:
    assert decode_n_best(MODEL, TASK, Instances([]), parse_search("greedy"), 2) == []
