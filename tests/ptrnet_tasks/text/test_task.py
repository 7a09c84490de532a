"""The text task from outside: generated problems, batches, references, bad input, pictures."""

from itertools import combinations
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ptrnet_tasks.text.letter_baseline import _best_alignment
from ptrnet_tasks.text.problems import PHONES
from ptrnet_tasks.text.task import Text

from ptrnet_suite.data.batch import END
from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.reporting.answers import plot_answer

mpl.use("Agg")
G2P = Text("g2p")
WORDS = Instances(
    ["AB", "ABSOLVES", "I"], [["AH B"], ["AE B Z AA L V Z", "AH B Z AA L V Z"], ["AY"]]
)


@pytest.mark.parametrize("problem", ["reverse", "copy"])
def test_generated_strings_are_seeded_and_answered_by_the_rule(problem: str) -> None:
    task = Text(problem)
    found = task.label(task.generate(7, 50, 3))
    assert found.inputs == task.generate(7, 50, 3).inputs != task.generate(7, 50, 4).inputs
    assert {len(text) for text in found.inputs} == {7}
    step = -1 if problem == "reverse" else 1
    assert found.solutions == [[text[::step]] for text in found.inputs]
    rule = task.references()["rule"]
    assert task.evaluate(found, rule.solve(found))["exact"].values.all()


def test_every_letter_is_drawn_about_as_often() -> None:
    letters = "".join(Text().generate(20, 1300, 0).inputs)
    counts = [letters.count(letter) for letter in "abcdefghijklmnopqrstuvwxyz"]
    assert sum(counts) == len(letters) == 26_000
    assert min(counts) > 850
    assert max(counts) < 1150


def test_a_sentence_is_reversed_word_by_word_at_the_level_of_words() -> None:
    alphabet = ["one", "two", "three"]
    task = Text("reverse", alphabet, alphabet, "words", "words")
    found = task.label(task.generate(4, 20, 0))
    assert [known.split() for (known,) in found.solutions] == [
        text.split()[::-1] for text in found.inputs
    ]


def test_generated_words_have_the_length_and_are_no_test_words() -> None:
    found = G2P.generate(9, 40, 1)
    assert {len(word) for word in found.inputs} == {9}
    assert len(set(found.inputs)) == 40
    assert set(found.inputs) <= set(G2P.source("cmudict:valid").inputs)
    assert found.solutions is None
    assert all(G2P.label(found).solutions)
    assert len(G2P.generate(16, 500, 1)) == 500


@settings(deadline=None)
@given(st.lists(st.text("abcxyz", min_size=1, max_size=9), min_size=1, max_size=6))
def test_targets_are_what_the_answer_must_choose(texts: list[str]) -> None:
    task = Text("reverse")
    found = task.label(Instances(texts))
    batch = task.batch(found)
    assert batch.input_mask.sum(1).tolist() == [len(text) for text in texts]
    assert batch.target_mask.sum(1).tolist() == [len(text) + 1 for text in texts]
    assert (batch.targets[~batch.target_mask] == END).all()
    choices = [
        row[mask][:-1].numpy() for row, mask in zip(batch.targets, batch.target_mask, strict=True)
    ]
    assert task.answers(found, choices) == [text[::-1] for text in texts]
    assert task.constraint().limit(batch) > max(map(len, texts))


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


def test_a_vocabulary_is_learnt_from_all_sources_of_a_training_run(tmp_path: Path) -> None:
    for name, text in (("one", "a b\tx\n"), ("two", "b b\ty\n")):
        (tmp_path / name).write_text(text)
    task = Text("files", smallest_count=2).fitted([str(tmp_path / "one"), str(tmp_path / "two")])
    assert task.source_vocabulary.alphabet == ("b",)
    assert task.target_vocabulary.alphabet == ()
    assert task.spec.features == 2
    assert G2P.fitted([]) is G2P


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


@pytest.mark.parametrize(
    ("problem", "size", "distribution", "told"),
    [
        ("files", 5, "uniform", "not generated"),
        ("reverse", 0, "uniform", "size 0"),
        ("reverse", 5, "zipf", "accepted are uniform"),
        ("g2p", 99, "uniform", "no word has 99 letters; accepted are 1, 2, 3"),
    ],
)
def test_what_cannot_be_generated_is_refused(
    problem: str, size: int, distribution: str, told: str
) -> None:
    with pytest.raises(InputError, match=told):
        Text(problem).generate(size, 10, 0, distribution)


def test_a_word_that_is_not_in_the_dictionary_cannot_be_labelled() -> None:
    with pytest.raises(InputError, match="'QXZW' is not in the CMU dictionary"):
        G2P.label(Instances(["hello", "qxzw"]))


def test_an_answer_is_told_with_its_reference_only_when_it_is_wrong() -> None:
    assert G2P.presenter.describe(Instances(["HI"]), 0, "HH AY") == "HI -> HH AY"
    assert G2P.presenter.describe(WORDS, 1, "AH B Z AA L V Z") == "ABSOLVES -> AH B Z AA L V Z"
    assert G2P.presenter.describe(WORDS, 0, "B") == "AB -> B (reference: AH B)"


def test_a_picture_shows_every_token_and_counts_the_edits() -> None:
    import matplotlib.pyplot as plt

    ax = plot_answer(G2P, WORDS, 1, "AH B S AA L V", WORDS.solutions[1])
    assert ax.get_title() == "2 of 7 places differ: 1 substituted, 1 missing"
    shown = [text.get_text() for text in ax.texts]
    assert shown == [
        "source", *"ABSOLVES",
        "answer", *["AH", "B", "S", "AA", "L", "V", "–"],
        "reference", *["AH", "B", "Z", "AA", "L", "V", "Z"],
    ]  # fmt: skip
    given_ax = plt.figure().subplots()
    assert plot_answer(G2P, WORDS, 0, "AH B", "AH B", given_ax) is given_ax
    assert given_ax.get_title() == "right"
    assert plot_answer(G2P, WORDS, 0, "AH B").get_title() == "answer"
    plt.close("all")
