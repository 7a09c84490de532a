"""Pronouncing dictionaries as they are written, the CMU dictionary's forms among them.

`HELLO  HH AH0 L OW1` with two spaces (cmudict-0.7b), with one (cmudict.dict), or with a tab;
`HELLO(2)` is a further pronunciation of HELLO; `;;;` and `##` begin a comment, ` # ` ends an entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from ptrnet_suite.data.instances import Instances
from ptrnet_tasks.text.vocabulary import Vocabulary

_COMMENT = re.compile(r";;;|##")
_REMARK = re.compile(r"(?<!\s)\s+#.*")
_TWO_SPACES = re.compile(r"(\S+)\s{2,}(\S.*)")
_ONE_SPACE = re.compile(r"(\S+)\s+(\S.*)")
_VARIANT = re.compile(r"(.*[^\s(])\(\d+\)")

_STRESS = re.compile(r"(?<=[A-Za-z])[012]$")
"""The digit behind a vowel: none, primary or secondary stress."""


def unstressed(phone: str) -> str:
    """The phone without its stress digit."""
    return _STRESS.sub("", phone)


PHONES = (
    "AA", "AE", "AH", "AO", "AW", "AY", "B", "CH", "D", "DH", "EH", "ER", "EY", "F", "G",
    "HH", "IH", "IY", "JH", "K", "L", "M", "N", "NG", "OW", "OY", "P", "R", "S", "SH", "T",
    "TH", "UH", "UW", "V", "W", "Y", "Z", "ZH",
)  # fmt: skip
"""The 39 ARPAbet phones of the CMU dictionary, without stress marks."""

_PHONES = frozenset(PHONES)


def is_arpabet(phones: Iterable[str]) -> bool:
    """Whether all of these are phones of the CMU dictionary, with or without stress."""
    return all(unstressed(phone) in _PHONES for phone in phones)


def lexicon_lines(lines: Sequence[str]) -> list[str | None]:
    """The lines as `word<TAB>phones` or words alone, blank ones among them; None for a comment.

    Spaces part a word from its phones where every line is so written: two of them, or one before
    nothing but CMU phones. Else lines without a tab are words.
    """
    entries = [None if "\t" not in line and _COMMENT.match(line) else line for line in lines]
    parted = [line.strip() for line in entries if line and line.strip() and "\t" not in line]
    for form in (_TWO_SPACES, _ONE_SPACE):
        matches = [match for match in map(form.fullmatch, parted) if match]
        if len(matches) == len(parted) and (form is _TWO_SPACES or _all_phones(matches)):
            entries = [line and _tabbed(form, line) for line in entries]
            break
    return [line and _one_spelling(line) for line in entries]


def _all_phones(matches: Sequence[re.Match[str]]) -> bool:
    """Whether all that is said of words is said in CMU phones, with stress or without."""
    said = (_REMARK.sub("", match[2]).split() for match in matches)
    return {unstressed(phone).upper() for phone in chain.from_iterable(said)} <= _PHONES


def _tabbed(form: re.Pattern[str], line: str) -> str:
    match = None if "\t" in line else form.fullmatch(line.strip())
    return line if match is None else f"{match[1]}\t{_REMARK.sub('', match[2])}"


def _one_spelling(line: str) -> str:
    """The line with the word alone where the number of a variant stands behind it."""
    word, tab, phones = line.partition("\t")
    match = _VARIANT.fullmatch(word.strip())
    return line if match is None else f"{match[1]}{tab}{phones}"


def without_stress(instances: Instances, target: Vocabulary) -> Instances:
    """The instances without the stress digits of phones that the vocabulary only has without them.

    A model trained on phones with stress keeps them. A note says where digits were left out.
    """
    solutions: Any = instances.solutions
    written = {phone for known in solutions or () for text in known for phone in text.split()}
    plain = {
        phone: unstressed(phone)
        for phone in written
        if target.unknown(phone) and not target.unknown(unstressed(phone))
    }
    if not plain:
        return instances
    kept: dict[tuple[str, ...], list[str]] = {}
    for known in solutions:
        if tuple(known) not in kept:
            kept[tuple(known)] = list(dict.fromkeys(_renamed(known, plain)))
    note = "stress digits of phones are left out, as the checkpoint's phones have none"
    stripped = [kept[tuple(known)] for known in solutions]
    return replace(instances, solutions=stripped, notes=(*instances.notes, note))


def _renamed(texts: Sequence[str], names: dict[str, str]) -> Iterator[str]:
    for text in texts:
        yield " ".join(names.get(phone, phone) for phone in text.split())
