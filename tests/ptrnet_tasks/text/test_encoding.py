"""Texts as batches."""

from __future__ import annotations

import numpy as np
import pytest
from ptrnet_tasks.text.task import Text

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError

G2P = Text("g2p")
WORDS = Instances(
    ["AB", "ABSOLVES", "I"], [["AH B"], ["AE B Z AA L V Z", "AH B Z AA L V Z"], ["AY"]]
)


def test_training_draws_every_reference_and_validation_the_first() -> None:
    prepared = G2P.prepare(WORDS)
    rng = np.random.default_rng(0)

    def targets(drawn: np.random.Generator | None) -> tuple[str, ...]:
        return tuple(G2P.answers(prepared, list(G2P.batch(prepared, drawn).targets.numpy())))

    assert targets(None) == ("AH B", "AE B Z AA L V Z", "AY")
    seen = [targets(rng) for _ in range(200)]
    first = seen.count(("AH B", "AE B Z AA L V Z", "AY"))
    assert first + seen.count(("AH B", "AH B Z AA L V Z", "AY")) == 200
    assert 70 < first < 130


def test_prepared_instances_make_the_same_batches_in_any_order() -> None:
    words = G2P.source("cmudict:test").subset(range(100))
    order = np.random.default_rng(0).permutation(100)[:32]
    prepared = G2P.batch(G2P.prepare(words).subset(order), np.random.default_rng(5))
    plain = G2P.batch(words.subset(order), np.random.default_rng(5))
    for ours, theirs in zip(prepared, plain, strict=True):
        assert ours is theirs is None or ours.equal(theirs)


def test_words_without_answers_make_a_batch_without_targets() -> None:
    batch = G2P.batch(Instances(["hello", "I"]))
    assert batch.targets is None
    assert batch.inputs.equal(G2P.batch(Instances(["HELLO", "i"])).inputs)


@pytest.mark.parametrize(
    ("instances", "told"),
    [
        (Instances([]), "holds no text"),
        (Instances([""]), "source '' is empty"),
        (Instances(["  "]), "is empty"),
        (Instances(["A"], [[""]]), "target '' is empty"),
        (Instances(["NAÏVE"]), r"source 'NAÏVE' has the character 'Ï'; accepted are ' A B C"),
        (Instances(["R2D2"]), "the character '2'"),
        (Instances(["HI"], [["HH AY1"]]), "target 'HH AY1' has the token 'AY1'; accepted are AA"),
    ],
)
def test_text_that_has_no_answer_is_refused(instances: Instances, told: str) -> None:
    with pytest.raises(InputError, match=told):
        G2P.formats.check(instances)


def test_a_wrong_target_never_reaches_a_batch() -> None:
    with pytest.raises(InputError, match="the token 'QQ'"):
        G2P.batch(Instances(["HI"], [["HH QQ"]]))
