"""The `ptrnet` command: one file a subcommand, heavy imports inside the functions."""
