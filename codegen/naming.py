"""How a name of the document becomes a name of Python."""

import builtins
import keyword
import re
from collections.abc import Collection, Sequence

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
        "signing environment app_info AppInfo Callable Clock Hooks Network journal Journal account"
    ).split()
)
"""Names that a credential cannot have as an argument of the client."""

TAKEN_BY_A_CALL = frozenset({"arguments", "self", "timeout"})
"""Names that an argument cannot have, because they are kept for options of every call."""

TAKEN_BY_A_TAG = frozenset({"note", "idempotency_key"})
"""Names that an argument of a journalled operation cannot have: they are what a caller tells the journal."""

TAKEN_BY_FIELDS = {
    "msgspec": frozenset({"field"}),
    "pydantic": frozenset(
        (
            "construct copy dict from_orm json parse_file parse_obj parse_raw schema schema_json update_forward_refs "
            "validate model_computed_fields model_config model_construct model_copy model_dump model_dump_json "
            "model_extra model_fields model_fields_set model_json_schema model_parametrized_name model_post_init "
            "model_rebuild model_validate model_validate_json model_validate_strings"
        ).split()
    ),
}
"""Kind of models → names that a field cannot have, because the base of models or their module has them."""

METHODS_OF_MODELS = frozenset("to_dict to_json from_dict from_json further_properties".split())
"""Names that a field cannot have, because users call them on any model: it is told of."""

TAKEN_BY_THE_TERMINAL = frozenset("bulk export history journal reconcile report resolve show".split())
"""Names that an operation's command cannot have."""

TAKEN_BY_COMMANDS = frozenset(
    "app bulk call file journal many no_journal sandbox server show_codes as_json json help timeout yes".split()
)
"""Names that an argument cannot have in the function of a command: the command has them already."""

TAKEN_BY_CLASSES = frozenset(
    (
        "Any AppInfo Arguments AsyncClient AsyncHooks AsyncJournalledClient AsyncSigner Callable Client Decimal Hooks "
        "Journal JournalledClient Literal Mapping Network RawOperations AsyncRawOperations BulkOperations "
        "AsyncBulkOperations Redirect Response Sequence Signer Tag UUID"
    ).split()
)
"""Names that the class of a client cannot have: its module has them already."""

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


_SYMBOLS = {
    "+": "plus", "-": "minus", "<": "lt", ">": "gt", "=": "eq", "!": "not", "*": "star", "%": "percent", "$": "dollar",
    "@": "at", "#": "number", "&": "and", "|": "or", "/": "per", "~": "tilde", "^": "caret", "?": "question",
}  # fmt: skip
_STRUCTURE = frozenset(
    "paths components schemas schema content properties responses requestBody parameters x-sdk-bundled".split()
)
"""Keys of a document that tell nothing of a thing that stands below them."""


def words(text: str) -> list[str]:
    """The words of a name, whatever divides them and in whatever script: ``referenceNo`` → reference, No."""
    return _WORDS.findall(text if text.isascii() else _latin(text))


def _latin(text: str) -> str:
    from anyascii import anyascii  # most documents need none of its tables

    return anyascii(text).replace("'", "")


def spelled_out(text: str) -> str:
    """The name with words for its symbols: ``+1`` → ``plus 1``; a hyphen between letters only divides."""
    return re.sub(r"(?<![A-Za-z0-9])-|[+<>=!*%$@#&|/~^?]", lambda found: f" {_SYMBOLS[found[0]]} ", text)


def place(pointer: Sequence[str | int]) -> str:
    """Where a thing stands, in words: ``/a``, ``get``, 200 → ``a get 200``."""
    told = [
        str(part)
        for part, above in zip(pointer, ("", *pointer), strict=False)
        if part not in _STRUCTURE or above == "properties"
    ]
    return " ".join(re.sub(r"^application/", "", part) for part in told) + (
        " property" if "properties" in pointer else ""
    )


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


def field(text: str, taken: Collection[str]) -> str:
    """The name of a model's field; `taken` are those that its base has."""
    name = snake(text)
    return f"{name}_" if name in taken else name


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
