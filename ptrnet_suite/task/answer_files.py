"""Files of answers: a hypothesis a line, n-best lists as Moses writes them, JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.files import atomic_write
from ptrnet_suite.task.answer import ScoredAnswer

SUFFIXES = (".txt", ".nbest", ".json")

BAR = " ||| "
"""What stands between the fields of an n-best list."""

Answers = Sequence[Sequence[ScoredAnswer]]


def write_plain_answers(instances: Instances, answers: Answers, path: Path) -> None:
    """Writes `.txt`, `.nbest` or `.json`: texts as they are, positions with blanks between them.

    `.txt`: the one answer of each instance on a line, in the instances' order, a blank line where
    there is none; of several answers as `.nbest`. `.nbest`: `index ||| answer ||| log-probability`
    for each answer, best first, indices counted from 0, as in Moses' lists. `.json`: for each
    instance its index, name and source, where these are known, and its answers. Raises InputError
    for an answer that would not stay on its line or in its field.
    """
    several = any(len(each) > 1 for each in answers)
    if path.suffix.lower() == ".json":
        rows = [_row(instances, index, each) for index, each in enumerate(answers)]
        written = json.dumps(rows, indent=2, ensure_ascii=False) + "\n"
    elif path.suffix.lower() == ".nbest" or several:
        written = "".join(_n_best(index, each, path) for index, each in enumerate(answers))
    else:
        texts = [_text(each[0].answer) if each else "" for each in answers]
        written = "".join(f"{_on_one_line(text, path)}\n" for text in texts)
    with atomic_write(path) as temporary:
        temporary.write_text(written, encoding="utf-8", newline="\n")


def _n_best(index: int, answers: Sequence[ScoredAnswer], path: Path) -> str:
    lines = []
    for answer, log_probability in answers:
        text = _on_one_line(_text(answer), path)
        if BAR.strip() in text:
            raise InputError(f"{path} cannot hold the answer {text!r}: '|||' parts its fields")
        known = log_probability is not None and math.isfinite(log_probability)
        lines.append(f"{index}{BAR}{text}" + (f"{BAR}{log_probability:.6f}\n" if known else "\n"))
    return "".join(lines)


def _text(answer: Any) -> str:
    return answer if isinstance(answer, str) else " ".join(map(str, np.ravel(answer).tolist()))


def _on_one_line(text: str, path: Path) -> str:
    if "\n" in text or "\r" in text:
        raise InputError(f"{path} cannot hold the answer {text!r}: it has more than one line")
    return text


def _row(instances: Instances, index: int, answers: Sequence[ScoredAnswer]) -> dict[str, Any]:
    row: dict[str, Any] = {"index": index}
    if instances.names is not None:
        row["name"] = str(instances.names[index])
    source = instances.inputs[index]
    if isinstance(source, str):
        row["source"] = source
    row["answers"] = [_scored(*each) for each in answers]
    return row


def _scored(answer: Any, log_probability: float | None) -> dict[str, Any]:
    """An answer, and its log-probability where there is one."""
    known = log_probability is not None and math.isfinite(log_probability)
    plain = answer if isinstance(answer, str) else np.asarray(answer).tolist()
    return {"answer": plain, **({"log_probability": log_probability} if known else {})}
