"""Both vocabularies of a text task: made from its options, learnt from its training data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import Any, NamedTuple, final, get_args

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_tasks.text.encoding import known
from ptrnet_tasks.text.problems import TextProblem, check_choice
from ptrnet_tasks.text.sources.lexicon import is_arpabet
from ptrnet_tasks.text.subwords import Subwords, learn
from ptrnet_tasks.text.vocabulary import (
    END_TOKEN,
    LEVELS,
    UNKNOWN,
    Case,
    Level,
    Side,
    Vocabulary,
)

SAMPLED = 1_000_000
"""Texts that subwords are learnt from, about; sentencepiece holds them in memory."""

MOST_SHOWN = 20
"""Tokens that a sentence about additions names."""

SPECIAL = (END_TOKEN, UNKNOWN)


@final
class Sides(NamedTuple):
    """What a task reads and what it writes."""

    source: Vocabulary
    target: Vocabulary

    @property
    def subword_sides(self) -> list[Vocabulary]:
        """Those that are split into subwords."""
        return [side for side in self if side.level == "subwords"]


@final
@dataclass(frozen=True)
class SubwordOptions:
    """How subwords are learnt and used; for the sides whose level is `subwords`."""

    size: int = 4000
    shared: bool = False
    dropout: float = 0.0
    source: str = ""
    target: str = ""

    def check(self, sides: Sides) -> None:
        """Raises InputError for values that make no sense together."""
        if self.size < 3:
            raise InputError(f"subword_size is {self.size}; accepted are whole numbers from 3 on")
        if not 0 <= self.dropout < 1:
            accepted = "accepted is 0 or more and less than 1"
            raise InputError(f"subword_dropout is {self.dropout}; {accepted}")
        if self.shared and len(sides.subword_sides) < 2:
            raise InputError("shared_subwords needs both levels to be subwords, and one is not")
        if (self.dropout or self.source or self.target) and not sides.subword_sides:
            raise InputError("there are options of subwords, but no level is subwords")

    def split(self, sides: Sides) -> Sides:
        """The sides with the subwords that these options hold."""
        self.check(sides)
        models = (self.source, self.target or (self.source if self.shared else ""))
        source, target = (
            side.split_by(Subwords(model)) if model and side.level == "subwords" else side
            for side, model in zip(sides, models, strict=True)
        )
        return Sides(source, target)

    def options(self, sides: Sides) -> dict[str, Any]:
        """These options, with the subwords that the sides have, by their names in a config."""
        if not sides.subword_sides:
            return {}
        source, target = (side.subwords.model if side.subwords else "" for side in sides)
        return {
            "subword_size": self.size,
            "shared_subwords": self.shared,
            "subword_dropout": self.dropout,
            "source_subwords": source,
            "target_subwords": "" if self.shared else target,
        }


def make_sides(
    defaults: TextProblem,
    tokens: tuple[Sequence[str] | None, Sequence[str] | None],
    levels: tuple[Level | None, Level | None],
    case: Case | None,
    target_case: Case | None = None,
) -> Sides:
    """Vocabularies of these options, the problem's where one is None; raises InputError.

    Phones that are not those of the CMU dictionary are kept as they are written.
    """
    own_phones = defaults.layout == "lexicon" and not is_arpabet(_tokens(tokens[1]))
    target_case = target_case or case or ("keep" if own_phones else defaults.case)
    case = case or defaults.case
    source_level, target_level = (
        levels[0] or defaults.source_level,
        levels[1] or defaults.target_level,
    )
    check_choice("source_level", source_level, LEVELS)
    check_choice("target_level", target_level, LEVELS)
    for name, value in (("case", case), ("target_case", target_case)):
        check_choice(name, value, get_args(Case))
    source = defaults.source if tokens[0] is None else tokens[0]
    target = defaults.target if tokens[1] is None else tokens[1]
    return Sides(
        Vocabulary.of("source", source, source_level, case, defaults.closed),
        Vocabulary.of("target", target, target_level, target_case, defaults.closed),
    )


def _tokens(listed: Sequence[str] | None) -> set[str]:
    """Those of a list that are none of the special ones."""
    return {*(listed or ())} - {*SPECIAL}


def with_own_phones(sides: Sides, instances: Instances) -> Sides:
    """The sides with a target for the data's phones, as they are written, alone.

    Where these are the CMU dictionary's phones the sides stay, which write them in capitals. All
    of that dictionary's vowels have two letters, so `s` and `S` beside no such phone are two phones
    of another alphabet.
    """
    phones = {phone for text in chain.from_iterable(known(instances)) for phone in text.split()}
    capitals = {phone.upper() for phone in phones}
    if is_arpabet(capitals) and (len(capitals) == len(phones) or max(map(len, phones)) > 1):
        return sides
    target = Vocabulary.of("target", (), sides.target.level, "keep", sides.target.closed)
    return Sides(sides.source, target)


def continued(sides: Sides, earlier: Sides, finds_case: bool) -> Sides:
    """An earlier task's sides with the further tokens of these.

    finds_case: whether the target takes the earlier one's case. Raises InputError for sides of
    another level or case, and for other subwords than the earlier ones.
    """
    if finds_case:
        sides = Sides(sides.source, earlier.target)
    return Sides(*map(_continued, sides, earlier))


def check_phones_apart(target: Vocabulary, instances: Instances) -> None:
    """Raises InputError for phones that become one in the case of an earlier vocabulary."""
    phones = {phone for text in chain.from_iterable(known(instances)) for phone in text.split()}
    if target.case == "keep" or is_arpabet({phone.upper() for phone in phones}):
        return
    cased: dict[str, str] = {}
    for phone in sorted(phones):
        other = cased.setdefault(next(target.cased([phone])), phone)
        if other != phone:
            raise InputError(
                f"the phones {other!r} and {phone!r} are one in the target's case, "
                f"{target.case!r}; accepted are phones that differ in it"
            )


def _continued(side: Vocabulary, earlier: Vocabulary) -> Vocabulary:
    for name, ours, theirs in (
        ("level", side.level, earlier.level),
        ("case", side.case, earlier.case),
    ):
        if ours != theirs:
            raise InputError(
                f"the {side.side}'s {name} is {theirs!r}, and {ours!r} cannot go on from it"
            )
    if side.subwords is not None and side.subwords != earlier.subwords:
        raise InputError(f"the {side.side}'s subwords are others; accepted is to name none")
    further = [token for token in side.tokens if token not in {*earlier.tokens, *SPECIAL}]
    known = () if side.level == "subwords" else further
    return replace(earlier, tokens=(*earlier.tokens, *known))


def additions(sides: Sides, earlier: Sides) -> str:
    """What both sides kept of earlier ones and what they have beside it, in words."""
    return "; ".join(_additions(*pair) for pair in zip(sides, earlier, strict=True))


def _additions(side: Vocabulary, earlier: Vocabulary) -> str:
    new = side.tokens[len(earlier) :]
    shown = " ".join(map(repr, new[:MOST_SHOWN])) + (" ..." if len(new) > MOST_SHOWN else "")
    added = f"{len(new):,} added ({shown})" if new else "none added"
    return f"{len(earlier):,} {side.side} tokens kept, {added}"


def learnt(
    sides: Sides, instances: Instances, smallest_count: int, subwords: SubwordOptions
) -> Sides:
    """The sides with the tokens of the data, or with subwords learnt from it; raises InputError."""
    if subwords.shared and sides.source.subwords is None:
        texts = chain(_sample(instances, "source"), _sample(instances, "target"))
        both = learn(sides.source.cased(texts), subwords.size)
        return Sides(sides.source.split_by(both), sides.target.split_by(both))
    source, target = (_learnt(side, instances, smallest_count, subwords.size) for side in sides)
    return Sides(source, target)


def _learnt(side: Vocabulary, instances: Instances, smallest_count: int, size: int) -> Vocabulary:
    if side.level != "subwords":
        return side.extended(_texts(instances, side.side), smallest_count)
    if side.subwords is not None:
        return side
    return side.split_by(learn(side.cased(_sample(instances, side.side)), size))


def _texts(instances: Instances, side: Side) -> Iterator[str]:
    if side == "source":
        return iter(instances.inputs)
    return chain.from_iterable(known(instances))


def _sample(instances: Instances, side: Side) -> Iterator[str]:
    """All texts, or of more than `SAMPLED` instances every so manieth."""
    every = -(-len(instances) // SAMPLED)
    return islice(_texts(instances, side), 0, None, every)
