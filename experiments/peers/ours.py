"""The same network of this project, trained by `ptrnet train` and read from its log."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

from environments import output_of
from parallel import BATCH, Pairs, Rates, words_of

from ptrnet_suite import __version__
from ptrnet_suite.training.loop import LOG_EVERY

PTRNET = Path(sys.executable).with_name("ptrnet")
WORKER = Path(__file__).with_name("ours_clock.py")
LOGGED = LOG_EVERY * BATCH
"""Sentences between two lines of the log; training sentences must go into it without a rest."""


class Ours:
    """An attentional LSTM with or without input feeding."""

    def __init__(
        self, folder: Path, pairs: Pairs, feeding: bool, precision: str = "float32"
    ) -> None:
        self.pairs, self.feeding, self.precision = pairs, feeding, precision
        self.folder = folder / f"ours_{'fed' if feeding else 'unfed'}_{precision}"
        low = ", bfloat16" if precision == "bfloat16" else ""
        self.name = f"ours, {'input feeding' if feeding else 'no input feeding'}{low}"
        self.facts: dict[str, Any] = {
            "version": __version__,
            "input_feeding": feeding,
            "precision": precision,
        }

    def train(self, epochs: int) -> Rates:
        """Target tokens a second after the first stretch of the log."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        pairs, config, run = self.folder / "pairs.tsv", self.folder / "config.yaml", self._run
        lines = (file.read_text(encoding="utf-8").splitlines() for file in self.pairs[:2])
        rows = (f"{source}\t{target}\n" for source, target in zip(*lines, strict=True))
        pairs.write_text("".join(rows), encoding="utf-8")
        config.write_text(json.dumps(self._config(pairs, epochs)), encoding="utf-8")
        output_of([PTRNET, "train", "text", "--config", config, "--output", run])
        log = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
        stretches = [row for row in log if "instances_per_second" in row]
        begin, end = stretches[0], stretches[-1]
        sentences = (end["step"] - begin["step"]) * BATCH
        tokens = sentences / self.pairs.sentences * self.pairs.tokens
        return Rates(
            tokens / (end["seconds"] - begin["seconds"]),
            tokens / (end["cpu_seconds"] - begin["cpu_seconds"]),
        )

    def translate(self, beam: int) -> Rates:
        """Sentences a second, every answer as long as `pairs.length` says."""
        search = "greedy" if beam == 1 else f"beam:{beam}"
        line = [sys.executable, WORKER, self._run / "last.safetensors", self.pairs.test_source]
        found = json.loads(
            output_of([*line, search, str(BATCH), str(self.pairs.length), self.precision])
        )
        self.facts["parameters"] = found["parameters"]
        count = self.pairs.tests
        return Rates(count / found["seconds"], count / found["cpu_seconds"])

    @property
    def _run(self) -> Path:
        return self.folder / "run"

    def _config(self, pairs: Path, epochs: int) -> dict[str, Any]:
        return {
            "options": {
                "problem": "files",
                "source_vocabulary": words_of(self.pairs.source_vocabulary),
                "target_vocabulary": words_of(self.pairs.target_vocabulary),
                "smallest_count": 10**9,
            },
            "model": {
                "width": 256,
                "dropout": 0.2,
                "encoder": {"kind": "lstm", "layers": 1},
                "decoder": {
                    "kind": "lstm", "layers": 1, "attention": "general",
                    "input_feeding": self.feeding,
                },
            },
            "data": {"sources": [str(pairs)]},
            "validation": {"source": str(pairs), "count": 1, "every": 10**9},
            "steps": max(epochs * self.pairs.sentences, 2 * LOGGED) // BATCH,
            "batch_size": BATCH,
            "learning_rate": 0.001,
            "precision": self.precision,
            "threads": 1,
        }  # fmt: skip
