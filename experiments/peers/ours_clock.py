"""Translates with a checkpoint, every answer of the same length, and tells how long it took.

python ours_clock.py CHECKPOINT SOURCES SEARCH BATCH LENGTH PRECISION
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from ptrnet_suite.data.batch import END
from ptrnet_suite.data.instances import Instances
from ptrnet_suite.evaluation.decode import solve_instances
from ptrnet_suite.model.checkpoint import load_checkpoint
from ptrnet_suite.runtime.device import set_threads
from ptrnet_suite.runtime.precision import matrix_products
from ptrnet_suite.runtime.processes import keep_memory
from ptrnet_suite.search.spec import parse_search
from ptrnet_suite.task.constraints import UntilEnd

NEVER = -1e4
"""Added to END's logit, so that every answer is as long as it may be."""

checkpoint, sources, search, batch, length, precision = sys.argv[1:]
set_threads(1)
keep_memory()
opened = load_checkpoint(checkpoint)
opened.task.constraint = lambda: UntilEnd(int(length))  # type: ignore[method-assign]
opened.model.head.project.bias.data[END] += NEVER
lines = Path(sources).read_text(encoding="utf-8").splitlines()
began = time.perf_counter(), time.process_time()
with matrix_products(precision, "cpu", opened.model.castable):
    answers = solve_instances(
        opened.model, opened.task, Instances(lines), parse_search(search), int(batch)
    )
took = time.perf_counter() - began[0], time.process_time() - began[1]
assert {len(answer.split()) for answer in answers} == {int(length)}
parameters = opened.parameters
json.dump({"seconds": took[0], "cpu_seconds": took[1], "parameters": parameters}, sys.stdout)
