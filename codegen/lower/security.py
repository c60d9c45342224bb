"""Security: each scheme is served by a signing hook of the runtime. Which one is a setting."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from codegen import naming
from codegen.errors import Fault, InputError, Pointer
from codegen.extensions.signing import parameters, window
from codegen.extensions.words import NAME
from codegen.facts import Expression, expression
from codegen.ir.api import Credential
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
    return {"name": scheme["name"], "place": scheme["in"]}


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
_USUAL_HTTP = {"basic": "basic"}


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
        return _USUAL_HTTP.get(str(scheme.get("scheme")).lower(), "bearer")
    if kind not in _USUAL:
        raise Fault(f"the type {kind!r} is not known", (*_SCHEMES, scheme_name))
    return _USUAL[str(kind)]


def credentials(tree: dict[str, Any], settings: Settings, names: Names) -> tuple[Credential, ...]:
    """The client's arguments for the schemes that operations use, in the document's order."""
    used, described = used_schemes(tree), tree.get("components", {}).get("securitySchemes", {})
    schemes = {name: resolve(tree, scheme) for name, scheme in described.items() if name in used}
    hooks = {name: HOOKS[hook_name(name, scheme, settings)] for name, scheme in schemes.items()}
    found = [
        _credential(name, schemes[name], hook, settings.environment, list(hooks.values()).count(hook) == 1, names)
        for name, hook in hooks.items()
        if hook is not None
    ]
    return tuple(found)


def requirement(names: tuple[str, ...], credentials: tuple[Credential, ...]) -> tuple[str, ...]:
    """The schemes of one requirement, in the order in which their hooks are applied."""
    orders = {hook.class_name: hook.order for hook in HOOKS.values() if hook is not None}
    needed = [credential for credential in credentials if credential.scheme in names]
    return tuple(credential.scheme for credential in sorted(needed, key=lambda item: orders[item.hook]))


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
