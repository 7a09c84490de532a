"""How much memory there is to take."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.memory import VARIABLE, available_memory


def test_what_is_available_is_less_than_the_machine_has(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    assert 2**20 < available_memory() < 2**50


def test_the_variable_says_what_there_is(monkeypatch):
    monkeypatch.setenv(VARIABLE, "4e9")
    assert available_memory() == 4e9


@pytest.mark.parametrize("given", ["", "much", "-1", "0", "inf", "nan"])
def test_a_variable_that_is_no_size_is_refused(monkeypatch, given):
    monkeypatch.setenv(VARIABLE, given)
    with pytest.raises(InputError, match="accepted is a number of bytes, such as 4e9"):
        available_memory()


def test_a_limit_on_the_address_space_counts(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    pytest.importorskip("resource")
    program = (
        "import resource; resource.setrlimit(resource.RLIMIT_AS, (10**9, 10**9));"
        "from ptrnet_suite.runtime.memory import available_memory;"
        "assert 0 < available_memory() < 10**9"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
