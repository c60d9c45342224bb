"""A generator of typed Python SDKs for signed REST APIs.

``load → overlay → check → lower → models → render → format → tree``: one module a stage, one verb each, no way back.
"""

__version__ = "0.2.0"
