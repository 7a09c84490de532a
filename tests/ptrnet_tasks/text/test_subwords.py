"""Subwords: learnt the same every time, split as byte-pair encoding does, kept in the options."""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ptrnet_tasks.text.subwords import SPACE, Subwords, learn
from ptrnet_tasks.text.task import Text
from ptrnet_tasks.text.vocabulary import END_TOKEN, UNKNOWN

from ptrnet_suite.data.batch import END
from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.reporting.answers import plot_answer
from ptrnet_suite.training.config import DataConfig
from ptrnet_suite.training.stream import Stream

WORDS = ["der", "hund", "und", "die", "katze", "sehen", "den", "alten", "baum", "am", "see", "heim"]
RNG = np.random.default_rng(0)
GERMAN = [" ".join(RNG.choice(WORDS, 8)) for _ in range(60)]
ENGLISH = [text.replace("e", "ea").replace("d", "th") for text in GERMAN]
PAIRS = Instances(GERMAN, [[text] for text in ENGLISH])
OPTIONS = {"problem": "translation", "subword_size": 60}
MODEL = learn(GERMAN, 60)


def pieces_by_definition(text: str, model: Subwords) -> list[str]:
    """Merges the pair that was learnt first, the leftmost of equals, until none is known."""
    rank = {piece: place for place, piece in enumerate(model.pieces)}
    found = list(SPACE + text.replace(" ", SPACE))
    while True:
        pairs = ["".join(pair) for pair in pairwise(found)]
        known = [(rank[pair], place) for place, pair in enumerate(pairs) if pair in rank]
        if not known:
            return found
        place = min(known)[1]
        found[place : place + 2] = [pairs[place]]


def test_texts_are_split_as_byte_pair_encoding_does() -> None:
    for text in GERMAN:
        assert MODEL.split(text) == pieces_by_definition(text, MODEL)


def test_the_same_texts_teach_the_same_subwords() -> None:
    assert learn(GERMAN, 60) == MODEL
    assert learn(GERMAN, 50) != MODEL
    assert len(MODEL.pieces) == 60
    assert MODEL.pieces[:2] == (END_TOKEN, UNKNOWN)


LETTERS = sorted({*"".join(ENGLISH)} - {" "})
TEXT = st.lists(st.text(LETTERS, min_size=1, max_size=9), min_size=1).map(" ".join)
TRANSLATION = Text.from_training_data(PAIRS, **OPTIONS)


@settings(deadline=None)
@given(TEXT, st.integers(0, 9))
def test_a_text_comes_back_from_its_ids_however_it_was_split(text: str, seed: int) -> None:
    for dropout in (0.0, 0.3, 0.9):
        (ids,) = TRANSLATION.target_vocabulary.encode([text], dropout, seed)
        assert ids[-1] == END
        assert END not in ids[:-1]
        assert TRANSLATION.answers(PAIRS.subset([0]), [ids]) == [text]


def test_what_was_never_seen_is_unknown_and_nothing_writes_the_end() -> None:
    task = Text.from_training_data(PAIRS, **OPTIONS)
    found = task.batch(Instances([f"der 日 {END_TOKEN}"])).inputs[0].tolist()
    assert task.source_vocabulary.tokens.index(UNKNOWN) in found
    assert END not in found
    task.formats.check(Instances(["der 日 hund"]))


def test_dropped_merges_are_a_function_of_the_seed_and_make_texts_longer() -> None:
    plain = MODEL.encode(GERMAN, True)
    split = MODEL.encode(GERMAN, True, 0.1, seed=5)
    assert split == MODEL.encode(GERMAN, True, 0.1, seed=5) != MODEL.encode(GERMAN, True, 0.1, 6)
    drawn = [MODEL.encode(GERMAN, True, 0.1, seed) for seed in range(20)]
    longer = np.mean([sum(map(len, ids)) for ids in drawn]) / sum(map(len, plain))
    assert 1.1 < longer < 1.6
    letters = MODEL.encode(GERMAN, False, 0.999, seed=5)
    assert sum(map(len, letters)) > 0.98 * sum(len(text) + 1 for text in GERMAN)


def pair_of_files(folder: Path) -> str:
    for name, texts in (("a.de", GERMAN), ("a.en", ENGLISH)):
        (folder / name).write_text("\n".join(texts))
    return f"{folder / 'a.de'}+{folder / 'a.en'}"


