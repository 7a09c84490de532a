"""The mixture of written and copied words, computed by hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from ptrnet_suite.errors import InputError
from ptrnet_suite.model.config import HeadConfig
from ptrnet_suite.model.heads.copying import CopyHead
from ptrnet_suite.model.interfaces import HeadInputs, Memory
from ptrnet_suite.model.layers.embedding_table import START
from ptrnet_suite.task.spec import Spec

WIDTH, WORDS = 3, 2


def head_with(generate: list[float], project: list[list[float]]) -> CopyHead:
    """A head whose p_gen looks at (query, previous) and whose words look at the query."""
    spec = Spec("tokens", 5, "vocabulary", choices=WORDS, ends=True, copies=True)
    head = CopyHead(spec, HeadConfig(), WIDTH)
    with torch.no_grad():
        head.generate.weight.copy_(torch.tensor([generate]))
        head.generate.bias.fill_(0.5)
        head.project.weight.copy_(torch.tensor(project))
        head.project.bias.copy_(torch.tensor([0.1, -0.2]))
    return head


def memory_of(copies: list[int] | None) -> Memory:
    """Three positions of one instance."""
    return Memory(
        states=torch.zeros(1, 3, WIDTH),
        mask=torch.ones(1, 3, dtype=torch.bool),
        summary=torch.zeros(1, WIDTH),
        vectors=None,
        padding=None,
        copies=None if copies is None else torch.tensor([copies]),
    )


GENERATE = [0.3, -0.1, 0.2, 0.5, 0.0, -0.4]
PROJECT = [[0.2, 0.4, -0.3], [-0.5, 0.1, 0.6]]
QUERY, PREVIOUS = [1.0, 2.0, -1.0], [0.5, -1.0, 2.0]


def inputs_with(weights: list[list[float]] | None) -> HeadInputs:
    """One step whose attention has a row of weights for each head."""
    attended = None if weights is None else torch.tensor(weights)[None, :, None]
    return HeadInputs(torch.tensor([[QUERY]]), torch.tensor([[PREVIOUS]]), attended)


def test_words_and_copies_share_one_distribution() -> None:
    # Two heads, whose mean is (0.3, 0.1, 0.2): a local alignment's weights sum to less than one.
    weights = [[0.2, 0.2, 0.2], [0.4, 0.0, 0.2]]
    head = head_with(GENERATE, PROJECT)
    # The first position holds word 1; the two others the same unknown token, named by position 1.
    found = head(inputs_with(weights), memory_of([1, 3, 3]), torch.zeros(1, WIDTH))[0, 0].exp()
    generated = 1 / (1 + np.exp(-(np.dot(GENERATE, QUERY + PREVIOUS) + 0.5)))
    logits = np.array(PROJECT) @ QUERY + [0.1, -0.2]
    words = np.exp(logits) / np.exp(logits).sum()
    copied = (1 - generated) * np.array([0.3, 0.1, 0.2]) / 0.6
    expected = [
        generated * words[0],
        generated * words[1] + copied[0],
        0,
        copied[1] + copied[2],
        0,
    ]
    np.testing.assert_allclose(found.detach().numpy(), expected, atol=1e-6)
    assert float(found.sum().detach()) == pytest.approx(1, abs=1e-6)


def test_what_nothing_attends_to_stays_finite() -> None:
    head = head_with(GENERATE, PROJECT)
    found = head(inputs_with([[0.0, 0.0, 0.0]]), memory_of([1, 3, 4]), torch.zeros(1, WIDTH))
    assert found.isfinite().all()
    assert float(found[0, 0, 2:].max().detach()) == pytest.approx(np.log(1e-12))


def test_the_tiniest_attention_is_all_that_there_is_to_copy_by() -> None:
    head = head_with(GENERATE, PROJECT)
    tiny, whole = (
        head(inputs_with([[0.0, 0.0, weight]]), memory_of([2, 3, 4]), torch.zeros(1, WIDTH))
        for weight in (1e-9, 1.0)
    )
    torch.testing.assert_close(tiny, whole)


def test_it_says_what_is_missing_to_copy() -> None:
    head, nothing = head_with(GENERATE, PROJECT), torch.zeros(1, WIDTH)
    with pytest.raises(InputError, match="needs an attention"):
        head(inputs_with(None), memory_of([1, 3, 4]), nothing)
    with pytest.raises(InputError, match="needs to know what inputs stand for"):
        head(inputs_with([[1.0, 0.0, 0.0]]), memory_of(None), nothing)


def test_words_positions_an_unknown_copy_and_the_start_are_embedded_apart() -> None:
    head, memory = head_with(GENERATE, PROJECT), memory_of([1, 3, 4])
    assert head.num_choices(memory) == WORDS + 3
    table = head.embeddings(memory)
    assert len(head.embed.weight) == WORDS + 2

    def embedded(choice: int) -> Tensor:
        return table(torch.tensor([[choice]]))[0, 0]

    assert torch.equal(embedded(START), head.embed.weight[-1])
    for word in range(WORDS):
        assert torch.equal(embedded(word), head.embed.weight[word])
    # Whatever is copied from beyond the words is embedded alike.
    for position in range(WORDS, WORDS + 3):
        assert torch.equal(embedded(position), head.embed.weight[WORDS])


def test_a_head_of_low_precision_mixes_in_full_precision() -> None:
    weights = [[0.3, 0.1, 0.2]]
    head, low = head_with(GENERATE, PROJECT), head_with(GENERATE, PROJECT).bfloat16()
    low_inputs = HeadInputs(
        *(part.bfloat16() for part in inputs_with(weights)[:2]),
        torch.tensor(weights)[None, :, None],
    )
    found = low(low_inputs, memory_of([1, 3, 3]), torch.zeros(1, WIDTH))
    expected = head(inputs_with(weights), memory_of([1, 3, 3]), torch.zeros(1, WIDTH))
    assert found.dtype == torch.float32
    torch.testing.assert_close(found, expected, atol=0.02, rtol=0.02)
    assert float(found.exp().sum().detach()) == pytest.approx(1, abs=1e-6)
    half = low_inputs._replace(weights=torch.tensor(weights)[None, :, None].bfloat16())
    mixed = low(half, memory_of([1, 3, 3]), torch.zeros(1, WIDTH))
    assert mixed.dtype == torch.float32
    assert float(mixed.exp().sum().detach()) == pytest.approx(1, abs=1e-5)
