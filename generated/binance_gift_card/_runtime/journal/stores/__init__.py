# Part of the runtime. Edit it in the generator, codegen/runtime/, then generate anew.
# ruff: noqa
"""Where entries are kept."""