def test_training_batches_depend_on_seed_and_step_alone(tmp_path: Path) -> None:
    name = pair_of_files(tmp_path)
    task = Text(**OPTIONS, subword_dropout=0.2).fitted([name])
    one, same, other = (Stream(task, DataConfig([name]), 8, seed) for seed in (1, 1, 2))
    for step in range(3):
        one.batch(step)
    again = same.batch(2)
    for ours, theirs in (
        (one.batch(2).inputs, again.inputs),
        (one.batch(2).targets, again.targets),
    ):
        assert ours.equal(theirs)
    assert one.batch(2).inputs.tolist() != other.batch(2).inputs.tolist()
    rows = [row for step in range(8) for row in one.batch(step).targets.numpy()]
    assert sorted(map(task.target_vocabulary.decode, rows)) == sorted(ENGLISH)


def test_validation_is_split_in_the_one_way_that_decoding_reads() -> None:
    task = Text.from_training_data(PAIRS, **OPTIONS, subword_dropout=0.5)
    batch = task.batch(task.prepare(PAIRS))
    assert batch.inputs.equal(task.batch(PAIRS).inputs)
    for text, row, mask in zip(GERMAN, batch.inputs, batch.input_mask, strict=True):
        tokens = [task.source_vocabulary.tokens[index] for index in row[mask]]
        assert tokens == task.source_vocabulary.tokenise(text)


@pytest.mark.parametrize("shared", [True, False])
def test_a_task_is_made_again_from_the_json_of_its_options(shared: bool) -> None:
    task = Text.from_training_data(PAIRS, **OPTIONS, shared_subwords=shared, case="upper")
    again = Text(**json.loads(json.dumps(task.options())))
    assert again.options() == task.options()
    assert again.spec == task.spec
    assert again.batch(PAIRS).targets.equal(task.batch(PAIRS).targets)
    assert (task.source_vocabulary.tokens == task.target_vocabulary.tokens) is shared
    assert task.spec.features == task.spec.choices == 60
    assert all(token.isupper() or token == SPACE for token in task.source_vocabulary.alphabet)


def test_one_side_may_have_subwords_and_the_other_words() -> None:
    task = Text.from_training_data(PAIRS, **OPTIONS, source_level="words")
    assert task.source_vocabulary.alphabet[0] in WORDS
    assert len(task.target_vocabulary) == 60
    assert Text(**task.options()).spec == task.spec


def test_answers_are_scored_and_told_by_words() -> None:
    task = Text.from_training_data(PAIRS, **OPTIONS)
    one = PAIRS.subset([0])
    words = ENGLISH[0].split()
    almost = " ".join(["wrong", *words[1:]])
    scores = task.evaluate(one, [almost])
    assert scores["exact"].values.tolist() == [0]
    assert scores["token_accuracy"].values.tolist() == [len(words) - 1]
    assert "bleu" in scores
    assert task.metrics[0].name == "bleu"
    assert (
        task.presenter.describe(one, 0, almost)
        == f"{GERMAN[0]} -> {almost} (reference: {ENGLISH[0]})"
    )
    ax = plot_answer(task, one, 0, almost, [ENGLISH[0]])
    assert ax.get_title() == f"1 of {len(words)} places differ: 1 substituted"
    import matplotlib.pyplot as plt

    plt.close("all")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"subword_size": 2}, "subword_size is 2; accepted are whole numbers from 3 on"),
        ({"subword_dropout": 1.0}, "subword_dropout is 1.0; accepted is 0 or more and less"),
        ({"source_vocabulary": ["a"]}, "accepted is none at the level of subwords"),
        ({"shared_subwords": True, "source_level": "words"}, "needs both levels to be subwords"),
        ({"source_subwords": "aGVsbG8="}, "no sentencepiece model in base64"),
        ({"target_subwords": "?"}, "no sentencepiece model in base64"),
    ],
)
def test_options_of_subwords_that_make_no_sense_are_refused(
    options: dict[str, object], told: str
) -> None:
    with pytest.raises(InputError, match=told):
        Text("translation", **options)


def test_subwords_need_a_level_data_and_room_for_every_character() -> None:
    with pytest.raises(InputError, match="no level is subwords"):
        Text("reverse", subword_dropout=0.1)
    with pytest.raises(InputError, match=r"not learnt yet; name training data in data.sources"):
        Text("translation").batch(PAIRS)
    with pytest.raises(InputError, match=r"subword_size is 10; accepted .* is at least \d\d"):
        learn(GERMAN, 10)
