"""A search for lost money: the real flow and the real journal, over a simulated machine, network, server and disk.

`python -m tests.simulation --stories 100000 --seed 1` tells that many stories; each is a list of choices, and one that
is not as promised prints itself as a test.
"""
