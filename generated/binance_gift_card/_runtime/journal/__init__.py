# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""The journal: what was asked of the server, what it answered, and what nobody knows yet."""
