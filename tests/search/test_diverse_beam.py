"""Beams whose groups differ."""

from __future__ import annotations

from collections import Counter

import pytest
import torch

from ptrnet_suite.data.batch import END, Batch
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.search.beam import Beam
from ptrnet_suite.search.diverse_beam import DiverseBeam
from ptrnet_suite.search.sampling import Greedy
from ptrnet_suite.task.constraint import Constraint
from tests.networks import SPECS, make_batch, make_model, one_of


@pytest.mark.parametrize("name", ["tour", "sorting"])
@torch.inference_mode()
def test_a_diverse_beam_of_one_group_is_a_beam(name: str) -> None:
    spec, constraint = SPECS[name]
    model, batch = make_model(spec), make_batch(spec, [6, 6])
    diverse = DiverseBeam(5, groups=1)(model, batch, constraint)
    assert torch.equal(diverse.choices, Beam(5)(model, batch, constraint).choices)


@torch.inference_mode()
def test_groups_differ_the_more_the_dearer_sameness_is() -> None:
    spec, constraint = SPECS["sorting"]
    model, batch = make_model(spec), make_batch(spec, [6] * 4)
    same = DiverseBeam(3, groups=3, diversity=0.0)(model, batch, constraint)
    greedy = Greedy()(model, batch, constraint)
    assert torch.equal(same.choices, greedy.choices.expand_as(same.choices))
    apart = DiverseBeam(3, groups=3, diversity=1e6)(model, batch, constraint)
    for firsts in apart.choices[:, :, 0].tolist():
        assert len(set(firsts)) == 3
    assert (apart.choices == greedy.choices).all(2).any(1).all()  # the first group is a beam


Answer = tuple[tuple[int, ...], float]


def groups_by_hand(
    model: Seq2Seq,
    batch: Batch,
    constraint: Constraint,
    groups: int,
    width: int,
    diversity: float,
) -> list[Answer]:
    """Algorithm 1 of Vijayakumar et al. for a batch of one, hypothesis by hypothesis."""
    encoded = model.encode(batch)
    limit, choices = constraint.limit(batch), model.num_choices(encoded)
    root: Answer = ((), 0.0)
    beams: list[list[Answer]] = [[root] for _ in range(groups)]

    def following(answer: Answer) -> list[Answer]:
        past, total = answer
        progress, decoding = constraint.start(batch, choices), model.start(encoded)
        for choice in past:
            allowed, made = constraint.allowed(progress), torch.tensor([choice])
            _, decoding = model.step(encoded, decoding, allowed)
            decoding, progress = decoding.advance(made), constraint.advance(progress, made)
        allowed = constraint.allowed(progress)
        scores = model.step(encoded, decoding, allowed)[0][0]
        free = allowed[0].nonzero().flatten().tolist()
        return [((*past, choice), total + float(scores[choice])) for choice in free]

    def over(past: tuple[int, ...]) -> bool:
        return constraint.ends and END in past

    for _ in range(limit):
        times: Counter[int] = Counter()
        for group, beam in enumerate(beams):
            priced = []
            for answer in beam:
                if over(answer[0]):
                    priced.append((answer[1], answer))
                    continue
                priced += [
                    (child[1] - diversity * times[child[0][-1]], child)
                    for child in following(answer)
                ]
            priced.sort(key=lambda pair: -pair[0])
            kept = [answer for _, answer in priced[:width]]
            alive = [answer for answer in kept if answer not in beam]
            times.update(past[-1] for past, _ in alive)
            beams[group] = kept
    return sorted((answer for beam in beams for answer in beam), key=lambda answer: -answer[1])


@pytest.mark.parametrize(("groups", "width"), [(2, 4), (3, 3), (2, 3)])
@pytest.mark.parametrize("diversity", [0.3, 2.0])
@pytest.mark.parametrize("name", list(SPECS))
@torch.inference_mode()
def test_a_choice_costs_as_often_as_earlier_groups_made_it(
    name: str, diversity: float, groups: int, width: int
) -> None:
    spec, constraint = SPECS[name]
    model, batch = make_model(spec), make_batch(spec, [5, 4], seed=3)
    search = DiverseBeam(width, groups, diversity)
    each = -(-width // groups)
    assert search.hypotheses_at(9) == each * groups
    found = search(model, batch, constraint)
    for row in range(2):
        alone = one_of(batch, row)
        expected = groups_by_hand(model, alone, constraint, groups, each, diversity)
        real = found.log_probabilities[row].isfinite()
        totals = found.log_probabilities[row][real]
        assert len(totals) == len(expected)
        torch.testing.assert_close(totals, torch.tensor([total for _, total in expected]))
        answers = {
            tuple(choices[: int(length) + constraint.ends].tolist())
            for choices, length in zip(found.choices[row], found.lengths[row], strict=True)
        }
        assert {past for past, _ in expected} <= answers
