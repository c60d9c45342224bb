"""Documents end to end: generated twice, imported, called against a server that answers what they say, type checked."""
