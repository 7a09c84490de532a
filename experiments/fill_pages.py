# ruff: noqa: E501 - a table is read a line at a time
"""Fills the tables of both READMEs from the files beside this one: python experiments/fill_pages.py"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from ptrnet_suite.runtime.files import atomic_write

RESULTS = Path(__file__).parents[1] / "results"
ENGLISH, CHINESE = RESULTS.parent / "README.md", RESULTS.parent / "README.zh.md"
BLOCK = re.compile(r"(<!-- (\w+) -->\n)(?:(?!<!-- ).)*?(<!-- end -->)", re.DOTALL)
"""What stands between `<!-- NAME -->` and `<!-- end -->`."""

Row = tuple[str, ...]


def read(name: str) -> dict[str, Any]:
    """One result file."""
    found: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
    return found


def percent(name: str, metric: str, digits: int = 1) -> str:
    """A rate with its interval."""
    told = read(name)["metrics"][metric]
    value, low, high = (f"{100 * told[key]:.{digits}f}" for key in ("value", "low", "high"))
    return f"{value} % [{low}, {high}]"


def table(head: Row, rows: list[Row]) -> str:
    """A markdown table."""
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


HULLS = (
    ("5", "92.0 % (Ptr-Net 5-50)"),
    ("10", "87.0 % (Ptr-Net 5-50)"),
    ("50", "72.6 % (Ptr-Net 50), 69.6 % (5-50)"),
    ("100", "50.3 % (Ptr-Net 5-50)"),
)
FIGURES = (
    ("", "official 5-point test file, first 1,000 (not uniform)", "exact", "convex_hull_5_official", "exact", 1, ""),
    ("", "50 uniform points", "simple polygons", "convex_hull_50", "simple", 2, ""),
    ("tour", "official TSP5 file, first 1,000", "gap", "tsp_5_official", "gap", 3, ""),
    ("", "official exact TSP10 file, first 1,000", "gap", "tsp_10_official", "gap", 2, ""),
    ("", "20 uniform cities, 2,000 sets", "gap", "tsp_20", "gap", 2, "0.34 % (attention model, greedy)"),
    ("", "the same, `tsp20_pomo`: 24 minutes of POMO, no labels", "gap", "tsp_20_pomo", "gap", 2, ""),
    ("", "the same, `tsp20_reinforce`: 14 CPU minutes of REINFORCE, no labels", "gap", "tsp_20_reinforce", "gap", 2, ""),
    ("", "50 uniform cities, 1,280 sets, Concorde's tours", "gap", "fine_tuning/tsp50_greedy", "gap", 2, "1.76 % (attention model, greedy); mean length 6.09 (Ptr-Net)"),
    ("", "the same with `--search beam:16`", "gap", "fine_tuning/tsp50_beam_16", "gap", 2, ""),
    ("", "the same with `--search multistart/greedy`", "gap", "fine_tuning/tsp50_multistart_greedy", "gap", 2, "0.21 % (POMO, multi-start)"),
    ("sorting", "10 numbers, 10,000 sequences", "exact", "sorting_10", "exact", 2, "28 % (\"Order matters\", 1 glimpse)"),
    ("", "30 numbers, 10,000 sequences", "exact", "sorting_30", "exact", 2, ""),
)  # fmt: skip
CITIES = ("berlin52", "eil51", "st70", "kroA100")


def figures() -> str:
    """Every task's figures, and TSPLIB's."""
    rows = [
        (
            "convex hull" if size == "5" else "",
            f"{size} uniform points, 2,000 sets",
            "exact",
            percent(f"convex_hull_{size}", "exact"),
            published,
            f"convex_hull_{size}.json",
        )
        for size, published in HULLS
    ]
    rows += [
        (task, data, figure, percent(name, metric, digits), published, f"{name}.json")
        for task, data, figure, name, metric, digits, published in FIGURES
    ]
    head = ("task", "data", "figure", "ours", "published or classical", "file")
    cities = []
    for name in CITIES:
        told = read(name)["metrics"]
        length, gap = told["length"]["value"], told["gap"]["value"]
        cities.append((name, f"{length:,.0f}", f"{100 * gap:.2f} %"))
    told = "TSPLIB, greedy, against the published optimum (`results/NAME.json`, `.png`):"
    return "\n\n".join([table(head, rows), told, table(("instance", "length", "gap"), cities)])


def decoding() -> str:
    """One checkpoint, one hundred instances, every search: gap beside time."""
    found = [json.loads(path.read_text()) for path in (RESULTS / "decoding").glob("*.json")]
    rows = []
    for told in sorted(found, key=lambda told: -told["metrics"]["gap"]["value"]):
        gap, optimal = told["metrics"]["gap"], told["metrics"]["optimal"]
        interval = f"[{100 * gap['low']:.3f}, {100 * gap['high']:.3f}]"
        each = told["seconds"] / told["count"]
        rows.append(
            (
                f"`{told['search']}`",
                f"{100 * gap['value']:.3f} % {interval}",
                f"{100 * optimal['value']:.0f} %",
                f"{each:.3f}" if each < 1 else f"{each:.1f}",
            )
        )
    return table(("search", "gap", "optimal", "seconds each"), rows)


def fine_tuning() -> str:
    """What POMO after teacher forcing gives and takes, and what the mean of both keeps."""
    told = {
        "tsp50_supervised": "teacher forcing",
        "tsp50_pomo": "then POMO",
        "tsp50": "mean of both, 2 : 1",
    }
    searches = ("greedy", "beam_16", "multistart_greedy")
    rows = [
        (
            f"`{name}`",
            how,
            *(percent(f"fine_tuning/{name}_{search}", "gap", 2) for search in searches),
        )
        for name, how in told.items()
    ]
    return table(("checkpoint", "trained by", "greedy", "beam:16", "multistart/greedy"), rows)


def compared(folder: str) -> str:
    """A comparison's own table."""
    text = (RESULTS / folder / "table.md").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.startswith("|")]
    end = next((i for i, line in enumerate(lines) if i > 2 and "---" in line), len(lines) + 1)
    return "\n".join(lines[: end - 1])


