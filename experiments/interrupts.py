"""Kills and interrupts runs of training at random moments, and holds what they become after it
against runs that nothing stopped.

    python experiments/interrupts.py --count 50

Half of the stops are SIGKILL, which a process cannot know of; the others are SIGINT and SIGTERM in
turns. Each stopped run goes on to its end by the command that it named, or that its folder allows,
and must then equal the undisturbed run bit by bit: weights and optimiser, streams of random
numbers, best checkpoint, and every line of the log but for what the clock says. Every run is a
process of its own, of one thread, forked from one that has imported torch.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import signal
import tempfile
import time
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, final

import numpy as np
import torch
from safetensors.torch import load_file

from ptrnet_suite.cli.main import main as ptrnet
from ptrnet_suite.runtime.files import write_json
from ptrnet_suite.runtime.provenance import command_line, git_commit, machine, versions
from ptrnet_suite.training.run_folder import CONFIG, METRICS, resume_command
from ptrnet_suite.training.state_file import read_state

SMALL = shlex.split(
    "--model.width 16 --model.encoder.layers 1 --model.encoder.heads 2 --model.decoder.layers 1 "
    "--model.decoder.heads 2 --model.dropout 0.1 --data.sizes [5,8] --validation.size 6 "
    "--validation.count 64 --validation.every 60 --batch-size 16 --warmup 20 --threads 1 "
    "--save-minutes 0.01"
)
RUNS = {
    "sorting": [*SMALL, "--steps", "330", "--strategy.kind", "scheduled_sampling"],
    "tsp": [*SMALL, "--steps", "230", "--strategy.kind", "reinforce", "--strategy.every", "50"],
    "convex_hull": [*SMALL, "--steps", "230", "--strategy.kind", "teacher_forcing"],
}
"""Task -> its run: dropout, a baseline that learns, and draws of its own choices."""

CLOCK = ("seconds", "cpu_seconds", "instances_per_second", "target_tokens_per_second")
INTERRUPTS = (signal.SIGINT, signal.SIGTERM)
COMPARED = ("model", "optimiser", "random", "strategy", "best", "figures", "window")
"""Parts of the state that must be the same."""


@final
class Ended(NamedTuple):
    """How a process ended: its exit code, or minus the signal's number; what it said; its time."""

    code: int
    said: str
    seconds: float


