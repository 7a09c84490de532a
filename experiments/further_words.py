"""A list of words that people write, for models to pronounce: English words and US surnames.

    pip install wordfreq==3.1.1 names==0.3.0
    python experiments/further_words.py --out further_words.txt

wordfreq's large list of English (Speer 2022) and the names of the US census of 1990, which `names`
has, are near to CMUdict: two fifths of that are surnames. Neither tells how a word is pronounced.
What the published CMUdict split has in any part, its test file included, is left out.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import names
import wordfreq

from ptrnet_suite.runtime.files import atomic_write
from ptrnet_suite.task.registry import load_task

SPELLED = re.compile(r"[A-Z][A-Z']{2,15}")
"""CMUdict's letters; shorter ones are mostly abbreviations."""


def main() -> None:
    """Writes the words, one a line, sorted."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="a text file")
    arguments = parser.parse_args()
    task = load_task("text", {"problem": "g2p"})
    split = {
        word
        for part in ("train", "valid", "test")
        for word in task.source(f"g014b2b-full:{part}").inputs
    }
    found = {word.upper() for word in (*wordfreq.iter_wordlist("en", "large"), *census())}
    words = sorted(word for word in found - split if SPELLED.fullmatch(word))
    with atomic_write(arguments.out) as partial:
        partial.write_text("\n".join(words) + "\n", encoding="utf-8")
    print(f"{len(words):,} words")


def census() -> list[str]:
    """First and last names as the package's files have them, the most frequent first."""
    files = ("last", "first:female", "first:male")
    lines = [Path(names.FILES[name]).read_text().splitlines() for name in files]
    return [line.split()[0] for part in lines for line in part]


if __name__ == "__main__":
    main()
