"""Mutation testing: how mutants are made, tried and counted."""
