"""The arguments of the client, and of `from_env`."""

import re
from collections.abc import Iterator
from typing import Any

from codegen.facts import Expression
from codegen.ir.api import ClientOption, Credential
from codegen.lower.servers import Servers
from codegen.settings import Settings

_WITH = re.compile(r" with \w+")
_JOURNAL = (
    "Where calls are written down, so that none is lost: a `Journal`, the path of a file, or postgresql://…; "
    "False keeps none on purpose."
)
_ACCOUNT = (
    "What the journal calls the account, such as shop; left out, it goes by a fingerprint of the credentials. "
    "A key of another account is refused."
)
_NEEDED = " Operations that need it refuse without it."
_PACE = "The share of a rate limit, at most 1, from which on the client slows down by itself; left out, it never does."
_CLOCK = "Gives the time in milliseconds since the epoch; this machine's clock if left out."
_APP_INFO = "What the program calls itself in the User-Agent, behind the name of this package."
_OPTIONS = (
    ("timeout", "float = TIMEOUT", "Seconds for a whole call, with all its attempts and waits."),
    ("connect_timeout", "float = CONNECT_TIMEOUT", "Seconds to wait for a connection, with its proxy and TLS."),
    ("attempts", "int = ATTEMPTS", "How many attempts a call may make; 1 tries nothing again."),
    ("clock", "Callable[[], int] | None = None", _CLOCK),
    ("network", "Network | None = None", "Proxy, certificates and sizes."),
    ("hooks", "Hooks | None = None", "Watches every attempt, for tracing and metrics."),
    ("pace", "float | None = None", _PACE),
    ("app_info", "AppInfo | None = None", _APP_INFO),
)
_SYNC_CLOCK = ("sync_clock", "bool = False", "Whether to ask the server for its time before the first signed call.")


def client_options(
    credentials: tuple[Credential, ...], prefix: str, servers: Servers, journalled: bool, *, tells_time: bool
) -> tuple[ClientOption, ...]:
    """Every argument of the client, in order."""

    def read(name: str) -> str:
        return f"environment.text({f'{prefix}_{name}'!r})"

    behind = f"; {servers.path} is put behind it where it has no path" if servers.path else ""

    def options() -> Iterator[ClientOption]:
        for argument in (argument for credential in credentials for argument in credential.arguments):
            yield ClientOption(
                name=argument.name,
                declaration=f"{argument.type} | None = None",
                meaning=f"{argument.meaning}{_NEEDED if argument.required else ''}",
                read=argument.read,
                in_from_env=False,
            )
        if journalled:
            yield ClientOption(
                name="journal",
                declaration="Journal | str | os.PathLike[str] | Literal[False] | None = None",
                meaning=_JOURNAL,
                read=Expression(f"{read('JOURNAL')} if journal is None else journal"),
            )
            account = Expression(f"{read('ACCOUNT')} if account is None else account")
            yield ClientOption(name="account", declaration="str | None = None", meaning=_ACCOUNT, read=account)
        yield ClientOption(
            name="base_url",
            declaration="str = SERVERS[0]" if servers.addresses else "str | None = None",
            from_env_declaration="str | None = None",
            meaning=f"The server to call{behind}.",
            read=Expression(
                f"({read('BASE_URL')}{' or SERVERS[0]' if servers.addresses else ''}) if base_url is None else base_url"
            ),
        )
        for name, declaration, meaning in (*_OPTIONS, *([_SYNC_CLOCK] if tells_time else [])):
            given = f"environment.network({prefix!r}, network)" if name == "network" else name
            yield ClientOption(name=name, declaration=declaration, meaning=meaning, read=Expression(given))

    return tuple(options())


def _variables(credential: Credential) -> str:
    """The variables of the environment that give what the credential needs, without those that others go with."""
    needed = (argument.variables for argument in credential.arguments if argument.required and argument.variables)
    return ", and ".join(_WITH.sub("", variables) for variables in needed)


def base_arguments(
    credentials: tuple[Credential, ...],
    settings: Settings,
    journalled: bool,
    time: tuple[Expression, str] | None,
    path: str,
) -> dict[str, Any]:
    """What the client tells the class that it extends."""
    options = [name for name, *_ in _OPTIONS]
    journal = {
        "journal": "_journal(journal)",
        "account": "account",
        "servers": "SERVERS",
        "warns": "journal is None",
        "reconciling": "_operations.RECONCILING",
    }
    sent = (field for credential in credentials for field in credential.sends)
    written = tuple(sorted({field.name.lower() for field in sent if field.place == "header"}))
    variables = {credential.scheme: wanted for credential in credentials if (wanted := _variables(credential))}
    told = {
        "base_url": f"at_path(base_url, {path!r})" if path else "base_url",
        "credentials": {credential.scheme: credential.call for credential in credentials},
        **dict(zip(options, options, strict=True)),
        "rates": "_operations.RATES",
        "user_agent": f'f"{settings.user_agent}/{{__version__}}"',
        "environment": repr(settings.environment),
        **({"written": written} if written else {}),
        **({"variables": variables} if variables else {}),
        **(journal if journalled else {}),
        **({"time": time, "sync_clock": "sync_clock"} if time else {}),
    }
    return {name: Expression(value) if isinstance(value, str) else value for name, value in told.items()}
