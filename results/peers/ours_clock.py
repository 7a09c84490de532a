"""Translates with a checkpoint, every answer of the same length, and tells how long it took.

python ours_clock.py CHECKPOINT SOURCES SEARCH BATCH LENGTH
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from ptrnet_suite.checkpoint import load_checkpoint
from ptrnet_suite.constraints import Progress, UntilEnd
from ptrnet_suite.data import END, Batch, Instances
from ptrnet_suite.evaluation import solve_instances
from ptrnet_suite.runtime import set_threads
from ptrnet_suite.search.spec import parse_search


class OfLength(UntilEnd):
    """Exactly `longest` choices, none of which is END."""

    def start(self, batch: Batch, choices: int) -> Progress:
        """Nothing chosen, END never open."""
        progress = super().start(batch, choices)
        progress.free[:, END] = False
        return progress


checkpoint, sources, search, batch, length = sys.argv[1:]
set_threads(1)
opened = load_checkpoint(checkpoint)
opened.task.constraint = lambda: OfLength(int(length))  # type: ignore[method-assign]
lines = Path(sources).read_text(encoding="utf-8").splitlines()
began = time.perf_counter(), time.process_time()
answers = solve_instances(
    opened.model, opened.task, Instances(lines), parse_search(search), int(batch)
)
took = time.perf_counter() - began[0], time.process_time() - began[1]
assert {len(answer.split()) for answer in answers} == {int(length)}
parameters = opened.parameters
json.dump({"seconds": took[0], "cpu_seconds": took[1], "parameters": parameters}, sys.stdout)
