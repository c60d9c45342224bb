# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""What a generated client does at run time: check, write, sign, send, classify, decode."""