def peers(name: str) -> str:
    """A peer script's own table."""
    return (RESULTS / "peers" / f"{name}.md").read_text(encoding="utf-8").rstrip()


def long_inputs() -> str:
    """Quality by input length, for every alignment and none."""
    text = (RESULTS / "long_inputs" / "table.md").read_text(encoding="utf-8")
    found = re.findall(r"\*\*(\w+) by the length.*token accuracy.*\*\*\n\n((?:\|.*\n)+)", text)
    return "\n\n".join(f"{label}, token accuracy (%):\n\n{rows.rstrip()}" for label, rows in found)


TEXT = (
    ("g2p, published CMUdict split", "`g2p`, bi-LSTM with attention, greedy", "g2p", "wer"),
    ("", "the same, `beam:5`", "g2p_beam5", "wer"),
    ("", "`g2p_recurrent`, the same network trained on, greedy", "g2p_recurrent", "wer"),
    ("", "the same, `beam:5`", "g2p_recurrent_beam5", "wer"),
    ("", "`g2p_transformer`, greedy", "g2p_transformer", "wer"),
    ("", "the same, `beam:5`", "g2p_transformer_beam5", "wer"),
    ("", "both together, `g2p_recurrent+g2p_transformer`, greedy", "g2p_ensemble", "wer"),
    ("Multi30k, German to English, test 2016", "`translation`, greedy", "translation", "bleu"),
    ("", "the same, `beam:5,length_penalty=1`", "translation_beam5", "bleu"),
    ("", "`translation_unattended`, no attention", "translation_unattended", "bleu"),
    (
        "",
        "Transformer, 18 CPU minutes (`translation_transformer`, not shipped), greedy",
        "translation_transformer",
        "bleu",
    ),
    ("SCAN, simple split", "`scan`", "scan_simple", "exact"),
    ("SCAN, length split", "`scan_length`", "scan_length", "exact"),
    ("rows of 8 handwritten digits, unseen images", "`digits`, CNN and LSTM", "digits_8", "cer"),
    (
        "captions of 4 scattered digits, unseen images",
        "`captions`, CNN and Transformer",
        "captions_4",
        "exact",
    ),
)
PUBLISHED = {
    "g2p": "PER 5.45, WER 23.55 (Yao & Zweig 2015); WER 24.4 (Phonetisaurus)",
    "g2p_transformer": "WER 20.6 (g2p-seq2seq, Transformer 3x256)",
    "g2p_ensemble": "PER 4.69, WER 20.24 (Toshniwal & Livescu 2016, ensemble)",
    "translation": "28.3 (GRU with attention, tutorial)",
    "translation_unattended": "13.8 (LSTM without, tutorial)",
    "translation_transformer": "36.5 (Transformer, tutorial)",
    "scan_simple": "99.8 (Lake & Baroni 2018)",
}


