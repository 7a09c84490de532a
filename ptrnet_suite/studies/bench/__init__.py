"""Shipped checkpoints against classical solvers and published figures, as one report."""
