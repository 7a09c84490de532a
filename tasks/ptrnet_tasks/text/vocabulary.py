"""Text to token ids and back, at the level of characters, of words or between them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate, chain, pairwise
from typing import Literal, final, get_args

import numpy as np

from ptrnet_suite.data.batch import END
from ptrnet_suite.errors import InputError
from ptrnet_tasks.text.spelling import composed
from ptrnet_tasks.text.subwords import Subwords, join

Side = Literal["source", "target"]
Level = Literal["characters", "tagged", "words", "subwords"]
"""`tagged` is characters and, each a token of its own, `<TAGS>` in angle brackets; `subwords` are
learnt from training data."""
LEVELS: tuple[Level, ...] = get_args(Level)
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

_TAG = re.compile(r"<[^<>\s]+>")
_TAGGED = re.compile(rf"{_TAG.pattern}|.", re.DOTALL)


@final
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
    subwords: Subwords | None = None
    """What splits a text at the level of subwords; None before it was learnt."""

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
        InputError for a token that stands twice or that no text can hold, and for a list of
        subwords, which are learnt.
        """
        if level == "subwords" and tuple(tokens):
            accepted = "accepted is none at the level of subwords, which are learnt"
            raise InputError(f"{side}_vocabulary lists tokens; {accepted}")
        special = (UNKNOWN,) if side == "source" else (END_TOKEN, UNKNOWN)[: 1 if closed else 2]
        listed = tuple(tokens)
        if listed[: len(special)] != special:
            listed = special + listed
        for token, count in Counter(listed).items():
            if count > 1:
                raise InputError(f"{side}_vocabulary holds {token!r} twice; accepted is once")
            if token not in special and not _fits(token, level):
                raise InputError(
                    f"{side}_vocabulary holds {token!r}; accepted are {_FITTING[level]}"
                )
        return cls(side, listed, level, case, closed)

    def split_by(self, subwords: Subwords) -> Vocabulary:
        """This vocabulary with these subwords; both sides then begin with END and the unknown."""
        return replace(self, tokens=subwords.pieces, subwords=subwords, closed=False)

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
    def listed(self) -> list[str] | None:
        """What `of` takes to make this vocabulary again; None where the tokens are learnt."""
        return None if self.level == "subwords" else list(self.tokens)

    @property
    def alphabet(self) -> tuple[str, ...]:
        """The tokens less the special ones."""
        return tuple(token for token in self.tokens if token not in (END_TOKEN, UNKNOWN))

    def cased(self, texts: Iterable[str]) -> Iterator[str]:
        """The texts in this vocabulary's case and in normal form C."""
        return map(self._cased, texts)

    def _cased(self, text: str) -> str:
        # Another case may come apart again: the capital of a j with a caron has no code.
        return composed(_CASES[self.case](composed(text)))

    def tokenise(self, text: str) -> list[str]:
        """The tokens of a text, in this vocabulary's case."""
        text = self._cased(text)
        if self.level == "tagged":
            return _TAGGED.findall(text)
        if self.level == "subwords":
            return self._learnt.split(text)
        return list(text) if self.level == "characters" else text.split()

    def units(self, text: str) -> list[str]:
        """What metrics count in a text: its tokens, or its words where tokens are subwords."""
        return self._cased(text).split() if self.level == "subwords" else self.tokenise(text)

    def unknown(self, text: str) -> list[str]:
        """The tokens of a text that are not here, each once, in their order."""
        known = self.ids
        return list(dict.fromkeys(token for token in self.tokenise(text) if token not in known))

    @property
    def joiner(self) -> str:
        """What stands between two units of a text."""
        return " " if self.level in ("words", "subwords") else ""

    def join(self, tokens: Sequence[str]) -> str:
        """The text of some tokens."""
        return join(tokens) if self.level == "subwords" else self.joiner.join(tokens)

    def encode(self, texts: Sequence[str], dropout: float = 0.0, seed: int = 0) -> list[np.ndarray]:
        """Ids `(tokens,)` int64 of each text; a target's end with END.

        `dropout` splits subwords at random, the same for the same seed. Raises InputError for a
        target token that is not in a closed vocabulary.
        """
        if self.level == "subwords":
            ends = self.side == "target"
            return _arrays(self._learnt.encode([*self.cased(texts)], ends, dropout, seed))
        rows = [self.tokenise(text) for text in texts]
        known, unknown = self.ids, self.ids.get(UNKNOWN, END)
        ending = [END] if self.side == "target" else []
        # A source may be tried on the unknown, but a wrong target would teach nonsense.
        if ending and not known.keys() >= set(chain.from_iterable(rows)):
            self.check(texts)
        ids = [[*(known.get(token, unknown) for token in row), *ending] for row in rows]
        return _arrays(ids)

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
        for text in texts:
            token = next(iter(self.unknown(text)), None)
            if token is None:
                continue
            kind = "token" if self.level == "words" else "character"
            raise InputError(
                f"{self.side} {text!r} has the {kind} {token!r}; accepted are {self._accepted()}"
            )

    def extended(self, texts: Iterable[str], smallest_count: int = 1) -> Vocabulary:
        """This vocabulary and the texts' tokens of that count or more, frequent ones first.

        For all levels but subwords, which are learnt as a whole (`split_by`).
        """
        counts = Counter(chain.from_iterable(map(self.tokenise, texts)))
        known = {*self.tokens, END_TOKEN}
        new = [
            token
            for token, count in counts.items()
            if count >= smallest_count and token not in known
        ]
        new.sort(key=lambda token: (-counts[token], token))
        return replace(self, tokens=(*self.tokens, *new))

    @property
    def _learnt(self) -> Subwords:
        if self.subwords is None:
            raise InputError(
                f"the {self.side}'s subwords are not learnt yet; name training data in data.sources"
            )
        return self.subwords

    def _accepted(self, most: int = 60) -> str:
        listed = sorted(self.alphabet)
        return " ".join(listed[:most]) + (" ..." if len(listed) > most else "")


_FITTING = {
    "characters": "single characters",
    "tagged": "single characters and <TAGS>",
    "words": "words without spaces",
}


def _fits(token: str, level: Level) -> bool:
    """Whether a text can hold the token."""
    if level == "words":
        return token.split() == [token]
    return len(token) == 1 or (level == "tagged" and _TAG.fullmatch(token) is not None)


def _arrays(rows: Sequence[Sequence[int]]) -> list[np.ndarray]:
    """Each row as an array; all are views of one."""
    flat = np.fromiter(chain.from_iterable(rows), np.int64)
    ends = accumulate(map(len, rows), initial=0)
    return [flat[start:stop] for start, stop in pairwise(ends)]
