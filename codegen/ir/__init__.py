"""The intermediate representation: everything decided, in the words the templates print."""
