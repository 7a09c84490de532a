"""Reports hold what is needed to read them and to get them again."""

from __future__ import annotations

import pytest
import torch
from ptrnet_tasks.text.task import Text

from ptrnet_suite.cli.tables import metric_named
from ptrnet_suite.data.instances import Instances
from ptrnet_suite.evaluation.perplexity import perplexity
from ptrnet_suite.evaluation.scoring import evaluate
from ptrnet_suite.model.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from tests.networks import make_model

TASK = Text("reverse", list("abcd"), list("abcd"))
STRINGS = TASK.label(Instances(["abc", "d", "bb", "dcbad", "a", "cabbd"]))


def model() -> torch.nn.Module:
    return make_model(TASK.spec, "lstm", "lstm")


@pytest.fixture
def checkpoint(tmp_path) -> Checkpoint:
    path = tmp_path / "untrained.safetensors"
    save_checkpoint(path, model(), TASK, {"sizes": [1, 5]})  # type: ignore[arg-type]
    return load_checkpoint(path)


def test_a_report_of_text_tells_whose_tokens_it_counts(checkpoint: Checkpoint) -> None:
    report = evaluate(checkpoint, STRINGS)
    assert list(report.to_json()["metrics"])[-1] == "perplexity"
    known = perplexity(checkpoint.model, TASK, STRINGS).corpus
    assert known is not None
    value = report.metrics["perplexity"].estimate.value
    assert value == pytest.approx(known.figure(known.counts.sum(0)))
    assert "vocabular" in metric_named(TASK, "perplexity").description
