"""A small plan of a comparison."""

from __future__ import annotations

from pathlib import Path

import yaml

MODEL = {
    "width": 8,
    "encoder": {"kind": "gru", "layers": 1},
    "decoder": {"kind": "gru", "layers": 1},
}
CONFIG = {"model": MODEL, "batch_size": 8, "warmup": 1, "precision": "float32"}
PLAN = {
    "tasks": {
        "Numbers": {
            **{"task": "sorting", "sizes": [3, 4], "training": 64, "validation": 8, "test": 16},
            "config": CONFIG,
        },
    },
    "strategies": {
        "teacher forcing": {"kind": "teacher_forcing"},
        "REINFORCE after a start": {
            **{"kind": "reinforce", "baseline": "exponential"},
            "start": {"kind": "teacher_forcing"},
        },
    },
    **{"minutes": 0.005, "seeds": 2, "validations": 2, "gradient_batches": 2},
}


def write(folder: Path, plan: dict[str, object]) -> str:
    path = folder / "tiny.yaml"
    path.write_text(yaml.safe_dump(plan))
    return str(path)
