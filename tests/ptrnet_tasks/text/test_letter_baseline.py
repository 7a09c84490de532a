"""The baseline that pronounces letters by their neighbours."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from ptrnet_tasks.text.letter_baseline import _best_alignment
from ptrnet_tasks.text.sources.lexicon import PHONES
from ptrnet_tasks.text.task import Text

from ptrnet_suite.data.instances import Instances

G2P = Text("g2p")


def test_the_letter_baseline_beats_guessing_by_far_but_is_no_network() -> None:
    words = G2P.source("cmudict:test")
    scores = G2P.evaluate(words, G2P.references()["letter_majority"].solve(words))
    per = scores["per"].values.sum() / scores["per"].weights.sum()
    assert 0.15 < per < 0.20
    assert G2P.references()["letter_majority"].solve(Instances(["ship"])) == ["SH IH P"]


def test_the_letter_baseline_aligns_as_well_as_trying_every_alignment() -> None:
    rng = np.random.default_rng(0)
    silent = len(PHONES)
    scores = rng.normal(size=(29, silent + 1))
    letters, phones = rng.integers(1, 28, (20, 6)), rng.integers(0, silent, (20, 4))
    found = _best_alignment(letters, phones, scores)
    for row, sounds, units in zip(letters, phones, found, strict=True):
        assert units[units != silent].tolist() == sounds.tolist()
        tried = []
        for places in combinations(range(6), 4):
            told = np.full(6, silent)
            told[list(places)] = sounds
            tried.append(scores[row, told].sum())
        assert scores[row, units].sum() == pytest.approx(max(tried))
