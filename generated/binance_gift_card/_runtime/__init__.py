# Part of the runtime. Edit it in the generator, codegen/runtime/, then generate anew.
# ruff: noqa
"""What a generated client does at run time: check, write, sign, send, classify, decode."""
