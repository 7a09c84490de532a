"""Transfers that resume, break off, lie and end well, from a server on this machine."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from ptrnet_suite.data import download as fetch
from ptrnet_suite.data.download import fetch_file
from ptrnet_suite.data.public import RemoteFile
from ptrnet_suite.errors import InputError
from tests.serving import Service, serving

CONTENT = bytes(range(256)) * 1200
SIZE = len(CONTENT)


@pytest.fixture
def service() -> Iterator[Service]:
    with serving(CONTENT) as found:
        yield found


def remote(service: Service, content: bytes = CONTENT) -> RemoteFile:
    sha256 = hashlib.sha256(content).hexdigest()
    return RemoteFile(f"{service.url}/file", Path("set/file.bin"), sha256)


def there(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "set").iterdir()}


def test_a_file_is_fetched_whole_and_only_once(service: Service, tmp_path: Path) -> None:
    told: list[tuple[int, int | None]] = []
    assert fetch_file(remote(service), tmp_path, lambda *step: told.append(step))
    assert there(tmp_path) == {"file.bin": CONTENT}
    assert [done for done, _ in told] == sorted({done for done, _ in told})
    assert (told[0], told[-1]) == ((0, SIZE), (SIZE, SIZE))
    assert not fetch_file(remote(service), tmp_path)
    assert service.asked == [None]


def test_what_was_begun_is_gone_on_with(service: Service, tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    (tmp_path / "set/file.bin.partial").write_bytes(CONTENT[:100_000])
    told: list[int] = []
    fetch_file(remote(service), tmp_path, lambda done, whole: told.append(done))
    assert service.asked == ["bytes=100000-"]
    assert told[0] == 100_000
    assert there(tmp_path) == {"file.bin": CONTENT}


def test_a_server_that_ignores_the_range_starts_it_again(service: Service, tmp_path: Path) -> None:
    service.ranges = False
    (tmp_path / "set").mkdir()
    (tmp_path / "set/file.bin.partial").write_bytes(b"x" * 1000)
    fetch_file(remote(service), tmp_path)
    assert service.asked == ["bytes=1000-"]
    assert there(tmp_path) == {"file.bin": CONTENT}


@pytest.mark.parametrize("begun", [b"x" * 1000, b"x" * SIZE, CONTENT + b"x"])
def test_what_was_begun_wrongly_is_fetched_again(
    service: Service, tmp_path: Path, begun: bytes
) -> None:
    (tmp_path / "set").mkdir()
    (tmp_path / "set/file.bin.partial").write_bytes(begun)
    fetch_file(remote(service), tmp_path)
    assert service.asked == [f"bytes={len(begun)}-", None]
    assert there(tmp_path) == {"file.bin": CONTENT}


def test_a_whole_partial_file_is_only_renamed(service: Service, tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    (tmp_path / "set/file.bin.partial").write_bytes(CONTENT)
    fetch_file(remote(service), tmp_path)
    assert there(tmp_path) == {"file.bin": CONTENT}


@pytest.mark.parametrize("ranges", [True, False])
def test_a_transfer_that_breaks_off_is_taken_up_again(
    service: Service, tmp_path: Path, ranges: bool
) -> None:
    service.cuts, service.ranges = [1000, 70_000], ranges
    fetch_file(remote(service), tmp_path)
    assert service.asked == [None, "bytes=1000-", f"bytes={71_000 if ranges else 70_000}-"]
    assert there(tmp_path) == {"file.bin": CONTENT}


def test_one_that_keeps_breaking_off_is_told_and_kept(service: Service, tmp_path: Path) -> None:
    service.cuts = [10] * fetch.ATTEMPTS
    with pytest.raises(InputError, match=r"broke off: 40 of 307,200 bytes came; 40 bytes are kept"):
        fetch_file(remote(service), tmp_path)
    assert there(tmp_path) == {"file.bin.partial": CONTENT[:40]}
    fetch_file(remote(service), tmp_path)
    assert there(tmp_path) == {"file.bin": CONTENT}


def test_a_wrong_checksum_leaves_nothing_behind(service: Service, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gave 307,200 bytes with the SHA-256 \w+; accepted is"):
        fetch_file(remote(service, b"other"), tmp_path)
    assert there(tmp_path) == {}


def test_a_file_that_is_there_but_another_is_replaced_when_all_is_well(
    service: Service, tmp_path: Path
) -> None:
    (tmp_path / "set").mkdir()
    (tmp_path / "set/file.bin").write_bytes(b"old")
    with pytest.raises(InputError, match="SHA-256"):
        fetch_file(remote(service, b"other"), tmp_path)
    assert there(tmp_path) == {"file.bin": b"old"}
    fetch_file(remote(service), tmp_path)
    assert there(tmp_path) == {"file.bin": CONTENT}


def test_an_interrupted_transfer_keeps_what_came(service: Service, tmp_path: Path) -> None:
    def stop(done: int, whole: int | None) -> None:
        if done > 100_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch_file(remote(service), tmp_path, stop)
    kept = there(tmp_path)["file.bin.partial"]
    assert CONTENT.startswith(kept)
    assert len(kept) > 100_000
    fetch_file(remote(service), tmp_path)
    assert service.asked[-1] == f"bytes={len(kept)}-"
    assert there(tmp_path) == {"file.bin": CONTENT}


def test_a_missing_file_is_told_at_once_and_a_busy_server_is_asked_again(
    service: Service, tmp_path: Path
) -> None:
    service.failures = [404]
    with pytest.raises(InputError, match="file cannot be fetched: 404 Not Found"):
        fetch_file(remote(service), tmp_path)
    service.failures = [503, 500]
    assert fetch_file(remote(service), tmp_path)
    assert len(service.asked) == 4


def test_a_server_that_is_not_there_is_told_in_one_sentence(tmp_path: Path) -> None:
    with serving(CONTENT) as service:
        file = remote(service)
    with pytest.raises(InputError, match=r"127.0.0.1:\d+/file broke off: .*refused"):
        fetch_file(file, tmp_path)


def test_a_place_that_cannot_be_written_is_told(service: Service, tmp_path: Path) -> None:
    (tmp_path / "set").write_text("a file where the folder should be")
    with pytest.raises(InputError, match="set cannot be written to"):
        fetch_file(remote(service), tmp_path)
    (tmp_path / "other/file.bin.partial").mkdir(parents=True)
    with pytest.raises(InputError, match=r"file.bin cannot be written: Is a directory"):
        fetch_file(RemoteFile(service.url, Path("other/file.bin"), "0"), tmp_path)
