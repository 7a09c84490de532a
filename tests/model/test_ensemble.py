"""Models that answer together."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
import torch

from ptrnet_suite.cli.main import main
from ptrnet_suite.data.batch import Batch
from ptrnet_suite.errors import InputError
from ptrnet_suite.model.checkpoint import load_checkpoint, save_checkpoint
from ptrnet_suite.model.config import ModelConfig
from ptrnet_suite.model.ensemble import Ensemble, together
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.search.spec import parse_search
from ptrnet_suite.task.registry import load_task
from tests.networks import DECODERS, ENCODERS, SPECS, every_sequence, make_batch, make_model, one_of

KINDS = [("gru", "lstm"), ("transformer", "ordered"), ("lstm fed", "gru forward")]
POINTING = [("glimpse", "transformer"), ("gru", "lstm"), ("transformer", "transformer")]


def members_of(name: str) -> list[Seq2Seq]:
    kinds = KINDS if name == "text" else POINTING
    spec = SPECS[name][0]
    return [make_model(spec, *kind, seed=seed) for seed, kind in enumerate(kinds)]


def mean_probability(members: list[Seq2Seq], batch: Batch, name: str, choices: list[int]) -> float:
    """Probability of one answer, choice by choice the mean of the members'."""
    constraint, targets = SPECS[name][1], torch.tensor([choices])
    allowed = constraint.masks_along(batch, members[0].num_choices_of(batch), targets)
    each = torch.stack([member(batch, targets, allowed).exp() for member in members]).mean(0)
    return float(each.gather(2, targets.unsqueeze(2)).log().sum())


@pytest.mark.parametrize("name", SPECS)
@torch.inference_mode()
def test_a_wide_beam_finds_the_answer_of_the_highest_mean_probability(name: str) -> None:
    members, constraint = members_of(name), SPECS[name][1]
    batch = make_batch(SPECS[name][0], [4, 3])
    found = parse_search("beam:200")(Ensemble(members), batch, constraint)  # type: ignore[arg-type]
    for index in range(2):
        alone = one_of(batch, index)
        best = max(
            mean_probability(members, alone, name, choices)
            for choices in every_sequence(alone, constraint, members[0].num_choices_of(alone))
        )
        assert float(found.log_probabilities[index, 0]) == pytest.approx(best, abs=1e-4)


@pytest.mark.parametrize("search", ["greedy", "beam:3", "beam:3,coverage_penalty=0.2", "sample:4"])
@torch.inference_mode()
def test_a_model_together_with_itself_answers_as_it_does_alone(search: str) -> None:
    spec, constraint = SPECS["text"]
    model, batch = make_model(spec, "gru"), make_batch(spec, [5, 2, 4])
    both = Ensemble([model, model])
    one, two = (
        parse_search(search)(each, batch, constraint, torch.Generator().manual_seed(1))  # type: ignore[arg-type]
        for each in (model, both)
    )
    assert torch.equal(one.choices, two.choices)
    torch.testing.assert_close(one.log_probabilities, two.log_probabilities)


def test_along_is_the_mean_of_the_members_probabilities() -> None:
    members, batch = members_of("text"), make_batch(SPECS["text"][0], [4, 3])
    targets = torch.tensor([[1, 2, 0], [3, 0, 0]])
    allowed = SPECS["text"][1].masks_along(batch, 4, targets)
    both = Ensemble(members)
    with torch.inference_mode():
        found = both.along(both.encode(batch), targets, allowed)
        expected = sum(member(batch, targets, allowed).exp() for member in members) / len(members)
    torch.testing.assert_close(found.exp(), expected)


@pytest.fixture
def saved(tmp_path: Path) -> list[str]:
    names = []
    for seed, (decoder, encoder) in enumerate(itertools.product(["gru", "lstm"], ["lstm"])):
        task = load_task("text", {"problem": "reverse"})
        torch.manual_seed(seed)
        config = ModelConfig(16, 0.0, ENCODERS[encoder], DECODERS[decoder])
        names.append(str(tmp_path / f"{decoder}.safetensors"))
        save_checkpoint(Path(names[-1]), Seq2Seq(config, task.spec), task, {"step": seed})
    return names


def test_the_command_line_takes_several_with_a_plus_and_tells_of_all(
    saved: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = tmp_path / "words.tsv"
    words.write_text("abc\tcba\nde\ted\n")
    given = ["evaluate", "text", "--checkpoint", "+".join(saved), "--data", str(words)]
    assert main([*given, "--search", "beam:2"]) == 0
    assert "gru+lstm" in capsys.readouterr().out
    assert main([*given, "--search", "active_search:2"]) == 2
    assert "trains one model" in capsys.readouterr().err


def test_checkpoints_of_different_tasks_are_refused(saved: list[str]) -> None:
    with pytest.raises(InputError, match="cannot answer together"):
        together([load_checkpoint(saved[0]), load_checkpoint("sorting")])
