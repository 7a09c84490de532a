"""Fills the tables of the README and of docs/ from results/: python experiments/fill_pages.py

What stands between `<!-- NAME -->` and `<!-- end -->` is made anew. Every block stands once in the
English pages, and at most once in the Chinese ones.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from pages.blocks import FILLS

from ptrnet_suite.runtime.files import atomic_write

ROOT = Path(__file__).parents[1]
PAGES = ("README", "docs/results", "docs/text", "docs/training", "docs/search")
ENGLISH, CHINESE = (tuple(f"{page}{end}" for page in PAGES) for end in (".md", ".zh.md"))
BLOCK = re.compile(r"(<!-- (\w+) -->\n)(?:(?!<!-- ).)*?(<!-- end -->)", re.DOTALL)


def filled(page: str, blocks: Mapping[str, str]) -> str:
    """The page with every block anew."""
    return BLOCK.sub(lambda found: f"{found[1]}{blocks[found[2]]}\n{found[3]}", page)


def wrong_with(pages: Mapping[str, str], each_once: bool) -> str:
    """Which blocks of these pages are unknown, open, twice or (where each stands once) missing."""
    opened: list[str] = []
    for name, page in pages.items():
        here = [block for block in re.findall(r"<!-- (\w+) -->", page) if block != "end"]
        if here != [found[2] for found in BLOCK.finditer(page)]:
            return f"{name} has a block without <!-- end -->"
        opened += here
    counts = {name: opened.count(name) for name in {*FILLS, *opened}}
    allowed = (1,) if each_once else (0, 1)
    wrong = [name for name, count in counts.items() if name not in FILLS or count not in allowed]
    return f"blocks unknown, twice or missing: {', '.join(sorted(wrong))}" if wrong else ""


def main() -> None:
    """Writes every block of all pages anew."""
    blocks = {name: made() for name, made in FILLS.items()}
    for names in (ENGLISH, CHINESE):
        pages = {name: (ROOT / name).read_text(encoding="utf-8") for name in names}
        if wrong := wrong_with(pages, each_once=names is ENGLISH):
            raise SystemExit(f"{', '.join(names)}: {wrong}")
        for name, page in pages.items():
            with atomic_write(ROOT / name) as temporary:
                temporary.write_text(filled(page, blocks), encoding="utf-8")


if __name__ == "__main__":
    main()
