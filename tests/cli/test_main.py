"""The command line as a whole: help, wrong words, and what ends it."""

from __future__ import annotations

import subprocess
import sys
import types

import pytest

from ptrnet_suite.cli import main as command

HEAVY = ("torch", "numpy", "scipy", "matplotlib", "networkx", "jsonargparse", "rich")
ASK_WHAT_IS_LOADED = (
    "import sys; from ptrnet_suite.cli.main import main; main(sys.argv[1:]); "
    f"print('LOADED', *(set({HEAVY!r}) & set(sys.modules)))"
)


def run_python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, timeout=300
    )


def test_help_names_every_command_and_loads_nothing_heavy():
    ran = run_python(ASK_WHAT_IS_LOADED, "--help")
    assert ran.stderr == ""
    told, _, loaded = ran.stdout.partition("LOADED")
    assert loaded.split() == []
    for name in command.COMMANDS:
        assert f"  {name} " in told


@pytest.mark.parametrize("name", [name for name in command.COMMANDS if name != "train"])
def test_help_of_a_command_shows_an_example(name, capsys):
    with pytest.raises(SystemExit) as stopped:
        command.main([name, "--help"])
    assert stopped.value.code == 0
    assert f"example: ptrnet {name}" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["list", "--nonsense"],
        ["evaluate"],
        ["evaluate", "tsp"],
        ["solve", "tsp", "there-is-no-such-file.txt"],
        ["solve", "tsp", "."],
        ["data", "tsp", "--size", "ten", "--count", "1", "--seed", "1", "--out", "x.npz"],
        ["data", "tsp", "--size", "0", "--count", "1", "--seed", "1", "--out", "x.npz"],
        ["bench", "no-such-benchmark"],
        ["plot", "no-such-run"],
        ["train", "no-such-task"],
        ["train", "tsp", "--config", "no-such-config"],
        ["train", "tsp", "--steps", "many"],
        ["train", "tsp", "--steps", "0"],
        ["train", "tsp", "--precision", "int3"],
        ["train", "tsp", "--model.encoder.kind", "cnn"],
        ["train", "tsp", "--no_such_value", "3"],
        ["train", "tsp", "--resume", "no-such-run"],
    ],
    ids=" ".join,
)
def test_a_wrong_command_line_is_told_in_one_line_with_exit_code_2(words, ptrnet):
    ran = ptrnet(*words)
    assert ran.code == 2
    assert ran.out == ""
    assert ran.err.startswith("ptrnet: ")
    assert ran.err.count("\n") == 1


def test_a_process_with_a_wrong_argument_ends_with_code_2_and_no_traceback():
    ran = subprocess.run(
        [sys.executable, "-m", "ptrnet_suite.cli.main", "solve", "tsp", "no-such-file.txt"],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert ran.returncode == 2
    assert ran.stdout == ""
    assert ran.stderr.count("\n") == 1
    assert "no-such-file.txt" in ran.stderr


def with_command(monkeypatch, run) -> None:
    module = types.ModuleType("ptrnet_suite.cli.list")
    module.run = run
    monkeypatch.setitem(sys.modules, "ptrnet_suite.cli.list", module)


def test_ctrl_c_ends_with_one_line_and_code_130(monkeypatch, ptrnet):
    def interrupted(given):
        raise KeyboardInterrupt

    with_command(monkeypatch, interrupted)
    ran = ptrnet("list")
    assert (ran.code, ran.err) == (130, "ptrnet: stopped by the keyboard\n")


def test_a_file_that_the_system_refuses_is_named(monkeypatch, ptrnet):
    def refused(given):
        raise PermissionError(13, "Permission denied", "figures.json")

    with_command(monkeypatch, refused)
    assert ptrnet("list")[::2] == (2, "ptrnet: figures.json: Permission denied\n")


def test_a_mistake_of_the_program_is_not_hidden(monkeypatch, ptrnet):
    def broken(given):
        raise TypeError("a bug")

    with_command(monkeypatch, broken)
    with pytest.raises(TypeError, match="a bug"):
        ptrnet("list")


def test_a_reader_that_leaves_early_is_no_error():
    code = (
        "import sys; from ptrnet_suite.cli.main import main; import ptrnet_suite.cli.main as m\n"
        "m._overview = lambda: 'x' * 10**6\n"
        "sys.exit(main(['--help']))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(300) == 0
