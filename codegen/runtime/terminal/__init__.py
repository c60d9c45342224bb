"""The command line: what every generated command does."""
