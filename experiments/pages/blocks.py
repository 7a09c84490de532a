"""Every block that a page may hold, and what makes it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from pages.copied import compared, long_inputs, peers
from pages.headline import headline
from pages.points import decoding, figures, fine_tuning
from pages.printed import bench, bench_excerpt
from pages.text import text

FILLS: dict[str, Callable[[], str]] = {
    "bench_excerpt": bench_excerpt,
    "headline": headline,
    "bench": bench,
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
