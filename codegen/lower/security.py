"""Security: each scheme is served by a signing hook of the runtime. Which one is a setting."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from codegen import naming
from codegen.errors import InputError, Pointer
from codegen.extensions.signing import parameters, window
from codegen.extensions.words import NAME
from codegen.facts import Expression, expression
from codegen.ir.api import Credential
from codegen.lower.context import Context
from codegen.lower.headers import check_name
from codegen.lower.names import Names, Whose
from codegen.read.operations import used_schemes
from codegen.read.references import resolve
from codegen.settings import Settings


@dataclass(frozen=True)
class _Hook:
    """A hook of the runtime, as the generator knows it."""

    class_name: str
    type: str
    from_env: str
    facts: Callable[[Mapping[str, Any]], dict[str, Any]]
    meaning: str
    argument: str | None = None
    order: int = 0
    """Hooks are applied in this order: what is signed must be there before it is signed."""


def _named(scheme: Mapping[str, Any]) -> dict[str, str]:
    name = str(scheme["name"])
    if scheme["in"] == "header" and name.lower() == "authorization":
        name = "authorization"  # as the others write it, so that there is one such header
    return {"name": name, "place": scheme["in"]}


def _signature(scheme: Mapping[str, Any]) -> dict[str, Any]:
    lasting = window(scheme)
    return {**parameters(scheme), **({"window": Expression(f"signing.{expression(lasting)}")} if lasting else {})}


_SIGNER = "Signs each request; anything with sign(payload: bytes) -> str."
HOOKS: dict[str, _Hook | None] = {
    "api-key": _Hook("ApiKey", "str", "credential", _named, "The API key."),
    "bearer": _Hook("Bearer", "str", "credential", lambda _: {}, "The access token, sent as a bearer token."),
    "basic": _Hook("Basic", "tuple[str, str]", "pair", lambda _: {}, "User name and password."),
    "signature": _Hook("Signature", "Signer", "signer", _signature, _SIGNER, "signer", 1),
    "none": None,
}
"""The name of a hook in the settings → what it is; ``none`` leaves a scheme to the caller's surroundings."""

_SCHEMES: Pointer = ("components", "securitySchemes")
_USUAL = {"apiKey": "api-key", "oauth2": "bearer", "openIdConnect": "bearer", "mutualTLS": "none"}
_USUAL_HTTP = {"basic": "basic", "bearer": "bearer"}
_UNSERVED = "none, for want of one"

Schemes: TypeAlias = tuple[str, ...]
"""All of them are needed together."""


def hook_name(scheme_name: str, scheme: Mapping[str, Any], settings: Settings) -> str:
    """The hook that serves the scheme: the setting, or what is usual for its type."""
    if scheme_name in settings.security:
        name = settings.security[scheme_name]
        if name not in HOOKS:
            raise InputError(
                f"[tool.codegen.security] {scheme_name}: there is no hook {name!r}; there are {', '.join(HOOKS)}"
            )
        return name
    kind = scheme.get("type")
    if kind == "http":
        return _USUAL_HTTP.get(str(scheme.get("scheme")).lower(), _UNSERVED)
    return _USUAL.get(str(kind), _UNSERVED)


def credentials(tree: dict[str, Any], settings: Settings, names: Names) -> tuple[Credential, ...]:
    """The client's arguments for the schemes that operations use, in the document's order."""
    used, described = used_schemes(tree), tree.get("components", {}).get("securitySchemes", {})
    schemes = {name: resolve(tree, scheme) for name, scheme in described.items() if name in used}
    hooks = {name: HOOKS.get(hook_name(name, scheme, settings)) for name, scheme in schemes.items()}
    found = [
        _credential(name, schemes[name], hook, settings.environment, list(hooks.values()).count(hook) == 1, names)
        for name, hook in hooks.items()
        if hook is not None
    ]
    return tuple(found)


def unserved(tree: dict[str, Any], settings: Settings) -> frozenset[str]:
    """The schemes that operations use and nothing here can prove."""
    used, described = used_schemes(tree), tree.get("components", {}).get("securitySchemes", {})
    schemes = {name: resolve(tree, scheme) for name, scheme in described.items() if name in used}
    return frozenset(name for name, scheme in schemes.items() if hook_name(name, scheme, settings) == _UNSERVED)


def warn_of_unserved(context: Context) -> None:
    """Say which schemes have no hook."""
    for name in sorted(context.unserved):
        context.warn(
            "there is no hook for the scheme, so no credential is sent for it; name one for it in"
            f" [tool.codegen.security]: {', '.join(HOOKS)}",
            (*_SCHEMES, name),
        )


def alternatives(context: Context, requirements: Sequence[Mapping[str, Any]], pointer: Pointer) -> tuple[Schemes, ...]:
    """What an operation may be called with, the schemes of each in the order in which their hooks are applied.

    A call takes the first of them for which it has all credentials, so what needs none comes last. What nothing here
    can prove counts only where there is nothing else.
    """
    orders = {hook.class_name: hook.order for hook in HOOKS.values() if hook is not None}
    found: dict[Schemes, None] = {}
    provable = [one for one in requirements if not context.unserved & one.keys()]
    for index, requirement in enumerate(provable or requirements):
        needed = [credential for credential in context.credentials if credential.scheme in requirement]
        needed.sort(key=lambda credential: orders[credential.hook])
        if sum(writes_authorization(credential) for credential in needed) > 1:
            context.warn("several schemes write the header Authorization; the last is sent", (*pointer, index))
        found[tuple(credential.scheme for credential in needed)] = None
    return tuple(sorted(found, key=lambda schemes: not schemes))


def writes_authorization(credential: Credential) -> bool:
    """Whether the credential stands in the header Authorization."""
    return credential.hook in ("Bearer", "Basic") or credential.facts.get("name") == "authorization"


def signing(credentials: tuple[Credential, ...], names: tuple[str, ...]) -> Mapping[str, str]:
    """Of the schemes named, the parameters that a signing hook makes for itself: role → wire name."""
    return {
        role: wire_name
        for credential in credentials
        if credential.hook == "Signature" and credential.scheme in names
        for role, wire_name in credential.facts.items()
        if role != "window"
    }


def _credential(
    name: str, scheme: Mapping[str, Any], hook: _Hook, prefix: str, alone: bool, names: Names
) -> Credential:
    spelled = str(scheme.get(NAME.key) or (hook.argument if hook.argument and alone else name))
    if scheme.get("in") in ("header", "cookie"):
        check_name(str(scheme.get("name", "")), str(scheme["in"]), (*_SCHEMES, name, "name"))
    argument = names.give(
        "credential's name",
        naming.credential(spelled),
        (*_SCHEMES, name),
        whose=Whose.SAID if NAME.key in scheme else Whose.OWN,
        spelled=spelled,
        others=[naming.credential(f"{spelled} in {scheme['in']}")] if "in" in scheme else [],
    )
    return Credential(
        scheme=name,
        name=argument,
        type=hook.type,
        hook=hook.class_name,
        facts=hook.facts(scheme),
        from_env=hook.from_env,
        variable=prefix if hook.from_env == "signer" else f"{prefix}_{argument.upper()}",
        meaning=hook.meaning,
    )
