"""Files that stay on disk: the same batches as from memory, and no memory that grows with them."""

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from ptrnet_tasks.text.task import Text

from ptrnet_suite.errors import InputError
from ptrnet_suite.training.config import DataConfig
from ptrnet_suite.training.stream import Stream

ALPHABET = np.array([*"abcdefghij"])
COUNTS, LONGEST = (300, 1800), 200


def texts(count: int, longest: int, seed: int, shortest: int = 1) -> list[str]:
    """Texts of random words."""
    rng = np.random.default_rng(seed)
    words = ALPHABET[rng.integers(len(ALPHABET), size=(count * longest, 5))].view("U5").ravel()
    lengths = rng.integers(shortest, longest, size=count)
    return [" ".join(words[start : start + length]) for start, length in enumerate(lengths)]


def pair_of_files(folder: Path, count: int, longest: int, shortest: int = 1) -> str:
    names = [folder / f"{count}-{longest}.{side}" for side in ("de", "en")]
    for seed, path in enumerate(names):
        path.write_text("\n".join(texts(count, longest, seed, shortest)))
    return "+".join(map(str, names))


@pytest.mark.parametrize(
    "data",
    [{}, {"batch_tokens": 300}, {"longest": 20}, {"batch_tokens": 300, "longest": 20},
     {"augment": False}],
)  # fmt: skip
def test_batches_equal_those_of_a_file_in_memory(tmp_path: Path, data: dict[str, int]) -> None:
    name = pair_of_files(tmp_path, 80, 8)
    options = {"subword_size": 60, "subword_dropout": 0.2}
    held = Text("translation", **options).fitted([name])
    streamed = Text("translation", **options).fitted([f"stream:{name}"])
    assert streamed.options() == held.options()
    ours, theirs = (
        Stream(held, DataConfig([source], **data), 8, 1) for source in (f"stream:{name}", name)
    )
    assert ours.note == theirs.note
    assert ours.size_range() == theirs.size_range()
    for step in (0, 5, 13, 40):
        one, other = ours.batch(step), theirs.batch(step)
        assert one.inputs.equal(other.inputs)
        assert one.targets.equal(other.targets)


def test_lines_of_two_columns_are_streamed_as_well(tmp_path: Path) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_bytes("\ufeffa b\tx\r\nß ü\ty z\r\nc\tz".encode())
    task = Text("files").fitted([f"stream:{path}"])
    found = task.source(f"stream:{path}")
    assert list(found.inputs) == ["a b", "ß ü", "c"]
    assert list(found.solutions) == [["x"], ["y z"], ["z"]]
    assert found.sizes().tolist() == [3, 3, 1]
    assert found.inputs[1:] == ["ß ü", "c"]
    assert task.source_vocabulary == Text("files").fitted([str(path)]).source_vocabulary
    assert task.files(f"stream:{path}") == [path]


def test_several_sources_make_one_whether_streamed_or_not(tmp_path: Path) -> None:
    first, second = pair_of_files(tmp_path, 30, 5), pair_of_files(tmp_path, 20, 6)
    task = Text("files").fitted([first, f"stream:{second}"])
    mixed = Stream(task, DataConfig([first, f"stream:{second}"]), 8, 1)
    held = Stream(task, DataConfig([first, second]), 8, 1)
    assert mixed.size_range() == held.size_range()
    for step in (0, 6, 20):
        assert mixed.batch(step).targets.equal(held.batch(step).targets)


def peak(task: Text, name: str) -> int:
    """Most bytes held while a training stream is made and asked."""
    tracemalloc.start()
    try:
        stream = Stream(task, DataConfig([name]), 32, 1)
        for step in range(3):
            stream.batch(step)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_grows_by_some_bytes_a_line_however_long_the_lines_are(tmp_path: Path) -> None:
    few, many = (pair_of_files(tmp_path, count, LONGEST, LONGEST - 1) for count in COUNTS)
    first = Path(many.partition("+")[0])
    assert first.stat().st_size / COUNTS[1] > 1000
    task = Text("files", smallest_count=1000).fitted([few])
    peak(task, f"stream:{few}")
    more = COUNTS[1] - COUNTS[0]
    assert (peak(task, f"stream:{many}") - peak(task, f"stream:{few}")) / more < 100
    assert (peak(task, many) - peak(task, few)) / more > 1500


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"a\tb\n\nc\td\n", "line 2 is blank"),
        (b"a\tb\nc\n", "line 2 is not of 2 columns"),
        (b"a\tb\nc\t \n", "line 2 is not of 2 columns with text in each"),
        (b"", "holds no text"),
        (b"a\tb\n\xff\xfe\tb\n", "is not UTF-8 text after byte 4"),
        (b"\x1f\x8b\x08\x00a", "is not UTF-8 text"),
    ],
)
def test_what_cannot_be_streamed_is_refused(tmp_path: Path, content: bytes, told: str) -> None:
    (tmp_path / "pairs.tsv").write_bytes(content)
    with pytest.raises(InputError, match=told):
        Text("files").source(f"stream:{tmp_path / 'pairs.tsv'}")


def test_streamed_files_of_other_lengths_and_missing_ones_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x\ny\n")
    (tmp_path / "b").write_text("x\n")
    with pytest.raises(InputError, match=r"a has 2 lines and .*b 1;"):
        Text("files").source(f"stream:{tmp_path / 'a'}+{tmp_path / 'b'}")
    with pytest.raises(InputError, match=r"missing cannot be read: No such file"):
        Text("files").source(f"stream:{tmp_path / 'missing'}")


def test_a_closed_vocabulary_is_held_against_every_line(tmp_path: Path) -> None:
    (tmp_path / "words.tsv").write_text("HI\tHH AY\nHI\tHH AY9\n")
    with pytest.raises(InputError, match="the token 'AY9'"):
        Stream(Text("g2p"), DataConfig([f"stream:{tmp_path / 'words.tsv'}"]), 2, 1)
