"""Search and model errors where they are known: written by hand, or by listing every answer."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.evaluation.decode import decode_instances
from ptrnet_suite.search.spec import parse_search
from ptrnet_suite.studies.diagnosis.search_errors import (
    OUTCOMES,
    SearchDiagnosis,
    SearchResult,
    diagnose_searches,
)
from ptrnet_suite.task.registry import load_task
from tests.networks import make_model
from tests.search.enumeration import every_answer
from tests.studies.diagnosis.markov import TEXT, Markov, checkpoint_of, line

GARDEN_PATH = {
    # Greedy takes p, of which each end is worth 0.3; the argmax is q with 0.4.
    "^": {"p": 0.6, "q": 0.4},
    "p": {"r": 0.5, "s": 0.5},
    "q": {"$": 1.0},
    "r": {"$": 1.0},
    "s": {"$": 1.0},
}
UNSURE = {
    # Greedy's x is the argmax with 0.2, but each first letter must be tried to know it.
    "^": {"x": 0.4, "y": 0.3, "z": 0.3},
    "x": {"$": 0.5, "y": 0.25, "z": 0.25},
    "y": {"x": 0.3, "y": 0.3, "z": 0.3, "$": 0.1},
    "z": {"x": 0.3, "y": 0.3, "z": 0.3, "$": 0.1},
}
BUDGET = 3
KINDS = {
    # input -> what the model makes of it, the known answer, what becomes of greedy's
    "a": (line("pq"), "pq", "right_argmax"),
    "b": (GARDEN_PATH, "q", "search_error"),
    "c": (GARDEN_PATH, "pr", "right_not_argmax"),
    "d": (line("pq"), "x", "model_error"),
    "e": (GARDEN_PATH, "x", "model_error"),
    "f": (UNSURE, "x", "unproved"),
}
INSTANCES = Instances(list(KINDS), [[answer] for _, answer, _ in KINDS.values()])
MODEL = Markov({kind: chain for kind, (chain, _, _) in KINDS.items()})
HAND_MADE = checkpoint_of(MODEL)


def outcome_of_each(diagnosis: SearchDiagnosis, found: SearchResult) -> list[str]:
    outcomes = diagnosis.outcomes(found)
    return [
        next(name for name, which in outcomes.items() if which[index])
        for index in range(len(diagnosis.proved))
    ]


def test_what_became_of_greedys_answers_is_told_for_a_model_written_by_hand() -> None:
    diagnosis = diagnose_searches(HAND_MADE, INSTANCES, ["greedy", "beam:2"], budget=BUDGET)
    greedy, beam = diagnosis.searches
    assert outcome_of_each(diagnosis, greedy) == [outcome for _, _, outcome in KINDS.values()]
    assert greedy.missed.tolist() == [False, True, True, False, True, False]
    wide = ["right_argmax", "right_argmax", "model_error", "model_error", "model_error", "unproved"]
    assert outcome_of_each(diagnosis, beam) == wide
    assert not beam.missed[:5].any()


def test_shares_and_their_bounds_count_what_is_not_proved() -> None:
    diagnosis = diagnose_searches(HAND_MADE, INSTANCES, ["greedy"], budget=BUDGET)
    shares = diagnosis.shares(diagnosis.searches[0])
    expected = {
        "right_argmax": 1 / 6,
        "model_error": 2 / 6,
        "unproved": 1 / 6,
        "right": 3 / 6,
        "missed_argmax": 3 / 5,
        "missed_at_least": 3 / 6,
        "missed_at_most": 4 / 6,
    }
    for name, value in expected.items():
        assert shares[name].estimate.value == pytest.approx(value)
        assert shares[name].estimate.low < value < shares[name].estimate.high


def test_nothing_is_claimed_where_nothing_is_proved() -> None:
    told = diagnose_searches(HAND_MADE, INSTANCES.subset([5]), ["greedy"], budget=BUDGET).to_json()
    shares = told["searches"]["greedy"]["shares"]
    assert told["exhaustive"]["proved"]["value"] == 0
    assert shares["unproved"]["value"] == 1
    assert shares["missed_argmax"]["value"] is None
    assert shares["missed_at_most"]["value"] == 1


def test_a_more_probable_answer_that_another_search_found_is_a_search_error_without_proof() -> None:
    # 3 hypotheses prove nothing here; r after p is worth 0.51 x 0.4, y alone 0.49.
    chain = {
        "^": {"p": 0.51, "y": 0.49},
        **{one: {"p": 0.4, "r": 0.35, "$": 0.25} for one in ("p", "r")},
        "y": {"$": 1.0},
    }
    checkpoint = checkpoint_of(Markov({"a": chain}))
    instances = Instances(["a"], [["y"]])
    diagnosis = diagnose_searches(checkpoint, instances, ["greedy", "beam:8"], budget=1)
    assert diagnosis.proved.tolist() == [False]
    assert [found.missed.tolist() for found in diagnosis.searches] == [[True], [False]]


def meaning(name: str, choices: list[int]) -> object:
    """What a sequence means, told apart by hand: a tour by its edges, a hull by its turns."""
    if name == "tsp":
        following = choices[1:] + choices[:1]
        return {frozenset(edge) for edge in zip(choices, following, strict=True)}
    if name == "convex_hull":
        start = choices.index(min(choices))
        return choices[start:] + choices[:start]
    return choices


@pytest.mark.parametrize("name", ["tsp", "convex_hull", "sorting"])
def test_it_agrees_with_a_list_of_every_answer(name: str) -> None:
    task = load_task(name)
    model = make_model(task.spec, "gru", seed=3)
    instances = task.label(task.generate(5, 20, 1))
    searches = ["greedy", "beam:3", "multistart/greedy", "sample:2"]
    diagnosis = diagnose_searches(checkpoint_of(model, task), instances, searches)
    assert diagnosis.proved.all()
    metric = "optimal" if name == "tsp" else "exact"
    decoded = [
        decode_instances(
            model, task, instances, parse_search(search), None, torch.Generator().manual_seed(0)
        )
        for search in searches
    ]
    seen = []
    for index in range(len(instances)):
        one = instances.subset([index])
        with torch.inference_mode():
            answers, totals = every_answer(model, task.batch(one), task.constraint())
        listed = [_without_end(task, answer) for answer in answers.tolist()]
        for each, found in zip(decoded, diagnosis.searches, strict=True):
            made = each[index].choices.tolist()
            below = float(totals[0] - totals[listed.index(made)])
            missed = below > 1e-4 and meaning(name, made) != meaning(name, listed[0])
            assert found.missed[index] == missed
            answer = task.answers(one, [np.array(made)])
            right = bool(task.evaluate(one, answer)[metric].values[0])
            assert found.right[index] == right
            seen.append(missed)
    assert True in seen
    assert False in seen


def _without_end(task, answer: list[int]) -> list[int]:  # type: ignore[no-untyped-def]
    return answer[: answer.index(0)] if task.spec.ends and 0 in answer else answer


def test_a_search_that_goes_by_cost_may_leave_the_argmax_for_a_shorter_tour() -> None:
    task = load_task("tsp")
    checkpoint = checkpoint_of(make_model(task.spec, seed=1), task)
    instances = task.generate(6, 20, 2)
    by_cost, by_probability = (
        diagnose_searches(checkpoint, instances, ["beam:60"], by_cost=which)
        for which in (True, False)
    )
    # Some 60 tours: a beam of that width has them nearly all.
    assert by_cost.searches[0].right.mean() > by_probability.searches[0].right.mean()
    assert by_cost.searches[0].missed.any()
    assert not by_probability.searches[0].missed.any()


booleans = st.lists(st.tuples(*[st.booleans()] * 4), min_size=1, max_size=20)


@given(booleans)
def test_every_instance_has_exactly_one_outcome(rows: list[tuple[bool, ...]]) -> None:
    proved, right, missed, mended = np.array(rows).T
    metric = TEXT.metrics[0]
    best = SearchResult("exhaustive", 0.0, {}, mended, np.zeros_like(mended))
    found = SearchResult("greedy", 0.0, {}, right, missed)
    diagnosis = SearchDiagnosis(TEXT, metric, 1, True, proved, best, [found])
    outcomes = diagnosis.outcomes(found)
    assert list(outcomes) == list(OUTCOMES)
    assert (np.sum(list(outcomes.values()), 0) == 1).all()


def test_an_unknown_search_and_unknown_answers_are_refused() -> None:
    with pytest.raises(InputError, match="guess"):
        diagnose_searches(HAND_MADE, INSTANCES, ["guess"])
    task = load_task(
        "text", {"problem": "files", "source_vocabulary": "ab", "target_vocabulary": "ab"}
    )
    unknown = Instances(["a b"])
    with pytest.raises(InputError):
        diagnose_searches(checkpoint_of(MODEL, task), unknown, ["greedy"])
