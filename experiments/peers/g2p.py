"""Pronunciation against Phonetisaurus and g2p_en: the same test words, measures and machine.

    python experiments/peers/g2p.py --data cmudict/ --folder peers/ --json results/peers/g2p.json

Each system runs on one thread, in turns, so that what else the machine does falls on all alike.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from environments import environment, finished, output_of, version_of
from measurements import percent, several, shown, table, write
from ptrnet_tasks.text.task import Text

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.evaluation.report import measure
from ptrnet_suite.runtime.files import file_sha256, write_json

TASK = Text("g2p")
OURS = Path(__file__).parents[2] / ".venv" / "bin" / "ptrnet"
TRAIN, TEST = "g014b2b.train", "g014b2b.test"


class TracedAnswer(NamedTuple):
    """Answers, and how long they took without starting up and loading."""

    answers: Sequence[str]
    seconds: float


class System(NamedTuple):
    """Something that pronounces words; `facts` go into the JSON."""

    name: str
    note: str
    pronounce: Callable[[Sequence[str]], TracedAnswer]
    facts: dict[str, Any]


def phonetisaurus(arguments: argparse.Namespace) -> System:
    """Joint n-grams over aligned letters and phones, trained once and kept."""
    python = environment(arguments.folder / "phonetisaurus", ["phonetisaurus==0.3.0"])
    model = arguments.folder / "phonetisaurus.fst"
    record = model.with_suffix(".json")
    if not model.is_file():
        _train(python, arguments.data / TRAIN, model, record)
    command = [python.with_name("phonetisaurus"), "predict", "--model", model]

    def seconds_of(words: Sequence[str]) -> tuple[str, float]:
        began = time.perf_counter()
        said = output_of(command, "".join(f"{word}\n" for word in words))
        return said, time.perf_counter() - began

    def pronounce(words: Sequence[str]) -> TracedAnswer:
        _, start = seconds_of(words[:1])
        said, whole = seconds_of(words)
        split = (line.partition(" ") for line in said.splitlines())
        found = {word: phones for word, _, phones in split}
        return TracedAnswer([found.get(word, "") for word in words], max(whole - start, 1e-3))

    trained = json.loads(record.read_text(encoding="utf-8")) if record.is_file() else None
    facts = {"version": version_of(python, "phonetisaurus"), "training": trained}
    return System("Phonetisaurus", f"trained on `{TRAIN}`, test words held out", pronounce, facts)


def _train(python: Path, lexicon: Path, model: Path, record: Path) -> None:
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [python.with_name("phonetisaurus"), "train", "--model", model, lexicon]
    finished(command)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = {"seconds": time.perf_counter() - began, "cpu_seconds": after.ru_utime - before.ru_utime}
    write_json(record, {**told, "lexicon": lexicon.name, "sha256": file_sha256(lexicon)})


def g2p_en(arguments: argparse.Namespace) -> System:
    """A recurrent network in numpy, as it comes."""
    python = environment(arguments.folder / "g2p_en", ["g2p_en==2.1.0"])
    worker = Path(__file__).with_name("g2p_en_words.py")

    def pronounce(words: Sequence[str]) -> TracedAnswer:
        found = json.loads(output_of([python, worker], "\n".join(words)))
        return TracedAnswer(found["answers"], found["seconds"])

    note = "its network alone; trained on all of CMUdict, the test words included"
    return System("g2p_en", note, pronounce, {"version": version_of(python, "g2p_en")})


def ours(checkpoint: str, search: str) -> System:
    """A checkpoint of this project, decoded by the command line."""
    facts: dict[str, Any] = {"search": search}

    def pronounce(words: Sequence[str]) -> TracedAnswer:
        with tempfile.TemporaryDirectory() as folder:
            data, out = Path(folder, "words.tsv"), Path(folder, "answers.json")
            data.write_text("".join(f"{word}\n" for word in words), encoding="utf-8")
            line = [OURS, "solve", "text", data, "--checkpoint", checkpoint, "--search", search]
            output_of([*line, "--threads", "1", "--json", out])
            found = json.loads(out.read_text(encoding="utf-8"))
        facts["checkpoint"] = found["checkpoint"]
        return TracedAnswer([one["answer"] for one in found["answers"]], found["seconds"])

    name = Path(checkpoint).stem
    return System(
        f"ours, `{name}`, {search}",
        "test words held out; words decoded in batches",
        pronounce,
        facts,
    )


def measured(system: System, words: Instances, runs: Sequence[TracedAnswer]) -> dict[str, Any]:
    """A system's rates and speed as plain JSON."""
    found = measure(TASK, TASK.evaluate(words, runs[0].answers))
    rates = {name: found[name].to_json() for name in ("per", "wer")}
    speed = several([len(words) / run.seconds for run in runs])
    told = {"name": system.name, "note": system.note, **system.facts}
    return {**told, "metrics": rates, "words_per_second": speed}


def main() -> None:
    """Measures all systems in turns and writes JSON and table."""
    arguments = _parser().parse_args()
    words = TASK.formats.read(arguments.data / TEST)
    if arguments.limit:
        words = words.subset(range(min(arguments.limit, len(words))))
    systems = [
        *(ours(one, search) for one in arguments.checkpoint for search in arguments.search),
        phonetisaurus(arguments),
        g2p_en(arguments),
    ]
    runs: list[list[TracedAnswer]] = [[] for _ in systems]
    for _ in range(arguments.repeats):
        for system, done in zip(systems, runs, strict=True):
            done.append(system.pronounce(list(words.inputs)))
    rows = [measured(*each) for each in zip(systems, [words] * len(systems), runs, strict=True)]
    data = {"path": TEST, "sha256": file_sha256(arguments.data / TEST), "words": len(words)}
    content = {"data": data, "threads": 1, "repeats": arguments.repeats, "systems": rows}
    markdown = _table(rows)
    write(arguments.json, content, markdown)
    print(markdown)


def _table(rows: Sequence[dict[str, Any]]) -> str:
    head = ("", "PER (%)", "WER (%)", "words/s, one thread", "")
    cells = [
        (
            row["name"],
            *(percent(row["metrics"][name]) for name in ("per", "wer")),
            shown(row["words_per_second"]),
            row["note"],
        )
        for row in rows
    ]
    return table(head, cells)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    told = f"folder with {TRAIN} and {TEST}"
    parser.add_argument("--data", type=Path, required=True, metavar="FOLDER", help=told)
    told = "where environments and the trained Phonetisaurus model are kept"
    parser.add_argument("--folder", type=Path, required=True, metavar="FOLDER", help=told)
    told = "shipped checkpoints or files, or none (default: g2p)"
    parser.add_argument("--checkpoint", nargs="*", default=["g2p"], metavar="NAME", help=told)
    told = "our searches (default: greedy beam:5)"
    parser.add_argument("--search", nargs="+", default=["greedy", "beam:5"], help=told)
    parser.add_argument("--repeats", type=int, default=3, metavar="N", help="turns (default: 3)")
    parser.add_argument("--limit", type=int, metavar="N", help="only the first N words")
    default = Path(__file__).parents[2] / "results" / "peers" / "g2p.json"
    told = "where JSON goes, and beside it the table as .md (default: beside this script)"
    parser.add_argument("--json", type=Path, default=default, metavar="FILE", help=told)
    return parser


if __name__ == "__main__":
    main()
