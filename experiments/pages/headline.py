"""The README's one table: a line or two of every task, beside what was published."""

from __future__ import annotations

from pages.markdown import percent, table
from pages.published import PUBLISHED
from pages.text import measured

POINTED = (
    ("convex hull", "50 uniform points", "`convex_hull`", "convex_hull_50", "exact", 1),
    ("", "100 uniform points, beyond training", "`convex_hull`", "convex_hull_100", "exact", 1),
    ("tour", "50 uniform cities", "`tsp50`, greedy", "fine_tuning/tsp50_greedy", "gap", 2),
    (
        "",
        "the same",
        "`tsp50`, `multistart/greedy`",
        "fine_tuning/tsp50_multistart_greedy",
        "gap",
        2,
    ),
    ("sorting", "10 numbers", "`sorting`", "sorting_10", "exact", 2),
)
"""Task, data, model, result file, metric and how many digits of it."""

WRITTEN = (
    ("pronunciation", "CMUdict, published split", "`g2p_transformer`", "g2p_transformer", "wer"),
    ("", "the same", "`g2p_recurrent+g2p_transformer`", "g2p_ensemble", "wer"),
    ("translation", "Multi30k, German to English", "`translation`", "translation", "bleu"),
    ("images", "rows of 8 handwritten digits", "`digits`", "digits_8", "cer"),
)
"""Task, data, model, result file and metric."""


def headline() -> str:
    """The rows of both kinds of models, those that point and those that write."""
    rows = [
        (task, data, model, f"{metric} {percent(name, metric, digits)}", PUBLISHED.get(name, ""))
        for task, data, model, name, metric, digits in POINTED
    ]
    rows += [
        (
            task,
            data,
            model,
            measured(f"text/{name}", metric, unit="" if metric == "bleu" else " %"),
            PUBLISHED.get(f"text/{name}", ""),
        )
        for task, data, model, name, metric in WRITTEN
    ]
    return table(("task", "data", "model", "ours", "published"), rows)
