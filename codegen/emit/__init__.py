"""The intermediate representation becomes text."""
