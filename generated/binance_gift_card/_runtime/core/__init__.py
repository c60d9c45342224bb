# Part of the runtime. Edit it in the generator, codegen/runtime/, then generate anew.
# ruff: noqa
"""What a call is, without sockets, threads, pauses or SQL."""
