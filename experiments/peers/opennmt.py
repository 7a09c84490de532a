"""OpenNMT-py 3.5.1 on the torch that is here, though it pins one below 2.3."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from environments import environment, output_of, site_packages, version_of
from parallel import BATCH, Pairs, Rates

PACKAGES = (
    "OpenNMT-py==3.5.1", "numpy<2", "configargparse", "ctranslate2", "fasttext-wheel", "flask",
    "pyahocorasick", "pyonmttok", "six", "waitress",
)  # fmt: skip
"""What it imports, without what each of them wants; torch and the rest are shared."""

WORKER = Path(__file__).with_name("opennmt_clock.py")
TRUSTED = {"TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD": "1"}
"""Its checkpoints hold more than weights, which newer torches do not load unless told to."""


class OpenNMT:
    """An attentional LSTM of OpenNMT-py, with input feeding as its default is, or without."""

    def __init__(self, folder: Path, pairs: Pairs, feeding: bool) -> None:
        self.python = environment(folder / "opennmt", PACKAGES, dependencies=False, shares=True)
        # One of its text transforms, not used here, imports the whole of spaCy.
        (site_packages(self.python) / "spacy.py").touch()
        self.pairs, self.feeding = pairs, feeding
        self.folder = folder / f"opennmt_{'fed' if feeding else 'unfed'}"
        self.name = f"OpenNMT-py, {'input feeding' if feeding else 'no input feeding'}"
        self.facts: dict[str, Any] = {
            "version": version_of(self.python, "OpenNMT-py"),
            "torch": version_of(self.python, "torch"),
            "input_feeding": feeding,
            "precision": "float32",
        }

    def train(self, epochs: int) -> Rates:
        """Target tokens a second after the first epoch."""
        self.folder.mkdir(parents=True, exist_ok=True)
        config, marks = self.folder / "config.yaml", self.folder / "train.json"
        config.write_text(json.dumps(self._config(epochs), indent=1), encoding="utf-8")
        output_of([self.python, "-W", "ignore", WORKER, "train", marks, "-config", config])
        rows = json.loads(marks.read_text(encoding="utf-8"))
        told = [int(found[1]) for row in rows if (found := _PARAMETERS.search(row["line"]))]
        self.facts["parameters"] = told[0]
        reports = [row for row in rows if row["line"].startswith("Step ")]
        assert len(reports) == epochs, f"{len(reports)} reports for {epochs} epochs"
        return _between(reports[0], reports[-1], (epochs - 1) * self.pairs.tokens)

    def translate(self, beam: int) -> Rates:
        """Sentences a second, every answer as long as `pairs.length` says."""
        marks, length = self.folder / "translate.json", str(self.pairs.length)
        model = max(self.folder.glob("model_step_*.pt"), key=lambda path: path.stat().st_mtime)
        line = [self.python, "-W", "ignore", WORKER, "translate", marks, "-model", model]
        line += ["-src", self.pairs.test_source, "-output", self.folder / "answers.txt"]
        line += ["-beam_size", str(beam), "-batch_size", str(BATCH), "-batch_type", "sents"]
        line += ["-min_length", length, "-max_length", length, "-max_length_ratio", "0"]
        output_of(line, **TRUSTED)
        answers = (self.folder / "answers.txt").read_text(encoding="utf-8").splitlines()
        assert {len(answer.split()) for answer in answers} == {self.pairs.length}
        rows = json.loads(marks.read_text(encoding="utf-8"))
        begin = next(row for row in rows if row["line"].startswith("Loading data into the model"))
        end = next(row for row in rows if row["line"].startswith("PRED SCORE"))
        return _between(begin, end, self.pairs.tests)

    def _config(self, epochs: int) -> dict[str, Any]:
        pairs, steps = self.pairs, self.pairs.sentences // BATCH
        sources = {"path_src": str(pairs.train_source), "path_tgt": str(pairs.train_target)}
        return {
            "data": {"corpus": sources},
            "src_vocab": str(pairs.source_vocabulary),
            "tgt_vocab": str(pairs.target_vocabulary),
            "vocab_size_multiple": 1,
            "save_model": str(self.folder / "model"),
            "encoder_type": "brnn",
            "decoder_type": "rnn",
            "rnn_type": "LSTM",
            "word_vec_size": 256,
            "hidden_size": 256,
            "layers": 1,
            "global_attention": "general",
            "input_feed": int(self.feeding),
            "dropout": 0.2,
            "optim": "adam",
            "learning_rate": 0.001,
            "max_grad_norm": 1,
            "batch_size": BATCH,
            "batch_type": "sents",
            "normalization": "sents",
            "bucket_size": pairs.sentences,
            "num_workers": 0,
            "train_steps": epochs * steps,
            "report_every": steps,
            "save_checkpoint_steps": epochs * steps,
            "keep_checkpoint": 1,
            "valid_steps": 1_000_000,
            "seed": 1,
        }


_PARAMETERS = re.compile(r"number of parameters: (\d+)")


def _between(begin: dict[str, Any], end: dict[str, Any], count: int) -> Rates:
    return Rates(
        count / (end["seconds"] - begin["seconds"]),
        count / (end["cpu_seconds"] - begin["cpu_seconds"]),
    )
