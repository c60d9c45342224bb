"""The journal: what was asked of the server, what it answered, and what nobody knows yet."""
