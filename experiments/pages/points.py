"""Tables of the tasks that point: hulls, tours, sorting."""

from __future__ import annotations

import json
from pathlib import Path

from pages.markdown import RESULTS, Row, percent, read, table
from pages.published import PUBLISHED

POMO = "the same, `tsp20_pomo`: 24 minutes of POMO, no labels"
REINFORCE = "the same, `tsp20_reinforce`: 14 CPU minutes of REINFORCE, no labels"
MULTISTART = "the same with `--search multistart/greedy`"
FIGURES = (
    ("convex hull", "5 uniform points, 2,000 sets", "convex_hull_5", "exact", 1),
    ("", "10 uniform points, 2,000 sets", "convex_hull_10", "exact", 1),
    ("", "50 uniform points, 2,000 sets", "convex_hull_50", "exact", 1),
    ("", "100 uniform points, 2,000 sets", "convex_hull_100", "exact", 1),
    (
        "",
        "official 5-point test file, first 1,000 (not uniform)",
        "convex_hull_5_official",
        "exact",
        1,
    ),
    ("", "50 uniform points", "convex_hull_50", "simple", 2),
    ("tour", "official TSP5 file, first 1,000", "tsp_5_official", "gap", 3),
    ("", "official exact TSP10 file, first 1,000", "tsp_10_official", "gap", 2),
    ("", "20 uniform cities, 2,000 sets", "tsp_20", "gap", 2),
    ("", POMO, "tsp_20_pomo", "gap", 2),
    ("", REINFORCE, "tsp_20_reinforce", "gap", 2),
    ("", "50 uniform cities, 1,280 sets, Concorde's tours", "fine_tuning/tsp50_greedy", "gap", 2),
    ("", "the same with `--search beam:16`", "fine_tuning/tsp50_beam_16", "gap", 2),
    ("", MULTISTART, "fine_tuning/tsp50_multistart_greedy", "gap", 2),
    ("sorting", "10 numbers, 10,000 sequences", "sorting_10", "exact", 2),
    ("", "30 numbers, 10,000 sequences", "sorting_30", "exact", 2),
)
"""Task, data, result file, metric and how many digits of it."""

FIGURE_NAMES = {"simple": "simple polygons"}
CITIES = ("berlin52", "eil51", "st70", "kroA100")


def figures() -> str:
    """Every task's figures, and TSPLIB's."""
    rows = [
        (
            task,
            data,
            FIGURE_NAMES.get(metric, metric),
            percent(name, metric, digits),
            PUBLISHED.get(name, "") if metric != "simple" else "",
            f"{name}.json",
        )
        for task, data, name, metric, digits in FIGURES
    ]
    head = ("task", "data", "figure", "ours", "published or classical", "file")
    told = "TSPLIB, greedy, against the published optimum (`results/NAME.json`, `.png`):"
    cities = table(("instance", "length", "gap"), [_city(name) for name in CITIES])
    return "\n\n".join([table(head, rows), told, cities])


def _city(name: str) -> Row:
    told = read(name)["metrics"]
    length, gap = told["length"]["value"], told["gap"]["value"]
    return name, f"{length:,.0f}", f"{100 * gap:.2f} %"


def decoding() -> str:
    """One checkpoint, fifty instances, every search: gap beside time."""
    found = [_searched(path) for path in (RESULTS / "decoding").glob("*.json")]
    rows = [row for _, row in sorted(found, reverse=True)]
    return table(("search", "gap", "optimal", "seconds each"), rows)


def _searched(path: Path) -> tuple[float, Row]:
    told = json.loads(path.read_text(encoding="utf-8"))
    gap, optimal = told["metrics"]["gap"], told["metrics"]["optimal"]
    interval = f"[{100 * gap['low']:.3f}, {100 * gap['high']:.3f}]"
    each = told["seconds"] / told["count"]
    return gap["value"], (
        f"`{told['search']}`",
        f"{100 * gap['value']:.3f} % {interval}",
        f"{100 * optimal['value']:.0f} %",
        f"{each:.3f}" if each < 1 else f"{each:.1f}",
    )


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
