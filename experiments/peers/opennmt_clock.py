"""Runs in OpenNMT-py's own environment: its train or translate, with a clock on its log.

    python opennmt_clock.py train|translate MARKS.json OPTIONS...

The file gets a row for each line of the log: wall-clock seconds, CPU seconds and the line.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any

import torch
from onmt.utils.logging import logger

marks: list[dict[str, Any]] = []


def noted(record: logging.LogRecord) -> bool:
    """Keeps when a line is logged, and lets it pass."""
    times = {"seconds": time.perf_counter(), "cpu_seconds": time.process_time()}
    marks.append({**times, "line": record.getMessage()})
    return True


kind, path, *options = sys.argv[1:]
torch.set_num_threads(1)
# A filter: OpenNMT-py puts its own handlers in place of all others.
logger.addFilter(noted)
sys.argv = [kind, *options]
import_module(f"onmt.bin.{kind}").main()
Path(path).write_text(json.dumps(marks), encoding="utf-8")
