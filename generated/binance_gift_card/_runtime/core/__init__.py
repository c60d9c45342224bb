# Part of the runtime. Edit it in the generator, codegen/runtime/, then generate anew.
"""What a call is, without sockets, threads, pauses or SQL."""
