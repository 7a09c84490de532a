"""What a configuration's dataclasses declare beside each field, for `parse_config` to check.

    width: int = number(128, low=1, high=65536)
    kind: str = word("lstm", ENCODERS)
    sizes: list[int] = numbers([10, 10], low=1, form="[smallest, largest]")

Rules between fields are what a dataclass's method `violations` yields.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import MISSING, dataclass, field
from typing import Any, NamedTuple, Protocol, final, runtime_checkable

ACCEPTS = "accepts"
"""Key of a field's metadata under which its `Range`, `Words`, `Text` or `Grammar` stands."""


@runtime_checkable
class Names(Protocol):
    """Names that may become more while a program runs, such as a `Registry`."""

    def names(self) -> list[str]:
        """All that are known now."""


@final
class Violation(NamedTuple):
    """A rule between fields that does not hold.

    name: dotted name of the value to change, relative to the dataclass with the rule; sentence:
    what is accepted, in which `{other}` stands for another value's name and value.
    """

    name: str
    sentence: str


@final
@dataclass(frozen=True)
class Range:
    """Numbers between limits, which belong to them (low, high) or not (above, below)."""

    low: float | None = None
    high: float | None = None
    above: float | None = None
    below: float | None = None
    also: tuple[float, ...] = ()
    """numbers outside of the limits that are accepted too"""

    def holds(self, number: float) -> bool:
        """Whether a number is accepted; never one that is infinite or undefined."""
        if number in self.also:
            return True
        return (
            math.isfinite(number)
            and (self.low is None or number >= self.low)
            and (self.above is None or number > self.above)
            and (self.high is None or number <= self.high)
            and (self.below is None or number < self.below)
        )

    def describe(self, noun: str) -> str:
        """Such as `0 and whole numbers from 2 on`; noun: what the numbers are."""
        upper = ("up to", self.high) if self.below is None else ("below", self.below)
        if self.low is not None:
            joined = {"up to": "to", "below": "to below"}[upper[0]]
            limits = f"from {self.low} {'on' if upper[1] is None else f'{joined} {upper[1]}'}"
        else:
            bounds = [("above", self.above), upper]
            limits = " and ".join(f"{how} {limit}" for how, limit in bounds if limit is not None)
        others = "".join(f"{number} and " for number in self.also)
        return f"{others}{noun} {limits}".rstrip()


@final
@dataclass(frozen=True)
class Words:
    """One of some words."""

    known: Sequence[str] | Names
    also: tuple[str, ...] = ()

    def names(self) -> list[str]:
        """All that are accepted."""
        known = self.known.names() if isinstance(self.known, Names) else self.known
        return list(dict.fromkeys((*self.also, *known)))


@final
@dataclass(frozen=True)
class Items:
    """A list of numbers, each in a range. form: how one is written, for messages."""

    each: Range
    form: str = ""
    least: int = 0
    most: int | None = None

    def describe(self, noun: str) -> str:
        """Such as `[smallest, largest], whole numbers from 1 on`."""
        numbers = self.each.describe(noun)
        return f"{self.form}, {numbers}" if self.form else f"lists of {numbers}"

    def holds(self, numbers: Sequence[float]) -> bool:
        """Whether there are as many as there may be, and each is in the range."""
        most = math.inf if self.most is None else self.most
        return self.least <= len(numbers) <= most and all(map(self.each.holds, numbers))


@final
@dataclass(frozen=True)
class Text:
    """Text of at most so many characters."""

    most: int


@final
@dataclass(frozen=True)
class Grammar:
    """Text with a grammar of its own; `check` raises InputError for what is none."""

    check: Callable[[str], object]


def number(
    default: Any = MISSING,
    *,
    low: float | None = None,
    high: float | None = None,
    above: float | None = None,
    below: float | None = None,
    also: Iterable[float] = (),
) -> Any:
    """A field of a number between limits, see `Range`; without a default it must be given."""
    limits = Range(low, high, above, below, tuple(also))
    return field(default=default, metadata={ACCEPTS: limits})


def label(default: Any = MISSING, most: int = 300) -> Any:
    """A field of text that is shown in a picture or a table, of at most `most` characters."""
    return field(default=default, metadata={ACCEPTS: Text(most)})


def word(default: str, known: Sequence[str] | Names, also: Iterable[str] = ()) -> Any:
    """A field of one of the `known` words, or of those in `also`.

    known: a sequence, or an object with `names()` such as a registry, asked at each check.
    """
    return field(default=default, metadata={ACCEPTS: Words(known, tuple(also))})


def numbers(
    default: Sequence[float],
    *,
    low: float | None = None,
    high: float | None = None,
    form: str = "",
    least: int = 0,
    most: int | None = None,
) -> Any:
    """A field of a list of `least` to `most` numbers, each between limits."""
    accepted = Items(Range(low, high), form, least, most)
    return field(default_factory=lambda: list(default), metadata={ACCEPTS: accepted})


def expression(default: str, check: Callable[[str], object]) -> Any:
    """A field of text with a grammar of its own, which `check` knows; see `Grammar`."""
    return field(default=default, metadata={ACCEPTS: Grammar(check)})
