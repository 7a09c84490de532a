"""The table of the models that write text."""

from __future__ import annotations

from pages.markdown import interval, table
from pages.published import PUBLISHED

FACTORS = {"bleu": 1}
"""What a metric's value is multiplied with; 100 where nothing is said."""

CAPITALS = ("per", "wer", "cer", "bleu")
TRANSFORMER = "Transformer, 18 CPU minutes (`translation_transformer`, not shipped), greedy"
DIGITS, CAPTIONS = "rows of 8 handwritten digits", "captions of 4 scattered digits"
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
    ("", TRANSFORMER, "translation_transformer", "bleu"),
    ("SCAN, simple split", "`scan`", "scan_simple", "exact"),
    ("SCAN, length split", "`scan_length`", "scan_length", "exact"),
    (f"{DIGITS}, unseen images", "`digits`, CNN and LSTM", "digits_8", "cer"),
    (f"{CAPTIONS}, unseen images", "`captions`, CNN and Transformer", "captions_4", "exact"),
)
"""Data, model, result file and its first metric."""


def text() -> str:
    """Text: the first metric, and for g2p the other one as well."""
    rows = []
    for data, model, name, metric in TEXT:
        names = ("per", "wer") if metric == "wer" else (metric,)
        found = ", ".join(measured(f"text/{name}", one) for one in names)
        rows.append((data, model, found, PUBLISHED.get(f"text/{name}", ""), f"text/{name}.json"))
    return table(("data", "model", "ours", "published", "file"), rows)


def measured(name: str, metric: str, unit: str = "") -> str:
    """A metric's name and its figure with the interval."""
    label = metric.upper() if metric in CAPITALS else metric
    return f"{label} {interval(name, metric, 2, FACTORS.get(metric, 100), unit)}"
