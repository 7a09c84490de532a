"""Public text data by name, with the split that it has or one by a hash of the source."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple, final

from ptrnet_suite.data.public import find_data


@final
class Split(NamedTuple):
    """One part of a public data set.

    fetched: its name for `ptrnet fetch`. paths: its file below the data folder, or the file of
    sources and that of targets. parts: which parts by hash of them it has; none means all.
    """

    fetched: str
    paths: tuple[str, ...]
    parts: tuple[str, ...] = ()

    def path(self) -> Path:
        """The file, or `SOURCE_FILE+TARGET_FILE`; raises InputError where one is not fetched."""
        return Path("+".join(str(find_data(self.fetched, path)) for path in self.paths))


def _captions(source: str, target: str) -> dict[str, Split]:
    names = {"train": "train", "valid": "val", "test": "test_2016_flickr"}
    return {
        part: Split("multi30k", (f"multi30k/{name}.{source}", f"multi30k/{name}.{target}"))
        for part, name in names.items()
    }


def _with_test(fetched: str, train: str, test: str) -> dict[str, Split]:
    """A set whose test file is another one, so that only validation is taken from training."""
    return {
        "train": Split(fetched, (train,), ("train", "test")),
        "valid": Split(fetched, (train,), ("valid",)),
        "test": Split(fetched, (test,)),
    }


def _hashed(fetched: str, path: str) -> dict[str, Split]:
    return {part: Split(fetched, (path,), (part,)) for part in ("train", "valid", "test")}


PUBLIC: dict[str, dict[str, Split]] = {
    "multi30k": _captions("de", "en"),
    "multi30k-en-de": _captions("en", "de"),
    "scan-simple": _with_test("scan", "scan/tasks_train_simple.txt", "scan/tasks_test_simple.txt"),
    "scan-length": _with_test("scan", "scan/tasks_train_length.txt", "scan/tasks_test_length.txt"),
    "tatoeba": _hashed("tatoeba", "tatoeba/fra-eng.2019-04-08.zip"),
    # Less the words of cmudict:test, so that a model trained on it may be tested on both.
    "g014b2b": {
        **_hashed("g014b2b", "cmudict/g014b2b.train"),
        "test": Split("g014b2b", ("cmudict/g014b2b.test",)),
    },
    # As papers train: words of cmudict:test are among its training words.
    "g014b2b-full": _with_test("g014b2b", "cmudict/g014b2b.train", "cmudict/g014b2b.test"),
}
"""Name -> part -> where it is."""
