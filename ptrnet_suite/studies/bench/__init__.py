"""Shipped checkpoints against classical solvers and published figures, as one report."""

from ptrnet_suite.studies.bench.engine import run_bench

__all__ = ["run_bench"]
