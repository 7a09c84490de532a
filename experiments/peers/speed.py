"""Training and decoding speed of an attentional LSTM, beside OpenNMT-py's.

    python experiments/peers/speed.py --data multi30k/ --folder peers/ --json speed.json

Multi30k German to English; one bidirectional LSTM layer, one attentional LSTM layer, everything 256
wide, batches of 64, one thread, the same sentences and words. All sides take turns, so that what
else the machine does falls on all alike. Answers have one fixed length, so that what a model of two
epochs thinks of its sentences' ends does not decide how long decoding takes.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from measurements import several, shown, table, write
from opennmt import OpenNMT
from ours import LOGGED, Ours
from parallel import BATCH, Rates, pairs_of

BEAM = 5
MEASURES = {
    "training": "training, target tokens/s",
    "greedy": "greedy, sentences/s",
    f"beam_{BEAM}": f"beam {BEAM}, sentences/s",
}

Side = Ours | OpenNMT


def main() -> None:
    """Measures all sides in turns and writes JSON and table."""
    arguments = _parser().parse_args()
    if arguments.sentences % BATCH or LOGGED % arguments.sentences:
        raise SystemExit(f"--sentences must be a multiple of {BATCH} that {LOGGED} is one of")
    pairs = pairs_of(
        arguments.data, arguments.folder / "pairs", arguments.sentences, arguments.tests
    )
    sides: list[Side] = [
        OpenNMT(arguments.folder, pairs, True),
        Ours(arguments.folder, pairs, True),
        Ours(arguments.folder, pairs, True, "bfloat16"),
        OpenNMT(arguments.folder, pairs, False),
        Ours(arguments.folder, pairs, False),
        Ours(arguments.folder, pairs, False, "bfloat16"),
    ]
    runs: list[list[dict[str, Rates]]] = [[] for _ in sides]
    for turn in range(arguments.repeats):
        for side, done in zip(sides, runs, strict=True):
            done.append(_turn(side, arguments.epochs))
            told = ", ".join(
                f"{name} {one.wall:,.0f} ({one.cpu:,.0f})" for name, one in done[-1].items()
            )
            print(f"turn {turn + 1}: {side.name}: {told}", flush=True)
    rows = [_row(side, done) for side, done in zip(sides, runs, strict=True)]
    facts = {name: value for name, value in pairs._asdict().items() if isinstance(value, int)}
    content = {"pairs": facts, "threads": 1, "repeats": arguments.repeats, "systems": rows}
    markdown = _table(rows)
    write(arguments.json, content, markdown)
    print(markdown)


def _turn(side: Side, epochs: int) -> dict[str, Rates]:
    trained = side.train(epochs)
    return dict(zip(MEASURES, (trained, side.translate(1), side.translate(BEAM)), strict=True))


def _row(side: Side, runs: Sequence[dict[str, Rates]]) -> dict[str, Any]:
    speeds = {
        name: {
            "wall": several([run[name].wall for run in runs]),
            "cpu": several([run[name].cpu for run in runs]),
        }
        for name in MEASURES
    }
    return {"name": side.name, **side.facts, **speeds}


def _table(rows: Sequence[dict[str, Any]]) -> str:
    """Speeds by the clock; where another job shared the processor, those by CPU time tell more."""
    parts = []
    for clock, heading in (("wall", "per second"), ("cpu", "per second of CPU time")):
        head = (heading, "parameters", *MEASURES.values())
        cells = [
            (
                row["name"],
                f"{row['parameters']:,}",
                *(shown(row[name][clock]) for name in MEASURES),
            )
            for row in rows
        ]
        parts.append(table(head, cells))
    return "\n".join(parts)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    told = "folder with Multi30k's train.de.gz, train.en.gz, test_2016_flickr.de.gz and .en.gz"
    parser.add_argument("--data", type=Path, required=True, metavar="FOLDER", help=told)
    told = "where OpenNMT-py's environment and the runs are kept"
    parser.add_argument("--folder", type=Path, required=True, metavar="FOLDER", help=told)
    parser.add_argument("--repeats", type=int, default=3, metavar="N", help="turns (default: 3)")
    told = f"training sentences (default: {LOGGED})"
    parser.add_argument("--sentences", type=int, default=LOGGED, metavar="N", help=told)
    told = "epochs of training, the first of which does not count (default: 2)"
    parser.add_argument("--epochs", type=int, default=2, metavar="N", help=told)
    told = "test sentences to translate (default: 1000)"
    parser.add_argument("--tests", type=int, default=1000, metavar="N", help=told)
    default = Path(__file__).parents[2] / "results" / "peers" / "speed.json"
    told = "where JSON goes, and beside it the table as .md (default: beside this script)"
    parser.add_argument("--json", type=Path, default=default, metavar="FILE", help=told)
    return parser


if __name__ == "__main__":
    main()
