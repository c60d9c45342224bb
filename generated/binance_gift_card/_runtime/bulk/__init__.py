# Part of the runtime. Edit it in the generator, codegen/runtime/, then generate anew.
"""Many calls of one operation."""
