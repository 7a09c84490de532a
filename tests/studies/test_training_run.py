"""Training as a person sees it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from ptrnet_suite.errors import InputError
from ptrnet_suite.reporting import progress
from ptrnet_suite.studies.training_run import train
from tests.training.configs import SORTING


def test_a_run_without_a_terminal_tells_step_pace_and_figures(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "LINE_EVERY", 0.02)
    train("sorting", SORTING, tmp_path)
    out, err = capfd.readouterr()
    assert out == ""
    figures = r"loss \d+\.\d{4}( exact [01]\.\d+ token_accuracy [01]\.\d+)?"
    form = rf"sorting: step \d+/40 \S+/s ({figures} )?"
    assert all(re.match(form, line) for line in err.splitlines())
    assert re.search(r"loss .* exact .* left \d:\d\d:\d\d$", err, re.MULTILINE)


def test_a_program_is_refused_where_the_command_would_be(tmp_path: Path) -> None:
    short = replace(SORTING, steps=2)
    train("sorting", short, tmp_path)
    told = f"{tmp_path} already holds a run; name another folder with --output, begin anew in this"
    with pytest.raises(InputError, match=told):
        train("sorting", short, str(tmp_path))
    assert train("sorting", short, tmp_path, overwrite=True).step == 2
