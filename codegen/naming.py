"""How a name of the document becomes a name of Python."""

import builtins
import keyword
import re
import unicodedata

_WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z]+|[0-9]+")
BUILTINS = frozenset(dir(builtins))

TAKEN_BY_THE_CLIENT = frozenset(
    (
        "raw close from_env limits sync_clock with_options self models date datetime "
        "bulk export history journal reconcile resolve"
    ).split()
)
"""Names that a method cannot have: the client has them already, or the annotations of its methods need them."""

TAKEN_BY_THE_CONSTRUCTOR = frozenset(
    (
        "self base_url connect_timeout timeout attempts clock sync_clock network hooks pace "
        "signing environment Callable Clock Hooks Network journal Journal account"
    ).split()
)
"""Names that a credential cannot have as an argument of the client."""

TAKEN_BY_A_CALL = frozenset({"self", "timeout"})
"""Names that an argument cannot have, because they are kept for options of every call."""

TAKEN_BY_A_TAG = frozenset({"note", "idempotency_key"})
"""Names that an argument of a journalled operation cannot have: they are what a caller tells the journal."""

TAKEN_BY_THE_TERMINAL = frozenset("bulk export history journal reconcile report resolve".split())
"""Names that an operation's command cannot have."""

TAKEN_BY_OPERATIONS = frozenset("ERRORS JOURNALLED RATES RECONCILING UUID".split())
"""Names that the constant of an operation cannot have: its module has them already."""

TAKEN_BY_MODELS = frozenset(
    (
        "Annotated Any ConfigDict Decimal Field Literal Meta Model RootModel Secret Struct TypeAlias Union Optional "
        "AwareDatetime NaiveDatetime TypeAliasType UnsetType UNSET Enum UUID OneOf Extensible NULL"
    ).split()
)
"""Names that a model cannot have, because the module of models imports them."""

TAKEN_BY_ERRORS = frozenset(
    (
        "ApiError ArgumentError ClientError DecodeError HeldBackError JournalError LockoutError NoJournalWarning "
        "NotSentError OutcomeUnknownError SigningError"
    ).split()
)
"""Names that an error's class cannot have, because the runtime has them."""


def words(text: str) -> list[str]:
    """The words of a name, whatever divides them: ``referenceNo`` → reference, No."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return _WORDS.findall(plain)


def snake(text: str) -> str:
    """``createGiftCard`` → ``create_gift_card``; never empty, never a digit first, never a keyword."""
    name = "_".join(word.lower() for word in words(text)) or "value"
    name = f"n{name}" if name[0].isdigit() else name
    return f"{name}_" if keyword.iskeyword(name) else name


def pascal(text: str) -> str:
    """``gift_card`` → ``GiftCard``; words that carry capitals keep them."""
    name = "".join(word[0].upper() + word[1:] for word in words(text)) or "Value"
    return f"N{name}" if name[0].isdigit() else name


def method(text: str) -> str:
    """The name of a method; a builtin's name would shadow it inside the class."""
    name = snake(text)
    return f"{name}_" if name in BUILTINS or name in TAKEN_BY_THE_CLIENT else name


def argument(text: str) -> str:
    """The name of a method's argument."""
    name = snake(text)
    return f"{name}_" if name in TAKEN_BY_A_CALL else name


def credential(text: str) -> str:
    """The name of a credential, as an argument of the client."""
    name = snake(text)
    return f"{name}_" if name in TAKEN_BY_THE_CONSTRUCTOR else name


def model(text: str) -> str:
    """The name of a model class."""
    name = pascal(text)
    return f"{name}Model" if name in BUILTINS or name in TAKEN_BY_MODELS or keyword.iskeyword(name) else name


def constant(name: str) -> str:
    """``create_gift_card`` → ``CREATE_GIFT_CARD``."""
    upper = name.strip("_").upper()
    return f"{upper}_" if upper in TAKEN_BY_OPERATIONS else upper
