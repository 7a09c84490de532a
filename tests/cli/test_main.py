"""The command line as a whole: help and slips, told at once and in one line, and what ends it."""

from __future__ import annotations

import subprocess
import sys
import types
from pathlib import Path
from typing import NamedTuple

import pytest

from ptrnet_suite.cli import main as command
from ptrnet_suite.cli.main import COMMANDS

HEAVY = ("torch", "numpy", "scipy", "matplotlib", "networkx", "jsonargparse", "rich")
ASK_WHAT_IS_LOADED = (
    "import sys; from ptrnet_suite.cli.main import main; main(sys.argv[1:]); "
    f"print('LOADED', *(set({HEAVY!r}) & set(sys.modules)))"
)
MOST_SECONDS = 1.0
"""Of processor time, from the interpreter's start to the last word."""


RUN = """
import os, sys
from ptrnet_suite.cli.main import main
try:
    code = main(sys.argv[1:])
except SystemExit as stopped:
    code = stopped.code
times = os.times()
sys.stdout.flush()
print("LOADED", "torch" in sys.modules, times.user + times.system, file=sys.stderr)
sys.exit(code)
"""
HELPS = [*COMMANDS, "diagnose search", "diagnose exposure", "plot data", "plot attention"]


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
    module = types.ModuleType("ptrnet_suite.cli.commands.list")
    module.run = run
    monkeypatch.setitem(sys.modules, "ptrnet_suite.cli.commands.list", module)


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


class Started(NamedTuple):
    """What a process of its own said, and whether it waited for torch."""

    code: int
    out: str
    err: str
    loads_torch: bool
    seconds: float


def start(folder: Path, *words: str) -> Started:
    ran = subprocess.run(
        [sys.executable, "-c", RUN, *words], cwd=folder, capture_output=True, text=True, timeout=300
    )
    err, _, facts = ran.stderr.rpartition("LOADED ")
    loads_torch, seconds = facts.split()
    return Started(ran.returncode, ran.stdout, err, loads_torch == "True", float(seconds))


def at_once(folder: Path, *words: str) -> Started:
    """The same, which must not have waited."""
    started = start(folder, *words)
    assert not started.loads_torch
    assert started.seconds < MOST_SECONDS
    return started


@pytest.mark.parametrize("command", HELPS)
def test_help_comes_at_once(command: str, tmp_path: Path) -> None:
    started = at_once(tmp_path, *command.split(), "--help")
    assert (started.code, started.err) == (0, "")
    assert f"example: ptrnet {command.replace('plot attention', 'attention')}" in started.out


def test_list_comes_at_once(tmp_path: Path) -> None:
    started = at_once(tmp_path, "list")
    assert (started.code, started.err) == (0, "")
    for word in ("convex_hull", "tsp50_pomo", "beam:8", "length_penalty=0.0", "fast-tsp"):
        assert word in started.out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("trian", "there is no command 'trian'; did you mean 'train'; there are list,"),
        ("solve tpc x.csv", "there is no task 'tpc'; did you mean 'tsp'; there are"),
        ("solve tsp missing.csv", "missing.csv"),
        ("solve tsp missing.csv --checkpoint tsp50", "missing.csv"),
        ("solve tsp x --search gredy", "there is no search 'gredy'; did you mean 'greedy'; there"),
        ("solve tsp x --search augmnt/greedy", "no wrapper 'augmnt'; did you mean 'augment'"),
        ("solve tsp x --search beam:0", "search 'beam:0': width is 0; accepted are whole numbers"),
        (
            "solve tsp x --search beam:8,length_penalti=1",
            "there is no beam option 'length_penalti'; did you mean 'length_penalty'; there are",
        ),
        (
            "evaluate tsp --data x.npz --checkpoint tsp5O",
            "there is no checkpoint 'tsp5O'; did you mean 'tsp50'; no such file; shipped are",
        ),
        ("evaluate tsp --data x.npz --checkpoint g2p", "trained for the task text, not for tsp"),
        ("diagnose search tsp --data x.npz --search bem", "no search 'bem'; did you mean 'beam'"),
        ("attention tsp x --search beem --out x.png", "no search 'beem'; did you mean 'beam'"),
        ("train tpc", "there is no task 'tpc'; did you mean 'tsp'"),
        ("train tsp --config tsp21", "there is no config 'tsp21'; did you mean 'tsp20'; no such"),
        ("train tsp --model.width 0", "the command line: model.width is 0; accepted are whole"),
        ("train tsp --width 8", "there is no value 'width'; did you mean 'model.width'; there are"),
        ("train tsp --confg x", "there is no option '--confg'; did you mean '--config'; there are"),
        ("train tsp --strategy.kind pom", "there is no strategy 'pom'; did you mean 'pomo'; there"),
        ("train tsp --validation.search gredy", "no search 'gredy'; did you mean 'greedy'"),
        ("train text --options.problm g2p", "no text option 'problm'; did you mean 'problem'"),
        ("train tsp --initial tsp5", "there is no checkpoint 'tsp5'; did you mean"),
        ("train tsp --resume nowhere", "nothing to resume in nowhere"),
        ("train tsp --steps", "--steps needs a value"),
        ("bench tps", "there is no benchmark 'tps'; did you mean 'tsp'; there are"),
        ("compare strategis", "there is no plan 'strategis'; did you mean 'strategies'; no such"),
        ("compare strategies --only revers", "task of the plan 'revers'; did you mean 'reverse'"),
        ("average tsp5 --out x.safetensors", "there is no checkpoint 'tsp5'; did you mean"),
        ("export tsp5 --out x.safetensors", "there is no checkpoint 'tsp5'; did you mean"),
        ("fetch multi3k", "there is no data set 'multi3k'; did you mean 'multi30k'; there are"),
        (
            "data tsp --size 5 --count 1 --seed 1 --distribution unifrm --out x.npz",
            "there is no tsp distribution 'unifrm'; did you mean 'uniform'; there are",
        ),
        ("solve tsp x --serach greedy", "--serach greedy; did you mean '--search'; `ptrnet solve"),
        ("solve tsp x --plot tour.gif", ".png, .svg, .pdf"),
    ],
)
def test_a_slip_is_told_at_once(words: str, sentence: str, tmp_path: Path) -> None:
    started = at_once(tmp_path, *words.split())
    assert (started.code, started.out) == (2, "")
    assert started.err.startswith("ptrnet: ")
    assert started.err.count("\n") == 1
    assert sentence in started.err
    assert list(tmp_path.iterdir()) == []
