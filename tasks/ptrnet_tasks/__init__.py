"""The built-in tasks, reached through the same entry points that any package uses."""
