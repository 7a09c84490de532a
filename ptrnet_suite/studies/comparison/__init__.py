"""Strategies or models side by side: the same tasks, the same CPU time, several seeds."""

from ptrnet_suite.studies.comparison.engine import compare

__all__ = ["compare"]
