"""Strategies make a loss from model and batch; the loop does the rest, once for all of them."""
