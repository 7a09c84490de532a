"""Training strategies side by side: the same models on the same tasks for the same CPU time."""

from ptrnet_suite.comparison.engine import compare

__all__ = ["compare"]
