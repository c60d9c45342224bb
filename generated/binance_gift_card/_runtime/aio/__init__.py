# Part of the runtime, which `python -m codegen generate` copies here. Do not edit.
# ruff: noqa
"""Clients on asyncio."""
