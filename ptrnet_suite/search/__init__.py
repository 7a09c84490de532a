"""Searches: from a model's log-probabilities to answers, best first."""
