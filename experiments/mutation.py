"""Mutation testing: plants small faults and counts those that no test finds.

    python experiments/mutation.py [PART OF A PATH ...] [--again]

Without a part of a path all files of `mutants.scope` are mutated. Each outcome is added to
runs/mutants.jsonl as soon as it is known; a run that is stopped (Ctrl-C) goes on with --again,
which tries only what is not yet known to be found. The counts go to results/faults/mutation.json
and .md.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tasks")]

from mutants.planting import mutants_of  # noqa: E402
from mutants.report import equivalents, outcomes, write  # noqa: E402
from mutants.run import Run  # noqa: E402
from mutants.scope import scope  # noqa: E402
from mutants.trials import derandomised  # noqa: E402


def main() -> None:
    """Tries the mutants and writes the counts."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("parts", nargs="*", metavar="PART", help="files whose path holds one")
    parser.add_argument("--again", action="store_true", help="only what is not known to be found")
    parser.add_argument("--report", action="store_true", help="only count what was tried before")
    parser.add_argument("--seconds", type=float, default=12, help="of tests for each mutant")
    arguments = parser.parse_args()
    os.chdir(ROOT)
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"
    log, reached = ROOT / "runs" / "mutants.jsonl", ROOT / "runs" / "mutants_reached.json"
    log.parent.mkdir(exist_ok=True)
    mutants = [mutant for path in scope(ROOT) for mutant in mutants_of(path, ROOT)]
    known, settled = outcomes(log) if arguments.again else {}, equivalents()
    chosen = [
        mutant
        for mutant in mutants
        if not arguments.parts or any(part in mutant.path for part in arguments.parts)
        if known.get((mutant.name, mutant.digest)) != "killed"
        if not arguments.again or mutant.name not in settled
    ]
    # Stopped at any time, what was tried by then is a fair sample of all.
    random.Random(0).shuffle(chosen)
    chosen.sort(key=lambda mutant: known.get((mutant.name, mutant.digest)) != "survived")
    if chosen and not arguments.report:
        print(f"{len(mutants)} mutants, of which {len(chosen)} are tried", file=sys.stderr)
        derandomised()
        with contextlib.suppress(KeyboardInterrupt):
            Run(ROOT, arguments.seconds, log, reached).try_all(chosen)
    wrong = write(mutants, log, ROOT / "results" / "faults")
    if wrong:
        raise SystemExit("\n".join(["What is listed as equivalent does not hold:", *wrong]))


if __name__ == "__main__":
    main()
