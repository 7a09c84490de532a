"""How much memory evaluation takes while it answers a million instances.

    python experiments/memory.py

Draws the instances, runs `ptrnet evaluate` on them in a process of its own, and reads every second
how much of it lies in memory. The command's own lines on standard error say how many instances had
been answered then.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple, final

import numpy as np
from matplotlib.figure import Figure

from ptrnet_suite.reporting.style import axes_or_new, figure_of, in_house_style, save
from ptrnet_suite.runtime.files import write_json
from ptrnet_suite.runtime.provenance import command_line, git_commit, machine, versions

EVERY = 1.0
"""Seconds between readings."""

PROGRAM = """
import sys
from ptrnet_suite.reporting import progress
progress.LINE_EVERY = 1.0
from ptrnet_suite.cli.main import main
sys.exit(main(sys.argv[1:]))
"""
"""The command as it is, but for how often it tells how far it is."""

DONE = re.compile(r"answering\s+(\d+)/(\d+)")


@final
class Reading(NamedTuple):
    """Seconds since the start, instances answered, and the memory taken, in bytes."""

    seconds: float
    answered: int
    memory: int


def main() -> None:
    """Runs the command, and writes the readings and their picture."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    default = Path(__file__).parents[1] / "results" / "faults" / "evaluation_memory.json"
    parser.add_argument("--task", default="sorting")
    parser.add_argument("--size", type=int, default=10, help="of each instance")
    parser.add_argument("--count", type=int, default=1_000_000, help="instances")
    parser.add_argument("--json", type=Path, default=default, metavar="FILE")
    arguments = parser.parse_args()
    task, size, count = arguments.task, arguments.size, arguments.count
    with tempfile.TemporaryDirectory() as folder:
        data = ["data", task, "--size", str(size), "--count", str(count), "--seed", "1"]
        evaluate = ["evaluate", task, "--data", "million.npz", "--json", "figures.json"]
        evaluate += ["--threads", "1"]
        program = [sys.executable, "-c", PROGRAM]
        subprocess.run([*program, *data, "--out", "million.npz"], cwd=folder, check=True)
        readings, peak = watched([*program, *evaluate], Path(folder))
        figures = json.loads((Path(folder) / "figures.json").read_text())
    content = {
        "summary": summed(readings, peak),
        "runs": [
            " ".join(["ptrnet", *data, "--out", "million.npz"]),
            " ".join(["ptrnet", *evaluate]),
        ],
        "metrics": figures["metrics"],
        "seconds": figures["seconds"],
        "readings": [list(each) for each in readings],
        "readings_of": list(Reading._fields),
    }
    facts = {"machine": machine(), "versions": versions(), "git_commit": git_commit()}
    write_json(arguments.json, {**content, **facts, "command": command_line()}, indent=None)
    save(picture(readings), arguments.json.with_suffix(".png"))
    print(json.dumps(content["summary"], indent=2))


def watched(command: list[str], folder: Path) -> tuple[list[Reading], int]:
    """What a command took while it ran, and the most that it ever took, in bytes."""
    log, page, readings = folder / "said.txt", os.sysconf("SC_PAGE_SIZE"), list[Reading]()
    began = time.monotonic()
    with log.open("wb") as file:
        child = subprocess.Popen(command, cwd=folder, stderr=file, stdout=file)
    status = Path(f"/proc/{child.pid}/statm")
    while True:
        pages = int(status.read_text().split()[1])
        told = DONE.findall(log.read_text(errors="replace"))
        answered = int(told[-1][0]) if told else 0
        if (ended := os.wait4(child.pid, os.WNOHANG))[0]:
            break
        readings.append(Reading(round(time.monotonic() - began, 2), answered, pages * page))
        time.sleep(EVERY)
    child.returncode = os.waitstatus_to_exitcode(ended[1])
    assert child.returncode == 0, log.read_text()
    return readings, ended[2].ru_maxrss * 1024


def summed(readings: list[Reading], peak: int) -> dict[str, Any]:
    """The memory after a tenth of the instances and later, in megabytes of 10^6 bytes."""
    total = max(each.answered for each in readings)
    later = [each for each in readings if each.answered >= total / 10]
    at_tenth, while_answering = later[0].memory, [each for each in later if each.answered < total]
    return {
        "instances": total,
        "after_a_tenth_mb": round(at_tenth / 1e6, 1),
        "most_while_answering_mb": round(max(each.memory for each in while_answering) / 1e6, 1),
        "most_at_all_mb": round(peak / 1e6, 1),
        "growth_while_answering": max(each.memory for each in while_answering) / at_tenth - 1,
        "growth_to_the_end": peak / at_tenth - 1,
    }


@in_house_style
def picture(readings: list[Reading]) -> Figure:
    """Memory over time, with how many instances had been answered above."""
    ax = axes_or_new(None, 6.4, 3.6)
    seconds, answered, memory = np.array(readings).T
    ax.plot(seconds, memory / 1e6)
    ax.set_ylim(0, 1.15 * memory.max() / 1e6)
    ax.set_xlim(0, seconds[-1])
    ax.set_xlabel("seconds")
    ax.set_ylabel("memory in MB")
    for share in (0.1, 0.5, 0.9):
        at = int(np.argmax(answered >= share * answered.max()))
        ax.axvline(seconds[at], color="0.6", linewidth=0.8, linestyle=":")
        label = f"{answered.max() * share:,.0f}"
        ax.annotate(label, (seconds[at], 0), (3, 6), textcoords="offset points", color="0.4")
    ax.set_title(f"evaluation of {answered.max():,.0f} instances")
    return figure_of(ax)


if __name__ == "__main__":
    main()
