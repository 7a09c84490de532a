"""Strategies or models side by side: the same tasks, the same CPU time, several seeds."""
