"""Broken documents of every kind, given to the command line: one sentence and exit code 2."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ptrnet_suite.model.checkpoint_files import HEADER
from tests.changed_files import parts_of, safetensors_of, value_at, with_header
from tests.cli.refusals import expect_refusal

LAUGHS = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{after}: &{after} [{','.join([f'*{before}'] * 9)}]\n"
    for before, after in zip("abcdefghi", "bcdefghij", strict=True)
)
DEEP = "[" * 100_000


@pytest.fixture
def points(tmp_path: Path) -> Path:
    path = tmp_path / "points.csv"
    path.write_text("0,0\n1,0\n1,1\n0,1\n0.5,0.4\n")
    return path


MODEL: list[tuple[str, Any]] = [
    ("model.width", 0),
    ("model.width", -8),
    ("model.width", 1e9),
    ("model.width", "x"),
    ("model.width", None),
    ("model.width", [8]),
    ("model.width", True),
    ("model.width", 8.5),
    ("model.width", float("nan")),
    ("model.width", 65536),
    ("model.encoder.heads", 0),
    ("model.encoder.heads", 3),
    ("model.encoder.layers", 10**6),
    ("model.encoder.layers", 256),
    ("model.encoder.layers", -1),
    ("model.encoder.kind", "mamba"),
    ("model.encoder.kind", ["lstm"]),
    ("model.encoder.kind", "cnn"),
    ("model.encoder.channels", [65536] * 17),
    ("model.encoder.of_a_newer_version", 1),
    ("model.encoder", []),
    ("model.encoder", "transformer"),
    ("model.decoder.layers", 1e6),
    ("model.decoder.attention", {}),
    ("model.dropout", float("inf")),
    ("model.dropout", "1e999"),
    ("model.head.clip", -1),
    ("model", []),
    ("model", {}),
    ("model.of_a_newer_version", 1),
]

HEADERS: list[tuple[str, Any]] = [
    *MODEL,
    ("task", "knapsack"),
    ("task", 3),
    ("task", None),
    ("task", ["tsp"]),
    ("options", {"of_a_newer_version": 1}),
    ("options", []),
    ("options", 3),
    ("record", []),
    ("record.sizes", "x"),
    ("record.sizes", [5]),
    ("record.sizes", [5, "x"]),
    ("record.step", "many"),
    ("record.step", -1),
    ("record.validation", [1]),
    ("record.validation", {"gap": "x"}),
    ("record.config", 3),
    ("of_a_newer_version", 1),
    ("storage", 3),
]


@pytest.mark.parametrize(("name", "value"), HEADERS, ids=lambda value: str(value)[:40])
def test_a_checkpoint_whose_header_says_something_else(
    name: str, value: Any, checkpoints: dict[str, Path], points: Path, tmp_path: Path, ptrnet: Any
) -> None:
    path = tmp_path / "broken.safetensors"
    path.write_bytes(with_header(checkpoints["tsp"], value_at(name, value)))
    for words in (("solve", "tsp", points, "--checkpoint", path),
                  ("export", path, "--out", tmp_path / "out.safetensors")):  # fmt: skip
        line = expect_refusal(ptrnet(*words))
        assert str(path) in line
        if "of_a_newer_version" in name or "of_a_newer_version" in str(value):
            assert "of_a_newer_version" in line
    assert sorted(path.name for path in tmp_path.iterdir()) == ["broken.safetensors", "points.csv"]


TEXT_OPTIONS: list[tuple[str, Any]] = [
    ("options.problem", 3),
    ("options.problem", "poetry"),
    ("options.source_vocabulary", 3),
    ("options.source_vocabulary", {"a": 1}),
    ("options.source_vocabulary", [1, 2]),
    ("options.source_vocabulary", ["a", "a"]),
    ("options.target_vocabulary", [[]]),
    ("options.longest", "x"),
    ("options.longest", -1),
    ("options.longest", 1e15),
    ("options.smallest_count", None),
    ("options.source_level", []),
    ("options.source_level", "sounds"),
    ("options.case", 1),
    ("options.copying", "yes"),
    ("options.subword_dropout", "x"),
    ("options.subword_size", float("inf")),
    ("options.source_subwords", 3),
    ("options.source_subwords", "AAAA"),
]


@pytest.mark.parametrize(("name", "value"), TEXT_OPTIONS, ids=lambda value: str(value)[:40])
def test_a_checkpoint_whose_task_has_another_option(
    name: str, value: Any, checkpoints: dict[str, Path], tmp_path: Path, ptrnet: Any
) -> None:
    path = tmp_path / "broken.safetensors"
    path.write_bytes(with_header(checkpoints["text"], value_at(name, value)))
    words = tmp_path / "words.txt"
    words.write_text("hello\n")
    line = expect_refusal(ptrnet("solve", "text", words, "--checkpoint", path))
    assert f"checkpoint {path}: " in line


@pytest.mark.parametrize(
    "header",
    ["", "{", "3", "null", "[]", '"tsp"', "{}", DEEP, '{"a":' * 50_000, "[1e999]", "9" * 5000,
     '{"task": "tsp", "task": "tsp"}', r'{"task": "\ud800"}', "\x00", "NaN"],
    ids=lambda value: str(value)[:20],
)  # fmt: skip
def test_a_checkpoint_whose_header_is_no_object(
    header: str, checkpoints: dict[str, Path], points: Path, tmp_path: Path, ptrnet: Any
) -> None:
    path = tmp_path / "broken.safetensors"
    path.write_bytes(with_header(checkpoints["tsp"], header))
    line = expect_refusal(ptrnet("solve", "tsp", points, "--checkpoint", path))
    assert f"checkpoint {path}: its header is damaged" in line


CONFIGS = [
    "", "3", "- steps", "steps", "{{{", "steps: [", "a: b: c", "\t", "\x07", LAUGHS, DEEP,
    "model: &m {encoder: *m}", "steps: 2020-01-01", "steps: !!set {1, 2}", "steps: !!binary aGk=",
    "!!python/object/apply:os.system [ls]", "steps: 0", "steps: -1", "steps: .inf", "steps: .nan",
    "steps: 1e9999", "steps: x", "steps: null", "steps: true", "steps: [1]", "steps: {a: 1}",
    f"steps: {'9' * 5000}", "steps: 1\nsteps: 2", "model: 3", "model: [1]", "model: {width: 1e9}",
    "model: {encoder: {layers: 1000000}}", "model: {encoder: {heads: 0}}", "newer: 1",
    "model: {newer: 1}", "3: 4", "null: 1", "[1]: 2", "options: [1]", "options: {newer: 1}",
    "data: {sizes: []}", "data: {sizes: [5, 3]}", "data: {sizes: [x]}", "data: {sources: 3}",
    "data: {distributions: [{}]}", "strategy: 3", "strategy: {}", "strategy: {kind: [1]}",
    "strategy: {kind: pomo, newer: 1}", "strategy: {kind: pomo, starts: x}",
    "validation: {search: 3}", "validation: {search: beam:0}", "learning_rate: .nan",
    "learning_rate: 0", "device: tpu", "seed: 9999999999", "initial: nowhere", "threads: -1",
    "precision: int3", "batch_size: 1.5", "strategy: {start: 3, kind: pomo}",
    "strategy: {kind: pomo, start: {kind: pomo, start: {kind: x}}}",
]  # fmt: skip


@pytest.mark.parametrize("text", CONFIGS, ids=lambda value: str(value)[:40])
def test_a_config_that_is_none(text: str, tmp_path: Path, ptrnet: Any) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text(text)
    run = tmp_path / "run"
    expect_refusal(ptrnet("train", "tsp", "--config", path, "--output", run))
    assert not run.exists()


PLANS = [
    *CONFIGS[:22], "tasks: {}", "tasks: 3", "tasks: {a: 3}", "tasks: {a: {task: 3}}",
    "tasks: {a: {task: tsp}}", "tasks: {a: {task: knapsack}}\nstrategies: {b: {kind: pomo}}",
    "tasks: {a: {task: tsp, newer: 1}}\nstrategies: {b: {kind: pomo}}", "newer: 1\ntasks: {}",
    "tasks: {a: {task: tsp}}\nstrategies: [pomo]", "tasks: {a: {task: tsp}}\nstrategies: {b: 3}",
    "tasks: {a: {task: tsp}}\nstrategies: {b: {kind: pomo, newer: 1}}",
    "tasks: {a: {task: tsp}}\nvariants: {b: {model: {width: 0}}}",
    "tasks: {a: {task: tsp}}\nvariants: {b: {model: {encoder: {layers: 1000000}}}}",
    "tasks: {a: {task: tsp, sizes: [5, 3]}}\nstrategies: {b: {kind: pomo}}",
    "tasks: {a: {task: tsp, sources: {training: x}}}\nstrategies: {b: {kind: pomo}}",
    "tasks: {a: {task: tsp}}\nstrategies: {b: {kind: pomo}}\nminutes: .inf",
    "tasks: {a: {task: tsp}}\nstrategies: {b: {kind: pomo}}\nseeds: 0",
    "tasks: {a: {task: tsp}}\nstrategies: {b: {kind: pomo}}\nstability: [c]",
    "tasks: {a/b: {task: tsp}, a b: {task: tsp}}\nstrategies: {b: {kind: pomo}}",
    "tasks: {a: {task: tsp}}\nstrategies: {" + "b" * 400 + ": {kind: pomo}}",
]  # fmt: skip


@pytest.mark.parametrize("text", PLANS, ids=lambda value: str(value)[-40:])
def test_a_plan_that_is_none(text: str, tmp_path: Path, ptrnet: Any) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text(text)
    output = tmp_path / "output"
    expect_refusal(ptrnet("compare", path, "--output", output))
    assert not output.exists()


RUN_ALL = """
import json, os, resource, sys
from pathlib import Path
from ptrnet_suite.cli.main import main
status = Path("/proc/self/status")
resource.setrlimit(resource.RLIMIT_CPU, (100, 100))
ran = []
for words in json.loads(sys.argv[1]):
    before = os.times()
    code = main(words)
    after = os.times()
    ran.append([code, after.user + after.system - before.user - before.system])
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
if status.exists():  # where the peak of the process that started this one is not counted, too
    lines = status.read_text().splitlines()
    (peak,) = [int(line.split()[1]) for line in lines if line.startswith("VmHWM")]
