"""A checkpoint as a function: problems in, answers out."""

from ptrnet_suite.studies.solver.answers import Solution
from ptrnet_suite.studies.solver.attention import AttentionMap
from ptrnet_suite.studies.solver.solver import Solver, load

__all__ = ["AttentionMap", "Solution", "Solver", "load"]
