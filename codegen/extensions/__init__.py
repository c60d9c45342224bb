"""The vendor extensions: each file has the schema of one, how it is lowered, and what a change of it means."""
