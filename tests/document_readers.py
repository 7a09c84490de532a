"""Readers of documents: checkpoints, configs, plans, results, logs, and files of texts."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from ptrnet_suite.data.public import read_list
from ptrnet_suite.evaluation.result_files import results_of
from ptrnet_suite.model.checkpoint import load_checkpoint, save_checkpoint
from ptrnet_suite.runtime.json_documents import read_json
from ptrnet_suite.runtime.parse_config import parse_config
from ptrnet_suite.runtime.yaml_documents import read_yaml
from ptrnet_suite.studies.comparison.plan import parse_plan
from ptrnet_suite.studies.training_curves import curves_of
from ptrnet_suite.task.registry import load_task
from ptrnet_suite.training.config import TrainingConfig, read_run_config
from tests.locations import ROOT
from tests.networks import make_model
from tests.reading import Reader, instances, texts

CONFIG = """task_options: {}
steps: 20
batch: 8
size: 5-10
learning_rate: 1e-3
model:
  width: 16
  encoder: {kind: transformer, layers: 1, heads: 2}
strategy: teacher_forcing
"""
LOG = "".join(
    json.dumps({"step": step, "loss": 1.5, "validation": {"exact": 0.5}}) + "\n"
    for step in (1, 2, 3)
)
WORDS = "CAT\tK AE T\nDOG\tD AO G\nCAT\tK AA T\n"


def _checkpoint() -> list[bytes]:
    task = load_task("tsp")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "small.safetensors"
        record = {"sizes": [5, 10], "step": 0, "validation": {task.metrics[0].name: 0.5}}
        save_checkpoint(path, make_model(task.spec), task, record)
        return [path.read_bytes()]


def _files(*paths: Path) -> list[bytes]:
    return [path.read_bytes() for path in paths]


def _config(path: Path) -> Any:
    return parse_config(TrainingConfig, read_yaml(path, "config", "names and values"), str(path))


DOCUMENT_READERS: dict[str, Reader] = {
    "checkpoints": Reader(load_checkpoint, "a.safetensors", _checkpoint),
    "configs of training": Reader(
        _config,
        "a.yaml",
        lambda: _files(*sorted((ROOT / "tasks/ptrnet_tasks/tsp/configs").glob("*.yaml"))),
    ),
    "plans of comparisons": Reader(
        lambda path: parse_plan(str(path)),
        "a.yaml",
        lambda: _files(ROOT / "tasks/ptrnet_tasks/comparisons/strategies.yaml"),
    ),
    "configs of runs": Reader(
        read_run_config, "config.json", texts(json.dumps({"task": "tsp", "config": {"steps": 1}}))
    ),
    "results": Reader(
        lambda path: results_of(read_json(path), str(path)),
        "a.json",
        lambda: _files(ROOT / "results/tsp_20.json"),
    ),
    "logs of runs": Reader(curves_of, "metrics.jsonl", texts(LOG)),
    "lists of data sets": Reader(
        read_list, "a.json", lambda: _files(ROOT / "tasks/ptrnet_tasks/tsp/datasets.json")
    ),
    "texts with answers": Reader(
        instances("text", problem="g2p"),
        "a.tsv",
        texts(WORDS),
        names_file=False,
    ),
    "texts": Reader(
        instances("text", problem="g2p"), "a.txt", texts("CAT\nDOG\nBIRD\n"), names_file=False
    ),
}
