"""All vendor extensions, by where a change of them is looked for."""

from codegen.extensions.clock import CLOCK
from codegen.extensions.confirm import CONFIRM
from codegen.extensions.deprecated import DEPRECATED
from codegen.extensions.encryption import ENCRYPTION
from codegen.extensions.envelope import ENVELOPE, ENVELOPES
from codegen.extensions.errors import ERRORS, RAISES
from codegen.extensions.idempotency import IDEMPOTENCY
from codegen.extensions.journal import JOURNAL
from codegen.extensions.lockout import LOCKOUT
from codegen.extensions.rates import RATES, WEIGHT
from codegen.extensions.reconcile import RECONCILE
from codegen.extensions.repeat import REPEAT
from codegen.extensions.settle import SETTLE
from codegen.extensions.signing import SIGNING
from codegen.extensions.times import TIME
from codegen.extensions.words import COMMAND, HINT, NAME, UNIT

OF_OPERATIONS = (ENVELOPE, REPEAT, IDEMPOTENCY, SETTLE, WEIGHT, LOCKOUT, JOURNAL, COMMAND, CONFIRM, RAISES)
OF_DOCUMENTS = (ENVELOPES, ERRORS, RATES, CLOCK, RECONCILE)
OF_OTHERS = (SIGNING, ENCRYPTION, NAME, UNIT, TIME, HINT, DEPRECATED)

EXTENSIONS = {extension.key: extension for extension in (*OF_OPERATIONS, *OF_DOCUMENTS, *OF_OTHERS)}
"""Every extension, by its key."""
