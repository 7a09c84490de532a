"""Files of texts, and which texts the vocabularies can hold."""

from __future__ import annotations

from pathlib import Path
from typing import final

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.task.formats import Formats
from ptrnet_tasks.text.encoding import check_texts
from ptrnet_tasks.text.sources.files import write_pairs
from ptrnet_tasks.text.sources.pairs import read_pairs
from ptrnet_tasks.text.vocabularies import Sides


@final
class TextFormats(Formats):
    """Pairs of texts in the forms that public data has; written as `.tsv`.

    inflections: whether three columns are a lemma, its form and features.
    """

    def __init__(self, sides: Sides, inflections: bool) -> None:
        self.sides, self.inflections = sides, inflections

    def read(self, path: Path) -> Instances:
        """Reads a file, or `SOURCE_FILE+TARGET_FILE`, in any form; raises InputError."""
        return read_pairs(path, self.inflections)

    def write(self, instances: Instances, path: Path) -> None:
        write_pairs(instances, path)

    def check(self, instances: Instances) -> None:
        """Raises InputError for no instance, an empty text and one with unknown characters."""
        check_texts(instances, *self.sides)
