# Generated from openapi/binance-gift-card-openapi.yml and openapi/overlay.yaml.
# Do not edit: change what it is generated from, then run `python -m codegen generate`.

"""The journal of every call that moves something: what was asked, what was answered, and what nobody knows."""

from typing import ClassVar

from ._about import SPEC_VERSION, __version__
from ._operations import JOURNALLED
from ._runtime.journal import journal
from ._runtime.journal.entry import Entry, Event, State
from ._runtime.journal.findings import Allowance, Reconciliation, Total
from ._runtime.journal.history import Filters
from ._runtime.journal.ledger import Facts
from ._runtime.journal.seal import UNSEALED, new_key

__all__ = [
    "UNSEALED",
    "Allowance",
    "Entry",
    "Event",
    "Filters",
    "Journal",
    "Reconciliation",
    "State",
    "Total",
    "new_key",
]


class Journal(journal.Journal):
    __doc__ = journal.Journal.__doc__

    facts: ClassVar[Facts] = Facts(operations=JOURNALLED, environment="BINANCE", sdk=__version__, spec=SPEC_VERSION)
