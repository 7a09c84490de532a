"""Small random models of every kind, for the tests."""

from __future__ import annotations

import torch

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.model.config import SCORES as SCORES
from ptrnet_suite.model.config import DecoderConfig, EncoderConfig, HeadConfig, ModelConfig
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.task.constraint import Constraint
from ptrnet_suite.task.constraints import Permutation, Polygon, UntilEnd
from ptrnet_suite.task.spec import Spec

WIDTH = 16
DECODERS = {
    "glimpse": DecoderConfig("glimpse", layers=2, heads=2, feedforward=1),
    "transformer": DecoderConfig("transformer", layers=2, heads=2, feedforward=1),
    "lstm": DecoderConfig("lstm", layers=2, attention="general"),
    "gru": DecoderConfig("gru", layers=1, attention="concat"),
    "lstm fed": DecoderConfig("lstm", layers=1, attention="dot", input_feeding=True),
    "gru unattended": DecoderConfig("gru", layers=1, attention="none"),
    "bahdanau": DecoderConfig("bahdanau", layers=1, attention="concat"),
}
LOCAL = {
    "lstm local_m": DecoderConfig("lstm", 1, attention="general", alignment="local_m", window=1),
    "gru local_p": DecoderConfig("gru", 2, attention="dot", alignment="local_p", window=2),
    "transformer local_m": DecoderConfig("transformer", 1, 2, 1, alignment="local_m", window=1),
    "transformer local_p": DecoderConfig("transformer", 2, 2, 1, alignment="local_p", window=2),
    "bahdanau local_p": DecoderConfig("bahdanau", 1, attention="dot", alignment="local_p"),
    "bahdanau covered": DecoderConfig(
        "bahdanau", 1, attention="concat", alignment="local_m", window=2, coverage=True
    ),
    "lstm covered": DecoderConfig("lstm", 1, attention="concat", coverage=True, readout="maxout"),
    "lstm fed, local": DecoderConfig(
        "lstm", 2, attention="general", input_feeding=True, alignment="local_p", window=1
    ),
    "bahdanau tanh": DecoderConfig("bahdanau", 1, attention="location", readout="tanh"),
}
"""Further decoders, for what looks at the memory differently."""
ENCODERS = {
    "transformer": EncoderConfig("transformer", layers=1, heads=2, feedforward=1, distances=True),
    "ordered": EncoderConfig("transformer", 1, 2, 1, positions="sinusoidal"),
    "lstm": EncoderConfig("lstm", layers=1),
    "gru forward": EncoderConfig("gru", layers=1, bidirectional=False),
}
SPECS: dict[str, tuple[Spec, Constraint]] = {
    "tour": (Spec("vectors", 2, "pointer", cyclic=True), Permutation(fixed_start=True)),
    "hull": (Spec("vectors", 2, "pointer", ends=True, cyclic=True), Polygon()),
    "sorting": (Spec("vectors", 1, "pointer"), Permutation()),
    "text": (Spec("tokens", 6, "vocabulary", choices=4, ends=True), UntilEnd(longest=4)),
}


SCALED = ("head", "relations.features", "relations.logit_weight")
"""Beginnings of the names of weights that scores are made with."""


def make_model(
    spec: Spec,
    decoder: str = "glimpse",
    encoder: str = "transformer",
    score: str = "scaled_dot",
    seed: int = 0,
    crowding: bool = False,
) -> Seq2Seq:
    """A random model whose choices are far from even, so that searches have something to find."""
    torch.manual_seed(seed)
    head = HeadConfig(score, relations=8, crowding=crowding, gain=2.0)  # type: ignore[arg-type]
    config = (DECODERS | LOCAL)[decoder]
    model = Seq2Seq(ModelConfig(WIDTH, 0.0, ENCODERS[encoder], config, head), spec)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if name.startswith(SCALED) and weight.dim() > 1:
                weight *= 3
            if name.endswith("cover"):
                weight += 1
    return model.eval()


def make_batch(spec: Spec, lengths: list[int], seed: int = 0) -> Batch:
    """Random inputs of these lengths, padded to the longest."""
    generator = torch.Generator().manual_seed(seed)
    longest = max(lengths)
    mask = torch.arange(longest) < torch.tensor(lengths)[:, None]
    if spec.inputs == "vectors":
        inputs = torch.rand(len(lengths), longest, spec.features, generator=generator)
        return Batch(inputs * mask.unsqueeze(2), mask)
    inputs = torch.randint(1, spec.features, (len(lengths), longest), generator=generator)
    return Batch(inputs * mask, mask)


def one_of(batch: Batch, index: int) -> Batch:
    """One instance alone, without its padding."""
    length = int(batch.input_mask[index].sum())
    mask = batch.input_mask[index : index + 1, :length]
    return Batch(batch.inputs[index : index + 1, :length], mask)


def score_of(model: Seq2Seq, batch: Batch, constraint: Constraint, choices: list[int]) -> float:
    """Log-probability of one sequence of a batch of one, by the parallel pass."""
    targets = torch.tensor([choices])
    allowed = constraint.masks_along(batch, model.num_choices_of(batch), targets)
    with torch.inference_mode():
        scores = model(batch, targets, allowed)
    return float(scores.gather(2, targets.unsqueeze(2)).sum())


def every_sequence(batch: Batch, constraint: Constraint, choices: int) -> list[list[int]]:
    """All complete sequences of a batch of one, by walking the constraint."""
    found: list[list[int]] = []
    limit = constraint.limit(batch)
    open_ones = [([], constraint.start(batch, choices))]
    while open_ones:
        past, progress = open_ones.pop()
        if bool(progress.ended) or len(past) == limit:
            found.append(past)
            continue
        for choice in constraint.allowed(progress)[0].nonzero().flatten().tolist():
            following = constraint.advance(progress, torch.tensor([choice]))
            open_ones.append(([*past, choice], following))
    return found
