# Part of the runtime that every generated package carries as _runtime/. Edit it in codegen/runtime/, then run
# `python -m codegen generate`; a copy under generated/ is output.
"""The journal: what was asked of the server, what it answered, and what nobody knows yet."""
