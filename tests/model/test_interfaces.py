"""The tuples between the parts of a model hold tensors of the shapes that their types name."""

from __future__ import annotations

import pytest
import torch

from ptrnet_suite.model.interfaces import DecoderInputs, HeadInputs, Memory
from tests.networks import DECODERS, LOCAL, SPECS, make_batch, make_model
from tests.shapes import misfits

LENGTHS = [5, 3, 4]
HYPOTHESES = 2


@pytest.mark.parametrize("decoder", [*DECODERS, *LOCAL])
@pytest.mark.parametrize("name", SPECS)
@torch.inference_mode()
def test_tuples_of_a_step_and_of_a_sequence_have_their_shapes(name: str, decoder: str) -> None:
    spec, constraint = SPECS[name]
    model, batch = make_model(spec, decoder, crowding=True), make_batch(spec, LENGTHS)
    records: list[tuple] = []  # type: ignore[type-arg]
    model.decoder.register_forward_hook(lambda _, inputs, output: records.extend([*inputs, output]))
    model.head.register_forward_hook(lambda _, inputs, output: records.extend(inputs[:2]))
    encoded = model.encode(batch)
    rows = torch.arange(len(LENGTHS)).repeat_interleave(HYPOTHESES)
    decoding = model.start(encoded).select(rows)
    progress = constraint.start(batch, model.num_choices(encoded)).select(rows)
    scores, decoding = model.step(encoded, decoding, constraint.allowed(progress))
    targets = scores.argmax(1, keepdim=True)
    trace = model.trace(encoded, targets, constraint.replay(batch, scores.shape[1], targets))
    records += [encoded, encoded.memory, encoded.tables, encoded.choices, decoding, trace]
    records += [] if encoded.relations is None else [encoded.relations]
    records = [record for record in records if hasattr(record, "_fields")]
    assert {DecoderInputs, HeadInputs} <= {type(record) for record in records}
    assert [(type(record), misfits(record)) for record in records if misfits(record)] == []


def test_a_field_of_another_shape_is_found() -> None:
    memory = Memory(
        torch.zeros(2, 3, 4), torch.zeros(2, 3).bool(), torch.zeros(2, 4), None, torch.zeros(2, 3)
    )
    assert misfits(memory) == ["padding"]
    assert misfits(memory._replace(padding=None)) == []
    assert misfits(memory._replace(padding=None, summary=torch.zeros(2, 5))) == ["summary"]
