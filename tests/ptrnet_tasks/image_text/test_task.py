"""Pictures of digits: what they show, what stands beside them, and what is read in them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch

from ptrnet_suite.cli.main import main
from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.model.config import DecoderConfig, EncoderConfig, ModelConfig
from ptrnet_suite.model.encoders import grid_of
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.search.beam import Beam
from ptrnet_suite.search.sampling import Greedy

pytest.importorskip("sklearn", reason="the digits come with scikit-learn")
from ptrnet_tasks.image_text.captions import PLURAL, SINGULAR, caption_of
from ptrnet_tasks.image_text.digits import PARTS, digits_of
from ptrnet_tasks.image_text.task import ImageText

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


def test_no_image_is_in_two_parts_and_none_is_left_out() -> None:
    parts = {part: digits_of(part).images for part in PARTS}
    seen = Counter(image.tobytes() for images in parts.values() for image in images)
    assert sum(map(len, parts.values())) == 1797
    assert max(seen.values()) == 1


@pytest.mark.parametrize("distribution", ["train", "distorted", "mixed"])
def test_pictures_to_train_on_hold_no_test_digit(distribution: str) -> None:
    test = {image.tobytes() for image in digits_of("test").images}
    task = ImageText("digits")
    for image in task.generate(1, 40, 5, distribution).inputs:
        ink = np.asarray(image, np.float32) / 255
        windows = np.lib.stride_tricks.sliding_window_view(ink, (8, 8)).reshape(-1, 8, 8)
        # The noise is small beside what tells digits apart.
        for known in list(test)[:60]:
            digit = np.frombuffer(known, np.float32).reshape(8, 8)
            assert np.abs(windows - digit).mean((1, 2)).min() > 0.02


@pytest.mark.parametrize("problem", ["digits", "captions"])
def test_mixed_pictures_show_one_to_size_digits_and_their_texts_tell_how_many(problem: str) -> None:
    task = ImageText(problem)
    found = task.generate(5, 300, 1, "mixed")
    assert found.solutions is not None
    if problem == "digits":
        counts = [len(known[0]) for known in found.solutions]
        widths = np.array([np.shape(image)[1] for image in found.inputs])
        # A row is as wide as its digits need, whatever stands beside it.
        assert all(
            7 * n + 1 <= width <= 11 * n + 5 for n, width in zip(counts, widths, strict=True)
        )
    else:
        parts = [known[0].split(", ") for known in found.solutions]
        counts = [sum(SINGULAR.index(one.split()[0]) for one in each) for each in parts]
    assert set(counts) == {1, 2, 3, 4, 5}


def test_a_caption_counts_every_kind_from_zeros_to_nines() -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        labels = rng.integers(10, size=rng.integers(1, 10))
        counts = Counter(labels.tolist())
        expected = ", ".join(
            f"{SINGULAR[counts[kind]]} {(SINGULAR if counts[kind] == 1 else PLURAL)[kind]}"
            for kind in sorted(counts)
        )
        assert caption_of(labels) == expected
    assert caption_of([7, 2, 7, 6, 6, 7]) == "one two, two sixes, three sevens"


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


def test_files_of_images_come_back_as_they_were(tmp_path: Path) -> None:
    task = ImageText("digits")
    found = Instances([i for n in (2, 4) for i in task.generate(n, 2, n, "test").inputs])
    labelled = found.with_solutions([["12"], ["34"], ["1234"], ["5678"]])
    task.formats.write(labelled, tmp_path / "rows.npz")
    back = task.formats.read(tmp_path / "rows.npz")
    assert back.solutions == [["12"], ["34"], ["1234"], ["5678"]]
    for ours, theirs in zip(back.inputs, found.inputs, strict=True):
        np.testing.assert_array_equal(ours, theirs)


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