def text() -> str:
    """Text: the first metric, and for g2p the other one as well."""
    rows = []
    for data, model, name, metric in TEXT:
        told = read(f"text/{name}")["metrics"]
        names = ("per", "wer") if metric == "wer" else (metric,)
        factor = 1 if metric == "bleu" else 100
        found = [
            f"{one.upper() if one != 'exact' else one} {factor * told[one]['value']:.2f} "
            f"[{factor * told[one]['low']:.2f}, {factor * told[one]['high']:.2f}]"
            for one in names
        ]
        rows.append((data, model, ", ".join(found), PUBLISHED.get(name, ""), f"text/{name}.json"))
    return table(("data", "model", "ours", "published", "file"), rows)


FILLS: dict[str, Callable[[], str]] = {
    "figures": figures,
    "decoding": decoding,
    "fine_tuning": fine_tuning,
    "text": text,
    "pronunciation": partial(peers, "g2p"),
    "speed": partial(peers, "speed"),
    "attention": partial(compared, "attention"),
    "papers": partial(compared, "papers"),
    "long_inputs": long_inputs,
    "strategies": partial(compared, "strategies"),
}
"""Name of a block -> what makes it."""


def filled(page: str, blocks: Mapping[str, str]) -> str:
    """The page with every block anew."""
    return BLOCK.sub(lambda found: f"{found[1]}{blocks[found[2]]}\n{found[3]}", page)


def wrong_with(page: str, each_once: bool) -> str:
    """Which of the page's blocks are unknown, open, twice or (where each stands once) missing."""
    opened = [name for name in re.findall(r"<!-- (\w+) -->", page) if name != "end"]
    if opened != [found[2] for found in BLOCK.finditer(page)]:
        return "a block without <!-- end -->"
    counts = {name: opened.count(name) for name in {*FILLS, *opened}}
    allowed = (1,) if each_once else (0, 1)
    wrong = [name for name, count in counts.items() if name not in FILLS or count not in allowed]
    return f"blocks unknown, twice or missing: {', '.join(sorted(wrong))}" if wrong else ""


def main() -> None:
    """Writes every block of both pages anew."""
    blocks = {name: made() for name, made in FILLS.items()}
    pages = {path: path.read_text(encoding="utf-8") for path in (ENGLISH, CHINESE)}
    for path, page in pages.items():
        if wrong := wrong_with(page, each_once=path is ENGLISH):
            raise SystemExit(f"{path.name} has {wrong}")
    for path, page in pages.items():
        with atomic_write(path) as temporary:
            temporary.write_text(filled(page, blocks), encoding="utf-8")


if __name__ == "__main__":
    main()
