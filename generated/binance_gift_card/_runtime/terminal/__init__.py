# Part of the runtime. Edit it in the generator, codegen/runtime/, then generate anew.
# ruff: noqa
"""The command line: what every generated command does."""
