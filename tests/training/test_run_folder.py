"""A run's folder: one process at a time, nothing half written, nothing lost unasked."""

from __future__ import annotations

import errno
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from ptrnet_suite.errors import InputError
from ptrnet_suite.training.loop import Trainer, train
from ptrnet_suite.training.run_folder import RunFolder, check_folder, resume_command
from tests.training.configs import SORTING
from tests.training.signalled import assert_same_run

SHORT = replace(SORTING, steps=4, validation=replace(SORTING.validation, count=4, every=2))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run."""
    folder = tmp_path_factory.mktemp("run") / "finished"
    train("sorting", SHORT, folder)
    return folder


@pytest.fixture
def copy(run: Path, tmp_path: Path) -> Path:
    """A copy of it that may be changed."""
    return Path(shutil.copytree(run, tmp_path / "copy"))


def test_a_run_is_overwritten_by_request_alone(run: Path, copy: Path) -> None:
    with pytest.raises(InputError, match=r"already holds a run; .*--overwrite, or go on with"):
        train("sorting", SHORT, copy)
    longer = replace(SHORT, steps=5, seed=2)
    assert train("sorting", longer, copy, overwrite=True).step == 5
    assert json.loads((copy / "config.json").read_text())["config"]["seed"] == 2
    train("sorting", SHORT, copy, overwrite=True)
    assert_same_run(run, copy)
    with pytest.raises(InputError, match="either gone on with or overwritten"):
        train("sorting", SHORT, copy, resume=True, overwrite=True)


@pytest.mark.parametrize("name", ["config.json", "best.safetensors", "state.safetensors"])
def test_whatever_is_left_of_a_run_is_not_written_over(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("{}")
    with pytest.raises(InputError, match="already holds a run"):
        check_folder(tmp_path, "sorting", resume=False, overwrite=False)


def test_a_run_that_was_killed_as_it_began_is_resumed_from_its_start(
    run: Path, tmp_path: Path
) -> None:
    (tmp_path / "config.json").write_bytes((run / "config.json").read_bytes())
    (tmp_path / "metrics.jsonl").write_text('{"step": 2, "lo')
    train("sorting", SHORT, tmp_path, resume=True)
    assert_same_run(run, tmp_path)


def test_a_run_whose_state_was_removed_is_not_begun_anew_over_its_checkpoints(copy: Path) -> None:
    (copy / "state.safetensors").unlink()
    with pytest.raises(InputError, match=r"nothing to resume in .*no state.safetensors"):
        train("sorting", SHORT, copy, resume=True)
    (copy / "state.pt").touch()
    with pytest.raises(InputError, match=r"older version; train on from .*--initial"):
        train("sorting", SHORT, copy, resume=True)


def test_the_command_that_resumes_can_be_typed_whatever_the_folder_is_called() -> None:
    command = resume_command("tsp", Path("my runs/a'b"), {"learning_rate": 0.1})
    assert command == "ptrnet train tsp --resume 'my runs/a'\"'\"'b' --learning-rate 0.1"


def test_half_a_line_of_the_log_is_forgiven_and_lines_after_the_state_are_cut(
    tmp_path: Path,
) -> None:
    folder = RunFolder(tmp_path)
    text = '{"step": 1}\n{"step": 2}\n{"step": 3}\n{"ste'
    (tmp_path / "metrics.jsonl").write_text(text)
    folder.cut_metrics(2)
    assert (tmp_path / "metrics.jsonl").read_text() == '{"step": 1}\n{"step": 2}\n'
    (tmp_path / "metrics.jsonl").write_text('{"step": 1}\n{"ste\n{"step": 3}\n')
    with pytest.raises(InputError, match="line 2 is no record of a training step"):
        folder.cut_metrics(2)


def test_numbers_that_are_none_are_null_in_the_log(tmp_path: Path) -> None:
    RunFolder(tmp_path).log({"step": 1, "loss": float("nan"), "validation": {"gap": float("inf")}})
    logged = json.loads((tmp_path / "metrics.jsonl").read_text())
    assert logged == {"step": 1, "loss": None, "validation": {"gap": None}}


def test_what_a_killed_writer_left_is_cleared_at_the_next_start(copy: Path) -> None:
    left = [copy / name for name in (".best-a1.safetensors", ".state-x.safetensors")]
    left += [copy / ".metrics-q.jsonl", copy / ".config-0.json"]
    others = [copy / ".best-notes.txt", copy / "state-x.safetensors"]
    for path in (*left, *others):
        path.touch()
    train("sorting", replace(SHORT, steps=5), copy, resume=True)
    assert not any(path.exists() for path in left)
    assert all(path.exists() for path in others)


HOLDER = """
import sys, time
from pathlib import Path
from ptrnet_suite.training.run_folder import RunFolder
folder = RunFolder(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""


def test_a_second_process_is_refused_and_a_killed_one_leaves_the_folder_free(copy: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(copy)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        before = {path.name: path.read_bytes() for path in copy.iterdir() if path.is_file()}
        for changes in ({"resume": True}, {"overwrite": True}):
            told = f"{copy} is in use by process {holder.pid} on .*; wait until"
            with pytest.raises(InputError, match=told):
                train("sorting", replace(SHORT, steps=6), copy, **changes)  # type: ignore[arg-type]
        assert before == {path.name: path.read_bytes() for path in copy.iterdir() if path.is_file()}
        holder.send_signal(signal.SIGKILL)
    assert train("sorting", replace(SHORT, steps=6), copy, resume=True).step == 6


def test_a_run_that_could_not_begin_leaves_its_folder_free(copy: Path) -> None:
    state = (copy / "state.safetensors").read_bytes()
    (copy / "state.safetensors").write_bytes(state[:100])
    with pytest.raises(InputError, match="damaged"):
        Trainer("sorting", SHORT, copy, resume=True)
    RunFolder(copy)


@pytest.mark.parametrize("largest", [0, 20_000])
def test_a_full_disk_ends_a_run_in_one_sentence_and_leaves_what_was_saved(
    copy: Path, largest: int
) -> None:
    # A limit on the size of files, which tests may set, fails in the same way as a full disk.
    before = (copy / "state.safetensors").read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, limits[1]))
    try:
        with pytest.raises(InputError, match=r"written.*: a file may not be larger here; what"):
            train("sorting", replace(SHORT, steps=6), copy, resume=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert (copy / "state.safetensors").read_bytes() == before
    assert not list(copy.glob(".*-*"))
    assert train("sorting", replace(SHORT, steps=6), copy, resume=True).step == 6


def test_a_device_without_space_is_told(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    with pytest.raises(InputError, match="to: the disk is full; what was"), folder.writing():
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_is_read_only_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(InputError, match="cannot be written to: Permission denied"):
            train("sorting", SHORT, tmp_path / "run")
    finally:
        tmp_path.chmod(0o700)


def test_a_folder_that_nobody_can_make_is_told() -> None:
    with pytest.raises(InputError, match="/proc/run cannot be written to"):
        train("sorting", SHORT, Path("/proc/run"))
