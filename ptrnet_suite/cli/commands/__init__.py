"""The subcommands: each file is one, with `run(arguments)`, imported when it is called."""