def main() -> None:
    """Makes the undisturbed runs, stops and resumes the others, and writes JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    default = Path(__file__).parents[1] / "results" / "faults" / "interrupts.json"
    parser.add_argument("--count", type=int, default=50, help="kills, and as many interrupts")
    parser.add_argument("--seed", type=int, default=1, help="of the moments")
    parser.add_argument("--json", type=Path, default=default, metavar="FILE")
    arguments = parser.parse_args()
    rng = np.random.default_rng(arguments.seed)
    stops = {"kills": [], "interrupts": []}  # type: dict[str, list[dict[str, Any]]]
    with tempfile.TemporaryDirectory() as folder:
        whole = {task: undisturbed(task, Path(folder) / task) for task in RUNS}
        for index in range(arguments.count):
            for kind, number in (("kills", signal.SIGKILL), ("interrupts", INTERRUPTS[index % 2])):
                task = list(RUNS)[index % len(RUNS)]
                place = Path(folder) / f"{kind}{index}"
                stops[kind].append(stopped(task, number, place, *whole[task], rng))
                print(kind, index + 1, stops[kind][-1], flush=True)
    summary = {kind: summed(rows) for kind, rows in stops.items()}
    facts = {"machine": machine(), "versions": versions(), "git_commit": git_commit()}
    runs = {task: shlex.join(["ptrnet", "train", task, *words]) for task, words in RUNS.items()}
    content = {"summary": summary, "runs": runs, "seed": arguments.seed, "stops": stops, **facts}
    write_json(arguments.json, {**content, "command": command_line()})
    print(json.dumps(summary, indent=2))


def undisturbed(task: str, folder: Path) -> tuple[dict[str, Any], float]:
    """What a run becomes that nothing stops, and the seconds that it takes."""
    ended = process(["train", task, *RUNS[task], "--output", str(folder)], folder.parent)
    assert ended.code == 0, ended.said
    return outcome(folder), ended.seconds


def stopped(
    task: str,
    number: signal.Signals,
    folder: Path,
    expected: dict[str, Any],
    seconds: float,
    rng: np.random.Generator,
) -> dict[str, Any]:
    """Stops a run at a random moment of its time, lets it go on, and tells what came of it."""
    missed = 0
    while True:
        moment = float(rng.uniform(0, seconds))
        first = ["train", task, *RUNS[task], "--output", str(folder)]
        ended = process(first, folder.parent, (number, moment))
        if ended.code != 0:
            break
        # On a busy machine the time of a run varies; this one had ended before its moment came.
        missed += 1
        folder = folder.with_name(f"{folder.name}_again")
    saved = saved_step(folder)
    named = ended.said.partition("go on with: ")[2].strip()
    if named:
        command = shlex.split(named)[1:]
    elif (folder / CONFIG).is_file():
        command = shlex.split(resume_command(task, folder))[1:]
    else:
        command = first
    resumed = process(command, folder.parent)
    differs = differences(expected, outcome(folder)) if resumed.code == 0 else [resumed.said]
    left = [path.name for path in folder.glob(".*-*")]
    return {
        "run": task,
        "signal": number.name,
        "after_seconds": round(moment, 3),
        "exit_code": ended.code,
        "saved_step": saved,
        "resumed_by": "its own words" if named else ("--resume" if saved is not None else "anew"),
        "missed": missed,
        "differences": differs,
        "left_files": left,
    }


def process(
    words: list[str], folder: Path, stop: tuple[signal.Signals, float] | None = None
) -> Ended:
    """Runs a command line in a process of its own, and sends it a signal after some seconds."""
    log = folder / "said.txt"
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        # A shell that starts this script in the background would have it ignore Ctrl-C.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        with log.open("wb") as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
        os._exit(ptrnet(words))
    if stop is not None:
        time.sleep(max(0.0, stop[1] - (time.monotonic() - began)))
        os.kill(child, stop[0])
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return Ended(code, log.read_text(encoding="utf-8"), time.monotonic() - began)


def saved_step(folder: Path) -> int | None:
    """The step after which a run was saved last, None where it has not begun."""
    state = folder / "state.safetensors"
    return int(read_state(state)["counters"]["step"]) if state.is_file() else None


def outcome(folder: Path) -> dict[str, Any]:
    """All of a finished run that must not depend on stops."""
    state = read_state(folder / "state.safetensors")
    rows = [json.loads(line) for line in (folder / METRICS).read_text().splitlines()]
    log = [{name: row[name] for name in row if name not in CLOCK} for row in rows]
    window = {**state["window"], "seconds": None}
    return {
        **{f"state: {name}": state[name] for name in COMPARED if name != "window"},
        "state: window": window,
        "best.safetensors": load_file(folder / "best.safetensors"),
        "last.safetensors": load_file(folder / "last.safetensors"),
        METRICS: log,
    }


def differences(expected: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """Names of the parts that are not the same, bit by bit."""
    return [name for name in expected if not same(expected[name], found[name])]


def same(one: Any, other: Any) -> bool:
    """Whether two nested values are the same, their tensors bit by bit."""
    if type(one) is not type(other):
        return False
    if isinstance(one, torch.Tensor):
        return one.dtype == other.dtype and one.shape == other.shape and torch.equal(one, other)
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def summed(rows: list[dict[str, Any]]) -> dict[str, int]:
    """Counts over all stops of a kind."""
    return {
        "stops": len(rows),
        "equal": sum(not row["differences"] for row in rows),
        "left_temporary_files": sum(bool(row["left_files"]) for row in rows),
        "in_the_middle": sum(bool(row["saved_step"]) for row in rows),
        "resumed_by_the_command_it_named": sum(
            row["resumed_by"] == "its own words" for row in rows
        ),
    }


if __name__ == "__main__":
    # PyTorch and the suite import these only when training starts, for seconds in every process.
    for name in ("torch._dynamo", "torch.utils.tensorboard", "ptrnet_suite.studies.training_run"):
        import_module(name)
    main()
