"""What a model reads of each text: the text, a plainer spelling of it, or nothing it could answer.

A line that cannot be read must not keep the others from their answers, and no answer must pass for
that of a text which the model never saw as it stands: notes say what was done.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any, Literal, NamedTuple, final

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_tasks.text.spelling import plainer
from ptrnet_tasks.text.vocabulary import Vocabulary

COLUMN = "readings"
"""The column of what is read in place of each input; empty for what has no answer."""

LONGEST = 4000
"""Most tokens of a text that is answered: attention over more takes gigabytes."""

SHOWN = 3
"""Texts that a note names."""

Kind = Literal["as it is", "blank", "plainer", "unknown", "long", "unseen"]

NOTES: dict[Kind, str] = {
    "plainer": "read without accents and hyphens, as the checkpoint does not know them",
    "unknown": "left without an answer, as the checkpoint does not know their characters",
    "long": f"left without an answer, as they have more than {LONGEST:,} tokens",
    "unseen": "read with <unk> for what training did not see",
}


@final
class Reading(NamedTuple):
    """What is read of a text, why, and how a note names it."""

    text: str
    kind: Kind
    named: str = ""


def readings_of(instances: Instances) -> Sequence[str]:
    """What the model reads of each instance."""
    read: Sequence[str | None] = instances.columns.get(COLUMN, instances.inputs)
    # Of several files only some may have a text that is read otherwise.
    pairs = zip(instances.inputs, read, strict=True)
    return [text if reading is None else reading for text, reading in pairs]


def with_readings(instances: Instances, source: Vocabulary) -> Instances:
    """The instances with what the vocabulary can read of each, and notes where that is not all.

    A blank line is kept, and its answer is blank. A closed vocabulary reads a text with unknown
    characters in a plainer spelling where it knows that, else not at all; an open one reads what
    it does not know as `<unk>`.
    """
    read = [reading_of(text, source) for text in instances.inputs]
    columns = {**instances.columns, COLUMN: [reading.text for reading in read]}
    return replace(instances, columns=columns, notes=(*instances.notes, *_notes(read)))


def check_readable(instances: Instances, source: Vocabulary) -> None:
    """Raises InputError for a text with what the vocabulary does not know, and for a long one."""
    for text in instances.inputs:
        reading = reading_of(text, source)
        if reading.kind == "long":
            accepted = f"accepted are up to {LONGEST:,}"
            raise InputError(f"{source.side} {reading.named} tokens is too long; {accepted}")
        if reading.kind not in ("as it is", "blank"):
            unknown = " ".join(map(repr, source.unknown(text)[:SHOWN]))
            raise InputError(
                f"{source.side} {excerpt(text)} has what the checkpoint does not know, {unknown}; "
                "accepted are such texts without --strict"
            )


def reading_of(text: str, source: Vocabulary) -> Reading:
    """What the vocabulary can read of a text."""
    if not text.strip():
        return Reading("", "blank")
    tokens = source.tokenise(text)
    if len(tokens) > LONGEST:
        return Reading("", "long", f"{excerpt(text)} with {len(tokens):,}")
    unknown = list(dict.fromkeys(token for token in tokens if token not in source.ids))
    if not unknown:
        return Reading(text, "as it is")
    listed = " ".join(map(repr, unknown[:SHOWN]))
    if not source.closed:
        return Reading(text, "unseen", listed)
    spelt = _plainly(tokens, source)
    if not spelt:
        return Reading("", "unknown", f"{excerpt(text)} with {listed}")
    return Reading(spelt, "plainer", f"{excerpt(text)} as {excerpt(spelt)}")


def with_unwritable(instances: Instances, target: Vocabulary) -> Instances:
    """The instances with a note on those none of whose references the vocabulary can write."""
    references: Any = instances.solutions if instances.solutions is not None else ()
    unknown = [[next(iter(target.unknown(text)), "") for text in texts] for texts in references]
    missing = [tokens[0] for tokens in unknown if tokens and all(tokens)]
    if not missing:
        return instances
    shown = list(dict.fromkeys(missing))
    more = ", ..." if len(shown) > SHOWN else ""
    note = (
        f"{len(missing):,} of {len(unknown):,} texts have only references that the checkpoint "
        f"cannot write, as training did not see {', '.join(map(repr, shown[:SHOWN]))}{more}"
    )
    return replace(instances, notes=(*instances.notes, note))


def excerpt(text: str, most: int = 40) -> str:
    """The text in quotation marks, cut where it is long."""
    return repr(text if len(text) <= most else f"{text[: most - 4]} ...")


def _plainly(tokens: Iterable[str], source: Vocabulary) -> str:
    """The tokens with plainer ones for those that are unknown; empty where that does not help."""
    if source.level == "words":
        return ""
    known = source.ids
    spelt = "".join(token if token in known else plainer(token) for token in tokens)
    return "" if source.unknown(spelt) else spelt.strip()


def _notes(read: Sequence[Reading]) -> Iterable[str]:
    """A sentence for each kind of reading that is not the text as it is."""
    for kind, what in NOTES.items():
        names = [reading.named for reading in read if reading.kind == kind]
        if names:
            shown = list(dict.fromkeys(chain(names)))
            more = ", ..." if len(shown) > SHOWN else ""
            texts = f"{len(names):,} of {len(read):,} texts"
            yield f"{texts} {what}: {', '.join(shown[:SHOWN])}{more}"
