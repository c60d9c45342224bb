# Part of the runtime. Edit it in the generator, codegen/runtime/, then generate anew.
# ruff: noqa
"""The journal: what was asked of the server, what it answered, and what nobody knows yet."""
