"""Pictures of digits: what they show, what stands beside them, and what is read in them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from ptrnet_tasks.image_text.task import ImageText

from ptrnet_suite.cli.main import main
from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.model.config import DecoderConfig, EncoderConfig, ModelConfig
from ptrnet_suite.model.encoders import grid_of
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.search.beam import Beam
from ptrnet_suite.search.sampling import Greedy

pytest.importorskip("sklearn", reason="the digits come with scikit-learn")

CNN = EncoderConfig("cnn", layers=1, channels=[4, 8], positions="sinusoidal")  # type: ignore[arg-type]


def _model(task: ImageText, decoder: str = "lstm") -> Seq2Seq:
    torch.manual_seed(0)
    config = ModelConfig(16, 0.0, CNN, DecoderConfig(decoder, 1, 2, attention="concat"))  # type: ignore[arg-type]
    model = Seq2Seq(config, task.spec).eval()
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.uniform_(-0.2, 0.2)  # type: ignore[union-attr]
            module.running_var.uniform_(0.5, 2)  # type: ignore[union-attr]
    return model


@pytest.mark.parametrize("decoder", ["lstm", "bahdanau", "transformer"])
@pytest.mark.parametrize("search", [Greedy(), Beam(3)], ids=["greedy", "beam"])
@torch.inference_mode()
def test_a_picture_is_read_alike_alone_and_beside_wider_ones(decoder: str, search: Greedy) -> None:
    task = ImageText("digits")
    model = _model(task, decoder)
    several = Instances([i for n in (2, 5, 1) for i in task.generate(n, 1, n, "test").inputs])
    together = search(model, task.batch(several), task.constraint())
    for index in range(3):
        alone = search(model, task.batch(several.subset([index])), task.constraint())
        length = int(alone.lengths[0, 0])
        assert int(together.lengths[index, 0]) == length
        assert torch.equal(together.choices[index, 0, :length], alone.choices[0, 0, :length])
        torch.testing.assert_close(
            together.log_probabilities[index, 0],
            alone.log_probabilities[0, 0],
            atol=1e-4,
            rtol=1e-4,
        )


@torch.inference_mode()
def test_positions_are_the_cells_of_the_grid_row_after_row() -> None:
    task = ImageText("captions")
    model = _model(task)
    batch = task.batch(task.generate(3, 2, 0, "test"))
    memory = model.encode(batch).memory
    rows, columns = grid_of(24, 60, CNN)
    assert (rows, columns) == (6, 15)
    assert memory.states.shape == (2, rows * columns, 16)
    assert bool(memory.mask.all())


def test_a_picture_file_is_read_and_solved(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    task = ImageText("digits")
    one = task.generate(6, 1, 3, "test")
    path = tmp_path / "row.png"
    task.formats.write(one, path)
    back = task.formats.read(path)
    np.testing.assert_array_equal(back.inputs[0], one.inputs[0])
    assert main(["solve", "image_text", str(path), "--checkpoint", "digits"]) == 0
    from ptrnet_suite import load

    assert f" {load('digits').solve(back.inputs)[0]} " in f"{capsys.readouterr().out} "
    out = tmp_path / "trace.png"
    given = ["attention", "image_text", str(path), "--checkpoint", "digits", "--out", str(out)]
    assert main(given) == 0
    assert out.stat().st_size > 1000


def test_the_shipped_model_reads_rows_that_cutting_at_blanks_cannot() -> None:
    from ptrnet_suite.evaluation.scoring import evaluate
    from ptrnet_suite.model.checkpoint import load_checkpoint

    checkpoint = load_checkpoint("digits")
    task, rows = checkpoint.task, checkpoint.task.generate(8, 300, 99, "test")
    ours = evaluate(checkpoint, rows).metrics["cer"].estimate
    cut = task.references()["segment_svm"].solve(rows)
    classical = task.evaluate(rows, cut)["cer"]
    assert classical.weights is not None
    assert ours.high < 0.5 * classical.values.sum() / classical.weights.sum()


@pytest.mark.parametrize(
    ("name", "size", "metric"), [("digits", 8, "cer"), ("captions", 4, "exact")]
)
def test_the_shipped_models_read_digits_that_no_training_has_seen(
    name: str, size: int, metric: str
) -> None:
    from ptrnet_suite.evaluation.scoring import evaluate
    from ptrnet_suite.model.checkpoint import load_checkpoint

    checkpoint = load_checkpoint(name)
    pictures = checkpoint.task.generate(size, 500, 7, "test")
    found = evaluate(checkpoint, pictures).metrics[metric].estimate.value
    assert found <= 0.02 if metric == "cer" else found >= 0.9


def test_what_cannot_be_drawn_or_read_is_told_in_one_sentence(tmp_path: Path) -> None:
    task = ImageText("captions")
    with pytest.raises(InputError, match="accepted are 1 to 9 digits in a picture"):
        task.generate(10, 1, 0)
    with pytest.raises(
        InputError, match=r"has the shape \(12, 30\); accepted for captions is \(24"
    ):
        task.formats.check(Instances([np.zeros((12, 30), np.uint8)]))
    (tmp_path / "no.png").write_text("nothing")
    with pytest.raises(InputError, match="cannot be read as a picture"):
        task.formats.read(tmp_path / "no.png")
