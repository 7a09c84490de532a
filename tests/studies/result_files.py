"""Result files as the commands write them, and the lines of a picture of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure


def estimate(value: float) -> dict[str, float]:
    return {"value": value, "low": value - 0.01, "high": value + 0.01}


def evaluated(folder: Path, **facts: Any) -> Path:
    """A file as `ptrnet evaluate --json` writes it, with some facts of one's own."""
    told: dict[str, Any] = {
        "task": "convex_hull",
        "count": 100,
        "metrics": {"exact": estimate(0.9), "area_ratio": estimate(0.99)},
        "seconds": 2.0,
        "search": "greedy",
        "checkpoint": {"name": "small"},
        "data": {"path": "hulls.npz"},
        "sizes": [10, 10],
    }
    path = folder / f"{len(list(folder.iterdir()))}.json"
    path.write_text(json.dumps(told | facts))
    return path


def drawn(figure: Figure) -> dict[str, np.ndarray]:
    """Name -> points of every line of the first panel that is in the legend or named."""
    ax = figure.axes[0]
    legend = ax.get_legend()
    names = [] if legend is None else [text.get_text() for text in legend.get_texts()]
    bars = [container.lines[0].get_xydata() for container in ax.containers]
    return dict(zip(names, map(np.array, bars), strict=False))


def diagnosed() -> dict[str, Any]:
    names = ("right_argmax", "right_not_argmax", "search_error", "model_error", "unproved")
    shares = dict.fromkeys(names, estimate(0.0)) | {
        "right_argmax": estimate(0.75),
        "model_error": estimate(0.25),
        "missed_argmax": estimate(0.125),
    }
    return {
        "task": "text",
        "count": 40,
        "nats_called_equal": 1e-4,
        "exhaustive": {"budget": 10},
        "searches": {"greedy": {"shares": shares}, "beam:4": {"shares": shares}},
        "checkpoint": {"name": "g2p"},
        "data": {"path": "words.tsv"},
    }
