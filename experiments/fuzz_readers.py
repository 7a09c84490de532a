"""Breaks whole inputs of every reader and writes what came of it, with the seed of each finding.

    python experiments/fuzz_readers.py --inputs 10000 --output results/faults

Each reader runs in processes of its own with a limit on memory, and one input may not take longer
than a limit on time; a process that dies over an input is a finding, too. The same seed and number
make the same inputs: `tests.fuzzing.check_seed(reader, seed, folder)` reads one of them again.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import signal
import sys
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from time import monotonic, perf_counter
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from ptrnet_suite.runtime.files import write_json
from ptrnet_suite.runtime.provenance import command_line, git_commit, machine, versions
from tests.fuzzing import READERS, check_seed, whole
from tests.reading import MOST_BYTES, MOST_SECONDS

CHUNK = 500
"""Inputs of one process."""

HANGS = 4 * MOST_SECONDS
"""Seconds after which a process that says nothing is ended."""

MOST_EXAMPLES = 5


def main() -> None:
    """Runs the readers and writes `fuzzing.json` and `fuzzing.md`."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("readers", nargs="*", metavar="READER", help="default: all")
    parser.add_argument("--inputs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1, help="readers at a time")
    parser.add_argument("--output", type=Path, default=Path("results/faults"))
    arguments = parser.parse_args()
    rows = []
    work = partial(fuzz, inputs=arguments.inputs, first=arguments.seed)
    with ProcessPoolExecutor(arguments.jobs, get_context("fork")) as pool:
        for row in pool.map(work, arguments.readers or READERS):
            rows.append(row)
            print(row_text(row), flush=True)
            for finding in row["findings"][:MOST_EXAMPLES]:
                print("   ", str(finding)[:300], flush=True)
    write_json(
        arguments.output / "fuzzing.json",
        {
            "command": command_line(),
            "commit": git_commit(),
            "machine": machine(),
            "versions": versions(),
            "seed": arguments.seed,
            "limits": {"seconds": MOST_SECONDS, "bytes": MOST_BYTES},
            "readers": rows,
        },
    )
    lines = [
        "| reader | inputs | accepted | refused in a sentence | findings |",
        "|---|---|---|---|---|",
        *map(row_text, rows),
    ]
    (arguments.output / "fuzzing.md").write_text("\n".join(lines) + "\n")


def row_text(row: dict[str, Any]) -> str:
    """One reader's line of the table."""
    count = sum(finding["count"] for finding in row["findings"])
    cells = (row["reader"], row["inputs"], row["accepted"], row["refused"], count)
    return (
        "| " + " | ".join(f"{cell:,}" if isinstance(cell, int) else cell for cell in cells) + " |"
    )


def fuzz(name: str, inputs: int, first: int) -> dict[str, Any]:
    """How often a reader accepted and refused, and what else it did, each kind with its seeds."""
    whole(name)
    start, verdicts, findings = perf_counter(), Counter[str](), {}
    seed, last = first, first + inputs
    while seed < last:
        seed, outcomes = in_a_process(name, seed, min(last, seed + CHUNK))
        for at, verdict, detail in outcomes:
            verdicts[verdict] += 1
            if verdict not in ("accepted", "refused"):
                kind = verdict if verdict in ("nameless", "long") else f"{verdict}: {detail}"
                finding = findings.setdefault(kind, {"what": kind, "count": 0, "seeds": []})
                finding["count"] += 1
                if len(finding["seeds"]) < MOST_EXAMPLES:
                    finding["seeds"].append(at)
    return {
        "reader": name,
        "inputs": inputs,
        "accepted": verdicts["accepted"],
        "refused": verdicts["refused"],
        "findings": list(findings.values()),
        "seconds": round(perf_counter() - start, 1),
    }


def in_a_process(name: str, first: int, last: int) -> tuple[int, list[tuple[int, str, str]]]:
    """Reads the inputs of some seeds in a fork; returns the next seed and each one's outcome."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        read_all(name, first, last, writing)
    os.close(writing)
    outcomes: list[tuple[int, str, str]] = []
    said, rest = monotonic(), b""
    os.set_blocking(reading, False)
    while True:
        try:
            piece = os.read(reading, 2**16)
        except BlockingIOError:
            if monotonic() - said > HANGS:
                os.kill(child, signal.SIGKILL)
                said = monotonic()
            signal.sigtimedwait([signal.SIGCHLD], 0.01)
            continue
        if not piece:
            break
        said = monotonic()
        *lines, rest = (rest + piece).split(b"\n")
        outcomes += [tuple(json.loads(line)) for line in lines]
    os.close(reading)
    _, status = os.waitpid(child, 0)
    seed = outcomes[-1][0] + 1 if outcomes else first
    if seed < last and status:
        code = os.waitstatus_to_exitcode(status)
        outcomes.append((seed, "died", f"by signal {-code}" if code < 0 else f"with code {code}"))
        seed += 1
    return seed, outcomes


def read_all(name: str, first: int, last: int, writing: int) -> None:
    """What a fork does: reads inputs, one line each to `writing`, and ends."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + 2 * MOST_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(first, last):
            before = peak()
            outcome = check_seed(name, seed, Path(folder))
            verdict, detail = outcome.verdict, outcome.detail
            if peak() - before > MOST_BYTES / 2:
                verdict, detail = "large", f"{(peak() - before) / 1e6:.0f} MB"
            elif not outcome.is_finding:
                detail = ""
            os.write(writing, json.dumps([seed, verdict, detail]).encode() + b"\n")
    os._exit(0)


def peak() -> int:
    """The most memory that this process ever had, in bytes."""
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    main()
