"""Files of texts, and which texts the vocabularies can hold."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import final

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.task.answer import ScoredAnswer
from ptrnet_suite.task.formats import Formats
from ptrnet_tasks.text.encoding import check_targets, check_texts
from ptrnet_tasks.text.readings import (
    check_readable,
    readings_of,
    with_readings,
    with_unwritable,
)
from ptrnet_tasks.text.sources.files import write_pairs
from ptrnet_tasks.text.sources.lexicon import without_stress
from ptrnet_tasks.text.sources.pairs import Layout, read_pairs
from ptrnet_tasks.text.vocabularies import Sides


@final
class TextFormats(Formats):
    """Pairs of texts in the forms that public data has; written as `.tsv`.

    layout: what lines may be beside pairs of texts. copying: whether answers may hold tokens of the
    source that the target does not know.
    """

    def __init__(self, sides: Sides, layout: Layout, copying: bool = False) -> None:
        self.sides, self.layout, self.copying = sides, layout, copying

    def read(self, path: Path) -> Instances:
        """Reads a file, or `SOURCE_FILE+TARGET_FILE`, in any form, line by line; raises InputError.

        A blank line is an instance without text, and a source may stand on several lines.
        """
        read = read_pairs(path, self.layout)
        return without_stress(read, self.sides.target) if self.layout == "lexicon" else read

    def write(self, instances: Instances, path: Path) -> None:
        write_pairs(instances, path)

    def write_answers(
        self, instances: Instances, answers: Sequence[Sequence[ScoredAnswer]], path: Path
    ) -> None:
        """As all tasks do; what is not read has a blank answer."""
        pairs = zip(readings_of(instances), answers, strict=True)
        kept = [each if text.strip() else [ScoredAnswer("")] for text, each in pairs]
        super().write_answers(instances, kept, path)

    def check(self, instances: Instances) -> None:
        """Raises InputError for no instance, an empty text and one with unknown characters."""
        check_texts(instances, *self.sides)

    def accept(self, instances: Instances, strict: bool = False) -> Instances:
        """The instances with what is read of each, see `readings`; blank ones have blank answers.

        Raises InputError where no text can be read and for a target with unknown characters; where
        `strict`, also for a source that cannot be read as it stands.
        """
        if not any(map(str.strip, instances.inputs)):
            raise InputError(f"{instances.source} holds no text; accepted is one text or more")
        check_targets(instances, self.sides.target)
        if strict:
            check_readable(instances, self.sides.source)
        read = with_readings(instances, self.sides.source)
        if not self.copying:
            read = with_unwritable(read, self.sides.target)
        if not any(readings_of(read)):
            raise InputError(f"{instances.source}: {'; '.join(read.notes)}")
        return read
