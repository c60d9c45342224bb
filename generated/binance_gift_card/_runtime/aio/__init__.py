# Part of the runtime. Edit it in the generator, codegen/runtime/, then generate anew.
"""Clients on asyncio."""
