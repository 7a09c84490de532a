"""Mutants tried one after another, each in a copy of a process that has everything loaded."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from mutants import scope
from mutants.children import in_child
from mutants.planting import Mutant, planted
from mutants.swapping import LoadedFunctions, load_instead, marked
from mutants.trials import Reached, Session, limit_of, pytest_with, still, warm

LONG = 1e6
"""Seconds that stand for no limit."""

AT_IMPORT = 30
"""Most files of tests for a mutant of what runs at import: all of them are imported anew."""

LIBRARIES = (
    *("torch", "numpy", "scipy.stats", "scipy.optimize", "networkx", "hypothesis", "jaxtyping"),
    *("beartype", "rapidfuzz.distance", "sacrebleu", "yaml", "safetensors.torch", "sentencepiece"),
    *("fast_tsp", "matplotlib.pyplot", "rich.progress"),
)
"""What stays loaded where the suite itself is loaded anew."""


class Run:
    """All mutants of a run, and what is known of them and of the tests.

    seconds: CPU time of the tests that are tried on one mutant at most, measured without it; log:
    file of outcomes; known: file of what each test reaches.
    """

    def __init__(self, root: Path, seconds: float, log: Path, known: Path) -> None:
        self.root, self.seconds, self.log, self.known = root, seconds, log, known
        self.reached: Reached = {}
        self._finders: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
        self._said = os.fdopen(os.dup(2), "w", buffering=1)
        self._begun = time.time()
        self._done, self._killed, self._count = 0, 0, 0

    def try_all(self, mutants: Sequence[Mutant]) -> None:
        """Tries the mutants and writes each outcome to the log."""
        for name in LIBRARIES:
            importlib.import_module(name)
        warm()
        self._count = len(mutants)
        in_functions = [mutant for mutant in mutants if mutant.function]
        ended = in_child(lambda: self._warm(in_functions), LONG)
        if ended.found is None:
            raise SystemExit(f"The process that tries mutants ended: {ended.reason}.")
        left, self._done, self._killed = ended.found
        self.reached = json.loads(self.known.read_text(encoding="utf-8"))
        names = set(left)
        still()
        for mutant in mutants:
            if not mutant.function or mutant.name in names:
                self._at_import(mutant)

    def _warm(self, mutants: Sequence[Mutant]) -> Any:
        """Mutants of functions, where everything is loaded; the names of those it cannot try."""
        left: list[str] = []
        session = Session(lambda items: left.extend(self._in_functions(session, items, mutants)))
        pytest_with(session, scope.TESTS)
        return left, self._done, self._killed

    def _in_functions(
        self, session: Session, items: dict[str, pytest.Item], mutants: Sequence[Mutant]
    ) -> Iterable[str]:
        paths = scope.scope(self.root)
        for path in paths:
            importlib.import_module(scope.module(path))
        functions = LoadedFunctions(str(self.root / path) for path in paths)
        still()
        self._learn(session, items, functions, paths)
        for mutant in mutants:
            tests = [name for name in self._tests_of(mutant) if name in items]
            if not tests:
                yield mutant.name
                continue

            def trial(mutant: Mutant = mutant, tests: list[str] = tests) -> str | None:
                file = str(self.root / mutant.path)
                if not functions.swap(file, planted(mutant, self.root), mutant.function):
                    return "unfit"
                limits = [self._limit(name) for name in tests]
                return session.first_that_fails([items[name] for name in tests], limits)

            if self._judge(mutant, in_child(trial, LONG if not tests else self._clock(tests))):
                yield mutant.name

    def _at_import(self, mutant: Mutant) -> None:
        """A mutant of what runs at import: the suite is loaded anew with it."""
        tests, files = [], []
        for name in self._tests_of(mutant, whole_owner=True):
            file = name.partition("::")[0]
            if file in files or len(files) < AT_IMPORT:
                tests.append(name)
                files = list(dict.fromkeys([*files, file]))
        if not tests:
            self._write(mutant, "survived", "no test reaches it", 0.0)
            return

        def trial() -> str:
            found = ["collection"]

            def work(items: dict[str, pytest.Item]) -> None:
                here = [name for name in tests if name in items]
                limits = [self._limit(name) for name in here]
                found[0] = session.first_that_fails([items[name] for name in here], limits)

            load_instead(str(self.root / mutant.path), planted(mutant, self.root))
            session = Session(work)
            with contextlib.suppress(SystemExit):  # a fault may let nothing be collected
                pytest_with(session, files)
            return found[0]

        self._judge(mutant, in_child(trial, self._clock(tests) + 60))

    def _judge(self, mutant: Mutant, ended: Any) -> bool:
        """Writes what became of a mutant; whether it must be tried in another way."""
        if ended.found == "unfit":
            return True
        if ended.found == "":
            self._write(mutant, "survived", "", ended.seconds)
        else:
            by = ended.found or ended.reason
            self._finders[mutant.path, mutant.owner][by] += 1
            self._write(mutant, "killed", by, ended.seconds)
        return False

    def _write(self, mutant: Mutant, outcome: str, by: str, seconds: float) -> None:
        record = {"name": mutant.name, "digest": mutant.digest, "outcome": outcome, "by": by}
        with self.log.open("a", encoding="utf-8") as file:
            file.write(json.dumps({**record, "seconds": round(seconds, 2)}) + "\n")
        self._done += 1
        self._killed += outcome == "killed"
        if outcome == "survived" or self._done % 50 == 0:
            took = (time.time() - self._begun) / 60
            counts = f"{self._done}/{self._count}, {self._killed} killed, {took:.1f} min"
            print(f"{counts}: {outcome} {mutant.name}", file=self._said)

    def _tests_of(self, mutant: Mutant, whole_owner: bool = False) -> list[str]:
        """Tests that reach a mutant's statement, or its file; the likeliest to find it first."""
        finders = self._finders[mutant.path, mutant.owner]
        mirror = scope.mirror(mutant.path)
        able = sorted(
            (facts["seconds"], name)
            for name, facts in self.reached.items()
            if mutant.path in facts["lines"]
            and (whole_owner or mutant.line in facts["lines"][mutant.path])
        )
        # One case of every test goes before the second one of any.
        cases, order = Counter[str](), []
        for seconds, name in able:
            test = name.partition("[")[0]
            order.append((-finders[name], cases[test], not name.startswith(mirror), seconds, name))
            cases[test] += 1
        chosen, spent = [], 0.0
        for *_, seconds, name in sorted(order):
            if spent + seconds <= self.seconds or not chosen:
                chosen.append(name)
                spent += seconds
        return chosen

    def _limit(self, test: str) -> float:
        """CPU seconds for a test; what its file computes once may fall to any test of it."""
        file = test.partition("::")[0]
        of_file = [
            facts["seconds"] for name, facts in self.reached.items() if name.startswith(f"{file}::")
        ]
        return limit_of(max(of_file))

    def _clock(self, tests: Sequence[str]) -> float:
        """Seconds by the clock for all these tests, on a machine that does other work, too."""
        return 120 + 10 * sum(self.reached[name]["seconds"] for name in tests)

    def _learn(
        self,
        session: Session,
        items: dict[str, pytest.Item],
        functions: LoadedFunctions,
        paths: Sequence[str],
    ) -> None:
        """Finds out what each test reaches, unless nothing that it reached has changed since."""
        sums = {path: checksum(self.root / path) for path in paths}
        before = json.loads(self.known.read_text(encoding="utf-8")) if self.known.is_file() else {}
        for name, facts in before.items():
            files = {name.partition("::")[0], *facts["lines"]}
            now = {file: sums.get(file) or checksum(self.root / file) for file in sorted(files)}
            if name in items and now == facts["sums"]:
                self.reached[name] = facts
        new = [item for name, item in items.items() if name not in self.reached]

        def learn() -> Reached:
            for path in paths:
                functions.swap(str(self.root / path), marked(path, self.root))
            return session.reached(new)

        print(f"{len(new)} of {len(items)} tests show what they reach", file=self._said)
        ended = in_child(learn, LONG)
        if ended.found is None:
            raise RuntimeError(f"The tests cannot be tried: {ended.reason}")
        found: Reached = ended.found
        for name, facts in found.items():
            files = {name.partition("::")[0], *facts["lines"]}
            facts["sums"] = {file: checksum(self.root / file) for file in sorted(files)}
        self.reached.update(found)
        self.known.write_text(json.dumps(self.reached), encoding="utf-8")
        if not any(facts["lines"] for facts in self.reached.values()):
            raise RuntimeError("No test reaches anything: the marked code is not what runs.")
        failed = [item.nodeid for item in new if item.nodeid not in found]
        if len(failed) > 20:
            raise RuntimeError(f"{len(failed)} tests fail without any fault: run pytest.")
        print(f"these fail without any fault: {failed}", file=self._said)


def checksum(file: Path) -> str:
    """A short name of what a file holds; empty where there is none."""
    return sha256(file.read_bytes()).hexdigest()[:12] if file.is_file() else ""
