"""Words without a known pronunciation, pronounced by models: more for a student to learn from.

    python experiments/pseudo_words.py g2p_transformer+g2p --out pseudo_words.tsv
    python experiments/pseudo_words.py g2p_transformer+g2p --words LIST --out further_words.tsv

Without a list words are made: the beginning of one training word and the end of another that share
two letters where they are joined, so that they are spelled as words are. The models, which answer
together where several are joined by +, write the phones (sequence-level distillation, Kim & Rush
2016; with further words for g2p, Sun et al. 2019). Words of the published split's validation part
(by our hash) and of its test file are neither cut, made nor taken from a list.
"""

from __future__ import annotations

import argparse
import random
from collections import defaultdict
from pathlib import Path

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.evaluation.decode import solve_instances
from ptrnet_suite.model.checkpoint import load_checkpoint
from ptrnet_suite.model.ensemble import together
from ptrnet_suite.runtime.device import set_threads
from ptrnet_suite.runtime.files import atomic_write
from ptrnet_suite.runtime.precision import matrix_products
from ptrnet_suite.runtime.processes import keep_memory
from ptrnet_suite.search.spec import parse_search
from ptrnet_suite.task.registry import load_task

SHARED = 2
"""Letters that both words have where they are joined."""

SHORTEST, LONGEST = 4, 14
"""Letters of a word."""


def main() -> None:
    """Makes the words, has them pronounced, and writes a TSV."""
    arguments = _parser().parse_args()
    set_threads(arguments.threads)
    keep_memory()
    task = load_task("text", {"problem": "g2p"})
    known, held_out = (
        {word for part in parts for word in task.source(f"g014b2b-full:{part}").inputs}
        for parts in (("train",), ("valid", "test"))
    )
    if arguments.words is None:
        words = spliced(sorted(known), known | held_out, arguments.count, arguments.seed)
    else:
        words = listed(arguments.words, known | held_out)
    models = together([load_checkpoint(name) for name in arguments.checkpoints.split("+")])
    with matrix_products("bfloat16", "cpu", models.model.castable):
        answers = solve_instances(
            models.model, models.task, Instances(words), parse_search("greedy"), 512
        )
    lines = (f"{word}\t{phones}\n" for word, phones in zip(words, answers, strict=True) if phones)
    with atomic_write(arguments.out) as partial:
        partial.write_text("".join(lines), encoding="utf-8")


def listed(path: Path, avoided: set[str]) -> list[str]:
    """The different words of a list, one a line, as the task spells them, without `avoided`."""
    words = {word.strip().upper() for word in path.read_text(encoding="utf-8").splitlines()}
    return sorted(words - avoided - {""})


def spliced(known: list[str], avoided: set[str], count: int, seed: int) -> list[str]:
    """`count` different new words, none of which is among `avoided`."""
    rng = random.Random(seed)
    long = [word for word in known if len(word) >= SHORTEST]
    joints: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
    for word in long:
        for place in range(SHARED, len(word) - 1):
            joints[word[place - SHARED : place]].append((word, place))
    made: set[str] = set()
    while len(made) < count:
        first = rng.choice(long)
        end = rng.randrange(SHARED, len(first) - 1)
        second, begin = rng.choice(joints[first[end - SHARED : end]])
        word = first[:end] + second[begin:]
        if SHORTEST <= len(word) <= LONGEST and word not in avoided:
            made.add(word)
    return sorted(made)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("checkpoints", metavar="NAME+NAME", help="checkpoints that answer together")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="a .tsv")
    parser.add_argument("--words", type=Path, metavar="FILE", help="a list of words, one a line")
    parser.add_argument("--count", type=int, default=240_000, metavar="N", help="words to make")
    parser.add_argument("--seed", type=int, default=7, metavar="N", help="of their making")
    parser.add_argument("--threads", type=int, default=0, metavar="N", help="0 takes all cores")
    return parser


if __name__ == "__main__":
    main()
