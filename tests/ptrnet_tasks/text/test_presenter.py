"""Texts in words and pictures."""

from __future__ import annotations

from ptrnet_tasks.text.task import Text

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.reporting.answers import plot_answer

G2P = Text("g2p")
WORDS = Instances(
    ["AB", "ABSOLVES", "I"], [["AH B"], ["AE B Z AA L V Z", "AH B Z AA L V Z"], ["AY"]]
)


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
