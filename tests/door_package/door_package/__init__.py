"""A task, a search, a strategy, an encoder and a decoder, each by an entry point."""
