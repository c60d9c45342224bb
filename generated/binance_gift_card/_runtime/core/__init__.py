# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""What a call is, without sockets, threads, pauses or SQL."""
