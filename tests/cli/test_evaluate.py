"""`ptrnet evaluate --by-length` from the command line."""

import json

import pytest

WORDS = "CAT\tK AE T\nA\tAH\nREADING\tR EH D IH NG\nUNBELIEVABLE\tAH N B AH L IY V AH B AH L\n"


@pytest.fixture
def words(tmp_path):
    (tmp_path / "words.tsv").write_text(WORDS)
    return tmp_path / "words.tsv"


def test_figures_by_length_are_told_written_and_drawn(words, checkpoints, tmp_path, ptrnet):
    out, picture = tmp_path / "figures.json", tmp_path / "by_length.svg"
    line = ("evaluate", "text", "--data", words, "--checkpoint", checkpoints["text"])
    ran = ptrnet(*line, "--by-length", "3,7", "--json", out, "--plot", picture)
    assert (ran.code, ran.err) == (0, "")
    found = json.loads(out.read_text())["by_length"]
    assert [(one["low"], one["high"], one["count"]) for one in found] == [
        (1, 3, 2), (4, 7, 1), (8, None, 1),
    ]  # fmt: skip
    assert all({"per", "wer", "perplexity"} <= set(one["metrics"]) for one in found)
    assert "8 and more" in ran.out
    assert "<svg" in picture.read_text()[:2000]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("--by-length", "3,x"), "whole numbers such as 10,20,30"),
        (("--by-length", "7,3"), "rising whole numbers"),
        (("--plot", "p.png"), "--by-length"),
    ],
)
def test_what_cannot_be_split_is_refused_before_decoding(given, told, words, checkpoints, ptrnet):
    line = ("evaluate", "text", "--data", words, "--checkpoint", checkpoints["text"])
    ran = ptrnet(*line, *given)
    assert ran.code == 2
    assert told in ran.err
    assert ran.out == ""
