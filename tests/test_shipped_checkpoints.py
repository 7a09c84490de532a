"""Every shipped checkpoint answers as it did when its figures were made.

`python -m tests.test_shipped_checkpoints` records the file again, which only a change that is meant
to change answers may do.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
import torch

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.evaluation.decode import evaluating, solve_instances
from ptrnet_suite.model.checkpoint import find_checkpoint, load_checkpoint
from ptrnet_suite.model.checkpoint_files import shipped
from ptrnet_suite.search.sampling import Greedy
from ptrnet_suite.search.spec import parse_search
from ptrnet_suite.task.base import Task
from tests.locations import SAMPLES, SHARED, needs_data

RECORDED = SAMPLES / "shipped_checkpoints.json"
SEARCHES = ("greedy", "beam:4")
COUNT, SEED = 4, 2026
SIZES = {"captions": 4, "digits": 6, "tsp50": 50}
LINES = {
    "scan": [
        "jump twice and walk left",
        "run opposite right after look thrice",
        "walk",
        "turn left",
    ],
    "translation": [
        "ein Mann fährt Fahrrad.",
        "zwei Hunde spielen im Schnee.",
        "eine Frau liest ein Buch im Park.",
        "Kinder laufen über die Straße.",
    ],
}
WORDS = SHARED / "text/cmudict/g014b2b.test"
SMALL = 8_000_000
"""Bytes."""


def instances_for(name: str, task: Task) -> Instances:
    """A few instances of a size that the checkpoint knows."""
    family = name.partition("_")[0]
    if family in LINES:
        return Instances(LINES[family])
    return task.generate(SIZES.get(family, 20 if task.name != "text" else 8), COUNT, SEED)


def decoded(name: str) -> dict[str, Any]:
    """Choices, their log-probabilities and those along the greedy answer, each in one pass."""
    checkpoint = load_checkpoint(name)
    task, model = checkpoint.task, checkpoint.model
    batch = task.batch(instances_for(name, task)).without_targets
    found: dict[str, Any] = {}
    with evaluating(model):
        for spec in SEARCHES:
            hypotheses = parse_search(spec)(model, batch, task.constraint())
            found[spec] = {
                "choices": hypotheses.choices[:, 0].tolist(),
                "log_probabilities": hypotheses.log_probabilities[:, 0].double().tolist(),
            }
        constraint, encoded = task.constraint(), model.encode(batch)
        targets = torch.tensor(found["greedy"]["choices"])
        allowed = constraint.replay(batch, model.num_choices(encoded), targets)
        scores = model.along(encoded, targets, allowed)
        picked = scores.gather(2, targets.unsqueeze(2)).squeeze(2).double()
        found["along"] = picked.tolist()
    return found


@pytest.mark.parametrize("name", sorted(shipped()))
def test_a_shipped_checkpoint_gives_the_answers_and_log_probabilities_that_were_recorded(
    name: str,
) -> None:
    recorded = json.loads(RECORDED.read_text())[name]
    now = decoded(name)
    for spec in SEARCHES:
        assert now[spec]["choices"] == recorded[spec]["choices"]
        steps = np.array(recorded[spec]["choices"]).shape[1]
        difference = np.subtract(
            now[spec]["log_probabilities"], recorded[spec]["log_probabilities"]
        )
        assert np.abs(difference).max() / steps <= 1e-6
    assert np.abs(np.subtract(now["along"], recorded["along"])).mean() <= 1e-6


def test_no_shipped_checkpoint_is_missing_from_the_record() -> None:
    assert set(json.loads(RECORDED.read_text())) == set(shipped())


if __name__ == "__main__":
    RECORDED.parent.mkdir(exist_ok=True)
    RECORDED.write_text(json.dumps({name: decoded(name) for name in sorted(shipped())}) + "\n")


@needs_data
def test_one_small_model_makes_no_more_mistakes_than_the_papers_bi_lstms() -> None:
    checkpoint = load_checkpoint("g2p_transformer")
    words = checkpoint.task.counted(checkpoint.task.formats.read(WORDS))
    answers = solve_instances(checkpoint.model, checkpoint.task, words, Greedy())
    scores = checkpoint.task.evaluate(words, answers)
    phones, whole = scores["per"], scores["wer"].values
    assert phones.weights is not None
    assert len(whole) == 12_000
    assert whole.mean() <= 0.235  # Yao & Zweig 2015, bi-LSTM: 23.55 %
    assert phones.values.sum() / phones.weights.sum() <= 0.0545  # the same: 5.45 %
    assert find_checkpoint("g2p_transformer").stat().st_size <= SMALL
