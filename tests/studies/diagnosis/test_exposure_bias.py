"""Known and own prefixes: models whose drift is known by construction, and brute force."""

from __future__ import annotations

import numpy as np
import pytest

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.studies.diagnosis.exposure_bias import FIGURES, ExposureBias, diagnose_exposure
from tests.studies.diagnosis.markov import Markov, checkpoint_of, line

KNOWN = "pqrs"
ASTRAY = {**line(KNOWN, "x"), "x": {"x": 1.0}}
RECOVERS = {**line(KNOWN, "x"), "x": {"q": 1.0}}
INSERTS = {**line(KNOWN, "x"), "x": {"p": 1.0}}
DELETES = line(KNOWN, "q")
PERFECT = line(KNOWN)


def exposed(chain: dict[str, dict[str, float]], count: int = 30) -> ExposureBias:
    instances = Instances([letter * 4 for letter in "a" * count], [[KNOWN]] * count)
    return diagnose_exposure(checkpoint_of(Markov({"a": chain})), "made", instances)


@pytest.mark.parametrize(
    ("chain", "expected"),
    [
        # Four letters and the end: five choices.
        (PERFECT, {"known_prefix": 1, "own_prefix": 1, "drift": 0, "drift_in_place": 0}),
        (ASTRAY, {"known_prefix": 4 / 5, "own_prefix": 0, "drift": 4 / 5, "drift_in_place": 4 / 5}),
        (RECOVERS, {"known_prefix": 4 / 5, "own_prefix": 4 / 5, "drift": 0, "drift_in_place": 0}),
        (INSERTS, {"own_prefix": 4 / 5, "drift": 0, "own_in_place": 0, "drift_in_place": 4 / 5}),
        # It ends one choice early; that choice is missing, and counts in place alone.
        (DELETES, {"own_prefix": 3 / 4, "drift": 0, "own_in_place": 0, "drift_in_place": 4 / 5}),
        (ASTRAY, {"no_error_before": 0, "after_error": 0, "after_error_known_prefix": 1}),
        (INSERTS, {"after_error": 1, "edit_rate": 1 / 4, "without_error": 0}),
        (DELETES, {"after_error": 1, "edit_rate": 1 / 4, "without_error": 0}),
        (PERFECT, {"edit_rate": 0, "without_error": 1}),
    ],
)
def test_drift_is_what_the_model_was_made_to_have(chain, expected) -> None:
    figures = exposed(chain).figures()
    assert set(figures) == set(FIGURES)
    assert {name: figures[name].value for name in expected} == pytest.approx(expected)
    for found in figures.values():
        assert np.isnan(found.value) or found.low <= found.value <= found.high


def test_no_error_leaves_nothing_to_say_of_what_comes_after_one() -> None:
    told = exposed(PERFECT).to_json()["metrics"]
    assert told["after_error"]["value"] is None
    assert told["drift"]["low"] < 0 < told["drift"]["high"]


def test_the_drift_of_two_kinds_of_inputs_is_their_mean_and_grows_step_by_step() -> None:
    chains = {"a": PERFECT, "b": ASTRAY}
    instances = Instances(["aaaa", "bbbb"] * 60, [[KNOWN]] * 120)
    exposure = diagnose_exposure(checkpoint_of(Markov(chains)), "made", instances)
    drift = exposure.figures()["drift"]
    assert drift.value == pytest.approx(0.4)
    assert 0.3 < drift.low < 0.4 < drift.high < 0.5
    steps = exposure.steps()
    assert [step.step for step in steps] == [1, 2, 3, 4, 5]
    # The first choice has no prefix yet.
    assert [step.drift.value for step in steps] == pytest.approx([0, 0.5, 0.5, 0.5, 0.5])
    assert [step.known_prefix.value for step in steps] == pytest.approx([0.5, 1, 1, 1, 1])


def test_steps_that_few_instances_have_are_left_out() -> None:
    long = [["pqrs"]] * 4 + [["pq"]] * 96
    instances = Instances(["aaaa"] * 100, long)
    exposure = diagnose_exposure(checkpoint_of(Markov({"a": PERFECT})), "made", instances)
    assert [step.step for step in exposure.steps()] == [1, 2, 3]
    assert [step.instances for step in exposure.steps()] == [100, 100, 100]
