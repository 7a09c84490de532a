"""Checks of what the command line refuses."""

from __future__ import annotations


def expect_refusal(ran) -> str:
    """Checks for exit code 2 and one line on standard error, and returns that line."""
    assert ran.code == 2, ran
    assert ran.err.startswith("ptrnet: "), ran
    assert ran.err.count("\n") == 1, ran
    assert "never run" not in ran.out
    return ran.err
