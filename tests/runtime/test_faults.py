"""What the machine refuses is told in one line by every command, and nothing half-written stays."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch

from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.faults import sentence_of
from ptrnet_suite.runtime.files import atomic_write

MAIN = "import sys; from ptrnet_suite.cli.main import main; sys.exit(main())"
RAISES = """
import sys, types
from ptrnet_suite.cli.main import main
def run(given):
    {statement}
module = types.ModuleType("ptrnet_suite.cli.commands.list")
module.run = run
sys.modules[module.__name__] = module
sys.argv[1:] = ["list"]
sys.exit(main())
"""
LIMITED = """
import resource, sys
from ptrnet_suite.cli.main import main
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)),) * 2)
sys.exit(main())
"""


def run_python(
    code: str, *words: str | Path, folder: Path | None = None, **variables: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, words)],
        cwd=folder, capture_output=True, text=True, env={**os.environ, **variables},
    )  # fmt: skip


def test_memory_that_does_not_suffice_is_told_of_whoever_asked_for_it() -> None:
    def refused_by_torch() -> None:
        torch.empty(2**55)

    def refused_by_numpy() -> None:
        np.empty(2**55)

    def refused_by_shape() -> None:
        torch.empty(2**40, 2**40)

    for ask in (refused_by_torch, refused_by_numpy, refused_by_shape):
        with pytest.raises((RuntimeError, MemoryError)) as caught:
            ask()
        assert "there is not enough memory (" in (sentence_of(caught.value) or ""), ask.__name__
    assert sentence_of(torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20 GiB"))
    assert sentence_of(MemoryError())
    assert sentence_of(RuntimeError("can't start new thread"))


def test_an_error_of_another_kind_is_not_called_the_machines() -> None:
    for error in (RuntimeError("shapes differ"), ValueError("x"), RecursionError("depth")):
        assert sentence_of(error) is None


@pytest.mark.parametrize(
    ("statement", "code", "line"),
    [
        ("raise MemoryError", 2, "there is not enough memory (MemoryError); smaller inputs"),
        ("bytes(2**60)", 2, "there is not enough memory (MemoryError)"),
        ("raise OSError(28, 'No space left on device')", 2, "the disk is full"),
        ("raise OSError('300 requested and 0 written')", 2, "300 requested and 0 written"),
        ("raise OSError", 2, "OSError"),
        ("open('/')", 2, "/: Is a directory"),
        ("open('no-such-file')", 2, "no-such-file: No such file or directory"),
        ("'ə'.encode('ascii')", 2, "'ə' cannot be written in ascii, the encoding of the output"),
        ("run(given)", 1, "this is a fault of ptrnet, not of what it was given: RecursionError: "),
        ("1 / 0", 1, "this is a fault of ptrnet, not of what it was given: ZeroDivisionError: "),
        ("raise TypeError('a\\nb\\x1b[2J')", 1, "TypeError: a b\\x1b[2J; PTRNET_TRACEBACK=1 shows"),
        ("raise KeyError('x' * 10**6)", 1, "KeyError: 'xxxxx"),
    ],
)  # fmt: skip
def test_whatever_goes_wrong_is_one_line_and_a_code(statement: str, code: int, line: str) -> None:
    ran = run_python(RAISES.format(statement=statement))
    assert (ran.returncode, ran.stdout) == (code, "")
    assert ran.stderr.startswith("ptrnet: ")
    assert line in ran.stderr
    assert ran.stderr.count("\n") == 1
    assert len(ran.stderr) < 4100


def test_a_fault_shows_where_it_comes_from_on_request() -> None:
    ran = run_python(RAISES.format(statement="1 / 0"), PTRNET_TRACEBACK="1")
    assert ran.returncode == 1
    assert ran.stderr.startswith("Traceback")


def shell(words: Sequence[str], redirection: str) -> subprocess.CompletedProcess[bytes]:
    line = f'exec "$@" {redirection}'
    return subprocess.run(
        ["sh", "-c", line, "sh", sys.executable, "-c", MAIN, *words], capture_output=True
    )


@pytest.mark.parametrize(
    ("words", "redirection", "code", "line"),
    [
        (["--help"], ">/dev/full", 2, b"ptrnet: the disk is full\n"),
        (["list"], ">/dev/full", 2, b"ptrnet: the disk is full\n"),
        (["--help"], ">&-", 0, b""),
        (["--help"], "<&-", 0, b""),
        (["nonsense"], "2>&-", 2, b""),
        (["nonsense"], "2>/dev/full", 2, b""),
    ],
)
def test_streams_that_are_full_or_closed(
    words: list[str], redirection: str, code: int, line: bytes
) -> None:
    if "full" in redirection and not Path("/dev/full").exists():
        pytest.skip("no device that is full here")
    ran = shell(words, redirection)
    assert (ran.returncode, ran.stderr) == (code, line)


def test_a_disk_that_fills_up_leaves_nothing_half_written(
    checkpoints: dict[str, Path], tmp_path: Path
) -> None:
    data = tmp_path / "data.npz"
    given = ("--size", "50", "--count", "100", "--seed", "1", "--out", data)
    ran = run_python(LIMITED, 20_000, "data", "tsp", *given)
    assert (ran.returncode, ran.stderr.count("\n")) == (2, 1), ran.stderr
    assert f"ptrnet: {data} cannot be written: a file may not be larger here" in ran.stderr
    small = tmp_path / "small.safetensors"
    ran = run_python(LIMITED, 4_000, "export", checkpoints["tsp"], "--out", small)
    assert (ran.returncode, ran.stderr.count("\n")) == (2, 1), ran.stderr
    assert f"ptrnet: {small} cannot be written: a file may not be larger here" in ran.stderr
    assert list(tmp_path.iterdir()) == []


def test_what_torch_cannot_write_is_told_with_the_file(tmp_path: Path) -> None:
    code = (
        "import resource, torch; from pathlib import Path\n"
        "from ptrnet_suite.runtime.files import atomic_write\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))\n"
        "with atomic_write(Path('state.pt')) as partial:\n"
        "    torch.save({'weights': torch.zeros(100_000)}, partial)"
    )
    ran = run_python(code, folder=tmp_path)
    assert ran.stderr.splitlines()[-1].startswith(
        "ptrnet_suite.errors.InputError: state.pt cannot be written: "
    )
    assert list(tmp_path.iterdir()) == []


def test_an_error_of_another_file_is_not_laid_on_the_one_that_is_written(tmp_path: Path) -> None:
    with (
        pytest.raises(FileNotFoundError, match="nowhere"),
        atomic_write(tmp_path / "figures.txt"),
    ):
        (tmp_path / "nowhere").read_text()
    with (
        pytest.raises(InputError, match=r"figures.txt cannot be written: the disk is full"),
        atomic_write(tmp_path / "figures.txt"),
    ):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert list(tmp_path.iterdir()) == []
