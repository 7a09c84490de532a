"""What a run found, by module: as JSON with provenance, and as a table."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from mutants.planting import Mutant
from ptrnet_suite.runtime.files import atomic_write
from ptrnet_suite.runtime.provenance import command_line, git_commit, machine, versions

EQUIVALENT = Path(__file__).with_name("equivalent.yaml")
"""Mutants that no test can find, by the reason why."""


def equivalents() -> dict[str, str]:
    """Mutant -> why no test can tell it from the code."""
    groups = yaml.safe_load(EQUIVALENT.read_text(encoding="utf-8"))
    return {name.strip(): group["why"].strip() for group in groups for name in group["mutants"]}


def outcomes(log: Path) -> dict[tuple[str, str], str]:
    """Name and digest of a mutant -> what became of it last."""
    lines = log.read_text(encoding="utf-8").splitlines() if log.is_file() else []
    records = [json.loads(line) for line in lines]
    return {(each["name"], each["digest"]): each["outcome"] for each in records}


def write(mutants: Sequence[Mutant], log: Path, folder: Path) -> list[str]:
    """Writes mutation.json and mutation.md; returns what is wrong with the list of equivalents."""
    known, why = outcomes(log), equivalents()
    found = {mutant.name: known.get((mutant.name, mutant.digest), "untried") for mutant in mutants}
    for name in why:
        if found.get(name) == "survived":
            found[name] = "equivalent"
    modules: dict[str, Counter[str]] = {}
    for mutant in mutants:
        modules.setdefault(mutant.path, Counter())[found[mutant.name]] += 1
    total = sum(modules.values(), Counter[str]())
    rows = {path: counted(counts) for path, counts in modules.items()}
    first = first_verdicts(log, why)
    facts = {
        "command": command_line(),
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "commit": git_commit(),
        "versions": versions(),
        "machine": machine(),
        "total": counted(total),
        "first_tried": first,
        "modules": rows,
        "survivors": [name for name, outcome in found.items() if outcome == "survived"],
        "equivalent": {name: why[name] for name in found if found[name] == "equivalent"},
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (
        ("mutation.json", json.dumps(facts, indent=1, ensure_ascii=False) + "\n"),
        ("mutation.md", table(facts["total"], first, rows)),
    ):
        with atomic_write(folder / name) as temporary:
            temporary.write_text(text, encoding="utf-8")
    names = {mutant.name for mutant in mutants}
    told = {name: "is not made" if name not in names else found[name] for name in why}
    holds = ("equivalent", "untried")
    return [f"{name}: {outcome}" for name, outcome in told.items() if outcome not in holds]


def counted(counts: Mapping[str, int]) -> dict[str, Any]:
    """Numbers of mutants, and the share of those not equivalent that tests find."""
    killed, survived = counts.get("killed", 0), counts.get("survived", 0)
    row: dict[str, Any] = {
        "mutants": sum(counts.values()),
        "killed": killed,
        "equivalent": counts.get("equivalent", 0),
        "survived": survived,
        "untried": counts.get("untried", 0),
    }
    if killed + survived:
        row["share"] = round(killed / (killed + survived), 4)
    return row


def first_verdicts(log: Path, why: Mapping[str, str]) -> dict[str, Any]:
    """What became of each mutant when it was first tried, before any test answered it."""
    first: dict[str, str] = {}
    for line in log.read_text(encoding="utf-8").splitlines() if log.is_file() else []:
        record = json.loads(line)
        first.setdefault(record["name"], record["outcome"])
    for name in why:
        if first.get(name) == "survived":
            first[name] = "equivalent"
    return counted(Counter(first.values()))


def table(
    total: Mapping[str, Any], first: Mapping[str, Any], rows: Mapping[str, Mapping[str, Any]]
) -> str:
    """The counts by module, in Markdown."""
    columns = ("mutants", "killed", "equivalent", "survived", "untried")
    lines = [
        "# Mutants that the tests find",
        "",
        f"{total['mutants'] - total['untried']} of {total['mutants']} mutants were tried, drawn at "
        "random. Survivors were answered by tests and tried again, so the shares say how many of "
        "these are found now. How many of the others would be is nearer to what was found when a "
        f"mutant was first tried: {100 * first.get('share', 0):.1f} % of {first['mutants']}.",
        "",
        f"| module | {' | '.join(columns)} | share killed |",
        f"|---|{'---:|' * (len(columns) + 1)}",
    ]
    for name, row in (*rows.items(), ("**all**", total)):
        share = f"{100 * row['share']:.1f} %" if "share" in row else ""
        lines.append(f"| {name} | {' | '.join(str(row[key]) for key in columns)} | {share} |")
    return "\n".join(lines) + "\n"