print(json.dumps([peak, ran]))
"""
MOST_KILOBYTES, MOST_SECONDS = 1_000_000, 10


def sparse(path: Path, size: int) -> Path:
    """A file of so many bytes, all zero, that takes no room."""
    path.touch()
    os.truncate(path, size)
    return path


def test_what_could_fill_memory_or_never_end_is_refused_in_little_of_both(
    checkpoints: dict[str, Path], points: Path, tmp_path: Path
) -> None:
    def written(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def solve(path: Path) -> list[str]:
        return ["solve", "tsp", str(points), "--checkpoint", str(path)]

    def plot(path: Path) -> list[str]:
        return ["plot", str(path), "--out", str(tmp_path / "x.png")]

    def train(path: Path) -> list[str]:
        return ["train", "tsp", "--config", str(path), "--output", str(tmp_path / "run")]

    whole = checkpoints["tsp"]
    large = with_header(whole, value_at("model", {"width": 65536, "encoder": {"layers": 256}}))
    header = json.dumps(parts_of(whole)[0])
    empty = {f"{n}": {"dtype": "F32", "shape": [0], "data_offsets": [0, 0]} for n in range(20_000)}
    many = safetensors_of(empty, b"", {HEADER: header})
    commands = [
        solve(written("a.safetensors", large)),
        solve(written("b.safetensors", many)),
        solve(sparse(tmp_path / "c.safetensors", 2**34)),
        solve(written("d.safetensors", (2**31).to_bytes(8, "little") + bytes(2**20))),
        solve(written("e.safetensors", with_header(whole, "[" * 10**7))),
        solve(written("f.safetensors", with_header(whole, "[" + "[]," * 3 * 10**6 + "[]]"))),
        plot(written("g.json", "[" + "[]," * 10**7 + "[]]")),
        plot(written("h.json", "[" + "[]," * 3 * 10**5 + "[]]")),
        plot(sparse(tmp_path / "j.json", 2**34)),
        plot(written("k.json", '{"metrics": {"' + "x" * 10**7 + '": 3}, "search": 3}')),
        train(written("l.yaml", LAUGHS)),
        train(written("n.yaml", "{" + "a," * 30_000 + "}")),
        train(sparse(tmp_path / "o.yaml", 2**34)),
        train(Path("/dev/zero")),
        ["compare", str(tmp_path / "l.yaml"), "--output", str(tmp_path / "out")],
    ]
    ran = subprocess.run(
        [sys.executable, "-c", RUN_ALL, json.dumps(commands)], capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    kilobytes, ends = json.loads(ran.stdout)
    assert [code for code, _ in ends] == [2] * len(commands)
    assert ran.stderr.count("\n") == len(commands), ran.stderr
    assert kilobytes < MOST_KILOBYTES
    assert max(seconds for _, seconds in ends) < MOST_SECONDS, ends
