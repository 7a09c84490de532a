# ruff: noqa: E501 - a table is read a line at a time
"""Fills the tables of README.md from the files beside this one: python results/readme.py"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent
README = RESULTS.parent / "README.md"

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
    ("g2p", "published CMUdict test split, 12,000 words", "PER", "g2p_published_test", "per", 2, "5.45 % (Yao & Zweig 2015)"),
    ("", "", "WER", "g2p_published_test", "wer", 2, "23.55 %, 20.6 % (Transformer)"),
    ("", "the same with `--search beam:5`", "WER", "g2p_published_test_beam5", "wer", 2, ""),
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


def strategies() -> str:
    """The comparison's own table."""
    text = (RESULTS / "strategies" / "table.md").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.startswith("|")]
    end = next((i for i, line in enumerate(lines) if i > 2 and "---" in line), len(lines) + 1)
    return "\n".join(lines[: end - 1])


def main() -> None:
    """Writes what stands between `<!-- NAME -->` and `<!-- end -->` anew."""
    text = README.read_text(encoding="utf-8")
    for fill in (figures, decoding, fine_tuning, strategies):
        name = fill.__name__
        block = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        text, count = block.subn(lambda found, fill=fill: f"{found[1]}{fill()}\n{found[2]}", text)
        if count != 1:
            raise SystemExit(f"README.md has {count} blocks <!-- {name} -->; one is needed")
    README.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
