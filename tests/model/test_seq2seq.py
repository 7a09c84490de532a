"""One network, several faces: all of them must tell the same probabilities."""

from __future__ import annotations

import pytest
import torch

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.model.config import ModelConfig
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.search.sampling import Greedy
from ptrnet_suite.task.constraint import Constraint
from tests.networks import (
    DECODERS,
    ENCODERS,
    LOCAL,
    SCORES,
    SPECS,
    make_batch,
    make_model,
    one_of,
)

CASES = [(spec, decoder) for spec in SPECS for decoder in DECODERS]
CASES += [("text", decoder) for decoder in LOCAL]
CROWDED = "relations.features.weight"


def _stepwise(
    model: Seq2Seq, batch: Batch, constraint: Constraint, targets: torch.Tensor
) -> torch.Tensor:
    """Log-probabilities along `targets` by single steps."""
    encoded = model.encode(batch)
    decoding, progress = model.start(encoded), constraint.start(batch, model.num_choices(encoded))
    found = []
    for choice in targets.unbind(1):
        scores, decoding = model.step(encoded, decoding, constraint.allowed(progress))
        found.append(scores)
        decoding, progress = decoding.advance(choice), constraint.advance(progress, choice)
    return torch.stack(found, 1)


@pytest.mark.parametrize(("name", "decoder"), CASES)
@torch.inference_mode()
def test_the_parallel_pass_equals_single_steps(name: str, decoder: str) -> None:
    spec, constraint = SPECS[name]
    model, batch = make_model(spec, decoder), make_batch(spec, [6, 4, 5])
    targets = Greedy()(model, batch, constraint).choices[:, 0]
    allowed = constraint.masks_along(batch, model.num_choices_of(batch), targets)
    parallel = model(batch, targets, allowed)
    torch.testing.assert_close(
        parallel, _stepwise(model, batch, constraint, targets), atol=2e-5, rtol=1e-4
    )
    torch.testing.assert_close(parallel.exp().sum(-1), torch.ones(targets.shape))


@pytest.mark.parametrize("encoder", ENCODERS)
@pytest.mark.parametrize(("name", "decoder"), CASES)
@torch.inference_mode()
def test_padding_and_company_change_nothing(name: str, decoder: str, encoder: str) -> None:
    spec, constraint = SPECS[name]
    model, batch = make_model(spec, decoder, encoder), make_batch(spec, [6, 3, 5])
    together = Greedy()(model, batch, constraint)
    for index in range(3):
        alone = Greedy()(model, one_of(batch, index), constraint)
        length = int(alone.lengths[0, 0])
        assert int(together.lengths[index, 0]) == length
        assert torch.equal(together.choices[index, 0, :length], alone.choices[0, 0, :length])
        torch.testing.assert_close(
            together.log_probabilities[index], alone.log_probabilities[0], atol=2e-5, rtol=1e-4
        )


@pytest.mark.parametrize("decoder", ["glimpse", "transformer", "lstm"])
@pytest.mark.parametrize("name", ["tour", "sorting"])
@torch.inference_mode()
def test_how_many_positions_are_open_around_is_seen_alike_by_every_way_to_score(
    name: str, decoder: str
) -> None:
    spec, constraint = SPECS[name]
    model, batch = make_model(spec, decoder, crowding=True), make_batch(spec, [7, 4, 6])
    targets = Greedy()(model, batch, constraint).choices[:, 0]
    allowed = constraint.masks_along(batch, model.num_choices_of(batch), targets)
    parallel = model(batch, targets, allowed)
    stepwise = _stepwise(model, batch, constraint, targets)
    torch.testing.assert_close(parallel, stepwise, atol=2e-5, rtol=1e-4)
    narrowed = model.narrow(model.encode(batch), torch.tensor([2, 1]))
    some = model.along(narrowed, targets[[2, 1]], allowed[[2, 1]])
    torch.testing.assert_close(some, parallel[[2, 1]], atol=2e-5, rtol=1e-4)
    for index, size in enumerate((7, 4, 6)):
        one, own = one_of(batch, index), targets[index : index + 1, :size]
        alone = model(one, own, constraint.masks_along(one, size, own))
        padded = parallel[index : index + 1, :size, :size]
        torch.testing.assert_close(alone, padded, atol=2e-5, rtol=1e-4)
    plain = make_model(spec, decoder)
    weights = {key: value for key, value in model.state_dict().items() if key != CROWDED}
    weights[CROWDED] = model.state_dict()[CROWDED][:, :-4]
    plain.load_state_dict(weights)
    assert (plain(batch, targets, allowed) - parallel).nan_to_num().abs().max() > 1e-3


@pytest.mark.parametrize("score", SCORES.names())
@torch.inference_mode()
def test_every_score_can_point(score: str) -> None:
    spec, constraint = SPECS["hull"]
    model, batch = make_model(spec, "lstm", "lstm", score), make_batch(spec, [5, 4])
    found = Greedy()(model, batch, constraint)
    assert (found.lengths >= 3).all()
    assert torch.isfinite(found.log_probabilities).all()
    targets = torch.tensor([[1, 2, 3, 0], [2, 3, 4, 0]])
    scores = model(batch, targets, constraint.masks_along(batch, 6, targets))
    assert (scores[:, 3, 0] - scores[:, 3, 4]).abs()[0] > 1e-4, "END is no position"


@torch.inference_mode()
def test_a_model_without_positions_does_not_mind_the_order_of_its_inputs() -> None:
    spec, constraint = SPECS["hull"]
    model, batch = make_model(spec), make_batch(spec, [6])
    order = torch.tensor([3, 1, 5, 0, 2, 4])
    moved = Greedy()(model, Batch(batch.inputs[:, order], batch.input_mask), constraint)
    found = Greedy()(model, batch, constraint)
    length = int(found.lengths[0, 0])
    points = order[moved.choices[0, 0, :length] - 1] + 1
    assert torch.equal(points, found.choices[0, 0, :length])


def test_a_config_survives_being_written_and_read() -> None:
    spec, _ = SPECS["tour"]
    config = make_model(spec, "lstm fed", "gru forward").config
    assert ModelConfig.from_dict(config.to_dict()) == config


def test_gradients_reach_every_weight_that_the_loss_depends_on() -> None:
    spec, constraint = SPECS["hull"]
    model, batch = make_model(spec).train(), make_batch(spec, [6, 6])
    targets = torch.tensor([[1, 2, 3, 4, 0], [3, 4, 5, 0, 0]])
    allowed = constraint.masks_along(batch, 7, targets)
    model(batch, targets, allowed).gather(2, targets.unsqueeze(2)).sum().backward()
    silent = [name for name, p in model.named_parameters() if p.grad is None]
    assert silent == []
