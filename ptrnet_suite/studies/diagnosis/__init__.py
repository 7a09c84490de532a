"""Where a model's mistakes come from: its search, its probabilities, or its own earlier choices."""
