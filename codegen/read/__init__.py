"""A document becomes a checked tree that knows its addresses."""
