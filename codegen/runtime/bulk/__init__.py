"""Many calls of one operation."""
