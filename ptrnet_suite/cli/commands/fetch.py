"""`ptrnet fetch`: public data sets, each file checked against its SHA-256."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ptrnet_suite.cli.arguments import Parser
from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.registry import unknown

if TYPE_CHECKING:
    from ptrnet_suite.data.public import DataSet


def run(given: Sequence[str]) -> None:
    """Parses; lists what there is, or fetches one set and tells where it is and whose."""
    arguments = _parser().parse_args(given)
    from ptrnet_suite.data.public import data_folder
    from ptrnet_suite.runtime.files import make_folder

    sets, folder = known_sets(), arguments.to or data_folder()
    if arguments.name is None:
        _list(sets, folder)
        return
    if arguments.name not in sets:
        raise InputError(unknown("data set", arguments.name, list(sets)))
    wanted = sets[arguments.name]
    make_folder(folder)
    fetched = _fetch(wanted, folder)
    counts = f"{fetched} fetched, {len(wanted.files) - fetched} were there already"
    places = sorted({str(folder / file.path.parent) for file in wanted.files})
    print(f"{wanted.name}: {counts}, in {', '.join(places)}")
    print(f"{wanted.attribution}; licence: {wanted.licence}; {wanted.home}")


def known_sets() -> dict[str, DataSet]:
    """The data sets that the tasks' files `datasets.json` list, by name."""
    from ptrnet_suite.data.public import read_list
    from ptrnet_suite.task.registry import task_folder, task_names

    lists = [task_folder(name) / "datasets.json" for name in task_names()]
    return {
        name: each for path in lists if path.is_file() for name, each in read_list(path).items()
    }


def _fetch(wanted: DataSet, folder: Path) -> int:
    """How many files were not there; a bar on standard error shows each as it comes."""
    from ptrnet_suite.data.download import fetch_file
    from ptrnet_suite.reporting.progress import make_download_bar

    fetched = 0
    with make_download_bar() as bar:
        line = bar.add_task(wanted.name, total=wanted.size)
        before = 0
        for file in wanted.files:

            def tell(done: int, whole: int | None, before: int = before) -> None:
                total = whole if len(wanted.files) == 1 else wanted.size
                bar.update(line, completed=before + done, total=total)

            bar.update(line, description=file.path.name)
            fetched += fetch_file(file, folder, tell)
            before += (folder / file.path).stat().st_size
            bar.update(line, completed=before)
    return fetched


def _list(sets: dict[str, DataSet], folder: Path) -> None:
    from ptrnet_suite.cli.tables import console, plain_table

    table = plain_table(
        "data set", "", "MB", "files", "licence", "there", right=("MB", "files"), lines=True,
        title=f"Public data, fetched to {folder}",
    )  # fmt: skip
    for name, each in sets.items():
        there = sum((folder / file.path).is_file() for file in each.files)
        size = "" if each.size is None else f"{each.size / 1e6:.1f}"
        present = "all" if there == len(each.files) else str(there or "no")
        table.add_row(name, each.summary, size, str(len(each.files)), each.licence, present)
    console().print(table)


def _parser() -> Parser:
    parser = Parser(
        "fetch",
        "Fetches a public data set, or without a name lists what there is.",
        "ptrnet fetch multi30k",
    )
    parser.add_argument("name", nargs="?", metavar="NAME", help="a data set")
    parser.add_argument(
        "--to",
        type=Path,
        metavar="FOLDER",
        help="where to put it (default: $PTRNET_DATA, else ~/.cache/ptrnet_suite)",
    )
    return parser
