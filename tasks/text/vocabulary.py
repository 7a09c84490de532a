"""Text to token ids and back, at the level of characters or of words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate, chain, pairwise
from typing import Literal

import numpy as np

from ptrnet_suite.data import END
from ptrnet_suite.errors import InputError

Side = Literal["source", "target"]
Level = Literal["characters", "words"]
Case = Literal["keep", "lower", "upper"]

END_TOKEN = "</s>"
"""First of every target vocabulary: choosing it ends the answer."""
UNKNOWN = "<unk>"
"""First of every source vocabulary: what was not seen in training."""

_CASES: dict[Case, Callable[[str], str]] = {
    "keep": lambda text: text,
    "lower": str.lower,
    "upper": str.upper,
}


@dataclass(frozen=True)
class Vocabulary:
    """The tokens of one side, a token's id being its place; id 0 is `UNKNOWN` or `END_TOKEN`.

    >>> letters = Vocabulary.of("source", "ABC", "characters", "upper")
    >>> letters.encode(["cab"])[0].tolist(), letters.decode([3, 1, 2])
    ([3, 1, 2], 'CAB')
    """

    side: Side
    tokens: tuple[str, ...]
    level: Level
    case: Case = "keep"
    closed: bool = True
    """Whether a token that is not here is an error rather than `UNKNOWN`."""

    @classmethod
    def of(
        cls,
        side: Side,
        tokens: Iterable[str],
        level: Level,
        case: Case = "keep",
        closed: bool = True,
    ) -> Vocabulary:
        """A vocabulary of `tokens`, the side's special tokens put first unless they are there.

        A source has `UNKNOWN`, a target `END_TOKEN` and, unless closed, `UNKNOWN`. Raises
        InputError for a token that stands twice or that no text can hold.
        """
        special = (UNKNOWN,) if side == "source" else (END_TOKEN, UNKNOWN)[: 1 if closed else 2]
        listed = tuple(tokens)
        if listed[: len(special)] != special:
            listed = special + listed
        for token, count in Counter(listed).items():
            if count > 1:
                raise InputError(f"{side}_vocabulary holds {token!r} twice; accepted is once")
            if token not in special and not _fits(token, level):
                accepted = "single characters" if level == "characters" else "words without spaces"
                raise InputError(f"{side}_vocabulary holds {token!r}; accepted are {accepted}")
        return cls(side, listed, level, case, closed)

    def __len__(self) -> int:
        return len(self.tokens)

    @cached_property
    def ids(self) -> dict[str, int]:
        """Token -> id; END has none, so that no text can hold it."""
        return {
            token: index
            for index, token in enumerate(self.tokens)
            if not (self.side == "target" and index == END)
        }

    @property
    def alphabet(self) -> tuple[str, ...]:
        """The tokens less the special ones."""
        return tuple(token for token in self.tokens if token not in (END_TOKEN, UNKNOWN))

    def tokenise(self, text: str) -> list[str]:
        """The tokens of a text, in this vocabulary's case."""
        text = _CASES[self.case](text)
        return list(text) if self.level == "characters" else text.split()

    def join(self, tokens: Iterable[str]) -> str:
        """The text of some tokens."""
        return ("" if self.level == "characters" else " ").join(tokens)

    def encode(self, texts: Sequence[str]) -> list[np.ndarray]:
        """Ids `(tokens,)` int64 of each text; a target's end with END.

        Raises InputError for a target token that is not in a closed vocabulary.
        """
        rows = [self.tokenise(text) for text in texts]
        known, unknown = self.ids, self.ids.get(UNKNOWN, END)
        ending = [END] if self.side == "target" else []
        # A source may be tried on the unknown, but a wrong target would teach nonsense.
        if ending and not known.keys() >= set(chain.from_iterable(rows)):
            self.check(texts)
        ids = [[*(known.get(token, unknown) for token in row), *ending] for row in rows]
        flat = np.fromiter(chain.from_iterable(ids), np.int64)
        ends = accumulate(map(len, ids), initial=0)
        return [flat[start:stop] for start, stop in pairwise(ends)]

    def decode(self, ids: Iterable[int]) -> str:
        """The text of some ids, up to the first END."""
        tokens: list[str] = []
        for index in ids:
            if self.side == "target" and index == END:
                break
            tokens.append(self.tokens[int(index)])
        return self.join(tokens)

    def check(self, texts: Iterable[str]) -> None:
        """Raises InputError naming the first token that a closed vocabulary does not know."""
        if not self.closed:
            return
        known = self.ids.keys()
        for text in texts:
            tokens = self.tokenise(text)
            if known >= set(tokens):
                continue
            token = next(token for token in tokens if token not in known)
            kind = "character" if self.level == "characters" else "token"
            raise InputError(
                f"{self.side} {text!r} has the {kind} {token!r}; accepted are {self._accepted()}"
            )

    def extended(self, texts: Iterable[str], smallest_count: int = 1) -> Vocabulary:
        """This vocabulary and the texts' tokens of that count or more, frequent ones first."""
        counts = Counter(chain.from_iterable(map(self.tokenise, texts)))
        known = {*self.tokens, END_TOKEN}
        new = [
            token
            for token, count in counts.items()
            if count >= smallest_count and token not in known
        ]
        new.sort(key=lambda token: (-counts[token], token))
        return replace(self, tokens=(*self.tokens, *new))

    def _accepted(self, most: int = 60) -> str:
        listed = sorted(self.alphabet)
        return " ".join(listed[:most]) + (" ..." if len(listed) > most else "")


def _fits(token: str, level: Level) -> bool:
    """Whether a text can hold the token."""
    return len(token) == 1 if level == "characters" else token.split() == [token]
