"""How much a model of dates attends to weekdays, which say nothing that the rest does not say.

    ptrnet compare relevance --output relevance
    python experiments/relevance.py relevance

For each run of the comparison, on dates that begin with a weekday: the share of the attention that
the weekday's letters get while the date is written, beside their share of all letters, and how many
answers change when the weekday is another one. The first is what a picture of attention shows; only
the second tells whether the model leaves the weekday out.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.evaluation.decode import solve_instances
from ptrnet_suite.model.checkpoint import Checkpoint, load_checkpoint
from ptrnet_suite.runtime.device import set_threads
from ptrnet_suite.runtime.files import write_json
from ptrnet_suite.runtime.provenance import command_line, git_commit, machine, versions
from ptrnet_suite.search.spec import parse_search

LONG = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEKDAY = re.compile(rf"^({'|'.join(LONG)}|{'|'.join(name[:3] for name in LONG)})\b")
SEED, DRAWN = 1_200_000, 4000


def main() -> None:
    """Measures every run and writes JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="what `ptrnet compare relevance` wrote")
    default = Path(__file__).parents[1] / "results" / "relevance" / "relevance.json"
    parser.add_argument("--json", type=Path, default=default, metavar="FILE")
    arguments = parser.parse_args()
    set_threads(1)
    runs = [
        {"variant": path.parts[-3], "seed": path.parts[-2], **measured(load_checkpoint(path))}
        for path in sorted(arguments.folder.glob("runs/dates/*/*/best.safetensors"))
    ]
    summary = {name: summed(runs, name) for name in dict.fromkeys(one["variant"] for one in runs)}
    facts = {"machine": machine(), "versions": versions(), "commit": git_commit()}
    arguments.json.parent.mkdir(exist_ok=True)
    write_json(
        arguments.json, {"summary": summary, "runs": runs, **facts, "command": command_line()}
    )
    for name, told in summary.items():
        print(name, told)


@torch.inference_mode()
def measured(checkpoint: Checkpoint) -> dict[str, Any]:
    """Shares of one model, 0 to 1."""
    task, model = checkpoint.task, checkpoint.model
    drawn = task.generate(10, DRAWN, SEED)
    dates = [text for text in drawn.inputs if WEEKDAY.match(text)]
    lengths = np.array([WEEKDAY.match(text).end() for text in dates])  # type: ignore[union-attr]
    answers, changed = (_answers(checkpoint, texts) for texts in (dates, list(map(other, dates))))
    known = task.label(Instances(dates)).solutions
    assert known is not None
    right = np.mean([a in accepted for a, accepted in zip(answers, known, strict=True)])
    told = task.batch(Instances(dates, [[answer] for answer in answers]))
    assert told.targets is not None
    assert told.target_mask is not None
    encoded = model.encode(told.without_targets)
    allowed = task.constraint().masks_along(
        told.without_targets, model.num_choices(encoded), told.targets
    )
    weights = model.trace(encoded, told.targets, allowed).weights
    assert weights is not None
    on_weekday = torch.arange(weights.shape[3]) < torch.from_numpy(lengths)[:, None]
    mass = (weights.mean(1) * on_weekday.unsqueeze(1)).sum(2)
    shares = lengths / np.array([len(text) for text in dates])
    return {
        "dates": len(dates),
        "exact": float(right),
        "attention": float(mass[told.target_mask].mean()),
        "letters": float(shares.mean()),
        "changed": float(np.mean([a != b for a, b in zip(answers, changed, strict=True)])),
    }


def other(text: str) -> str:
    """The date with the third weekday after its own, in the same form."""
    found = WEEKDAY.match(text)
    assert found is not None
    place = next(i for i, name in enumerate(LONG) if name.startswith(found[1][:3]))
    new = LONG[(place + 3) % 7]
    return (new if found[1] in LONG else new[:3]) + text[found.end() :]


def _answers(checkpoint: Checkpoint, texts: list[str]) -> list[str]:
    found: list[str] = solve_instances(
        checkpoint.model, checkpoint.task, Instances(texts), parse_search("greedy")
    )
    return found


def summed(runs: list[dict[str, Any]], variant: str) -> dict[str, dict[str, float]]:
    """Mean and standard deviation over the seeds."""
    chosen = [run for run in runs if run["variant"] == variant]
    return {
        name: {
            "mean": float(np.mean([run[name] for run in chosen])),
            "deviation": float(np.std([run[name] for run in chosen], ddof=1)),
        }
        for name in ("exact", "attention", "letters", "changed")
    }


if __name__ == "__main__":
    main()
