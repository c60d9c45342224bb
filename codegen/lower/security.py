"""Security: each scheme is served by a signing hook of the runtime. Which one is a setting."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias
from urllib.parse import urljoin, urlsplit

from codegen.errors import Fault, InputError, Pointer
from codegen.extensions.signing import SIGNING, Field
from codegen.ir.api import Credential
from codegen.lower.context import Context
from codegen.lower.hooks import HOOKS, Hook, OwnScheme, Scheme
from codegen.lower.names import Names
from codegen.read.operations import used_schemes
from codegen.read.own_hooks import SHIPPED, own_hook
from codegen.read.references import resolve
from codegen.settings import Settings

_SCHEMES: Pointer = ("components", "securitySchemes")
_USUAL = {"apiKey": "api-key", "oauth2": "bearer", "openIdConnect": "bearer", "mutualTLS": "none"}
_USUAL_HTTP = {"basic": "basic", "bearer": "bearer"}
_FLOWS = ("clientCredentials", "authorizationCode", "password")
"""Those that have tokens, by the order in which the place of a client's own counts."""
_KNOWN = f"{', '.join([*HOOKS, *SHIPPED])}, a file of yours (path/to/hook.py:Class) and module:Class"
_UNSERVED = "none, for want of one"

Schemes: TypeAlias = tuple[str, ...]
"""All of them are needed together."""


def hook_name(scheme_name: str, scheme: Mapping[str, Any], settings: Settings) -> str:
    """The hook that serves the scheme: the setting, or what is usual for its kind; what is described is signed."""
    if scheme_name in settings.security:
        name = settings.security[scheme_name]
        if name not in HOOKS and own_hook(name, settings.base) is None:
            raise InputError(f"[tool.codegen.security] {scheme_name}: there is no hook {name!r}; there are {_KNOWN}")
        return name
    if SIGNING.key in scheme:
        return "signature"
    kind = scheme.get("type")
    if kind == "http":
        return _USUAL_HTTP.get(str(scheme.get("scheme")).lower(), _UNSERVED)
    return _USUAL.get(str(kind), _UNSERVED)


def credentials(tree: dict[str, Any], settings: Settings, names: Names) -> tuple[Credential, ...]:
    """The client's arguments for the schemes that operations use, in the document's order."""
    used, described = used_schemes(tree), tree.get("components", {}).get("securitySchemes", {})
    schemes = {name: resolve(tree, scheme) for name, scheme in described.items() if name in used}
    hooks = {name: _hook(hook_name(name, scheme, settings), settings) for name, scheme in schemes.items()}
    found = []
    for name, hook in hooks.items():
        if hook is not None:
            alone = list(hooks.values()).count(hook) == 1
            found.append(hook(Scheme(name, schemes[name], settings.environment, alone, (*_SCHEMES, name), names)))
    return tuple(found)


def _hook(name: str, settings: Settings) -> Hook | None:
    own = own_hook(name, settings.base)
    return HOOKS.get(name) if own is None else OwnScheme(own)


def token_url(tree: dict[str, Any], settings: Settings) -> str | None:
    """Where the client's tokens are had: what the document says, if it is one place for all of them."""
    found = set()
    for name in used_schemes(tree):
        scheme = resolve(tree, tree.get("components", {}).get("securitySchemes", {}).get(name, {}))
        if scheme.get("type") == "oauth2" and hook_name(name, scheme, settings) == "bearer":
            flows = scheme.get("flows", {})
            urls = [flows[kind].get("tokenUrl") for kind in _FLOWS if kind in flows]
            found.add(next(filter(None, urls), None))
    url = found.pop() if len(found) == 1 else None
    server = next((server.get("url", "") for server in tree.get("servers", ())), "")
    url = urljoin(server, url) if url and "{" not in server else url
    return url if url and urlsplit(url).scheme in ("http", "https") else None


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
            f" [tool.codegen.security]: {_KNOWN}",
            (*_SCHEMES, name),
        )


def alternatives(context: Context, requirements: Sequence[Mapping[str, Any]], pointer: Pointer) -> tuple[Schemes, ...]:
    """What an operation may be called with, the schemes of each in the order in which their hooks are applied.

    A call takes the first of them for which it has all credentials, so what needs none comes last. What nothing here
    can prove counts only where there is nothing else.
    """
    found: dict[Schemes, None] = {}
    provable = [one for one in requirements if not context.unserved & one.keys()]
    for index, requirement in enumerate(provable or requirements):
        needed = [credential for credential in context.credentials if credential.scheme in requirement]
        needed.sort(key=lambda credential: credential.order)
        _check_owners(needed)
        for header in _written_twice(needed):
            context.warn(f"several schemes write the header {header}; the last is sent", (*pointer, index))
        found[tuple(credential.scheme for credential in needed)] = None
    return tuple(sorted(found, key=lambda schemes: not schemes))


def _written_twice(credentials: Sequence[Credential]) -> list[str]:
    """The headers that several of them write."""
    names = [field.name for one in credentials for field in one.sends if field.place == "header"]
    names = ["Authorization" if name == "authorization" else name for name in names]
    return [name for name in dict.fromkeys(names) if names.count(name) > 1]


def _check_owners(credentials: Sequence[Credential]) -> None:
    """Refuse what would be sent beside, or in the place of, another credential."""
    owners: list[tuple[Field, Credential]] = []
    for credential in credentials:
        for field in credential.sends:
            for other, owner in owners:
                is_same = not credential.order and field == other  # which is warned of
                if owner is not credential and field.clashes(other) and not is_same:
                    told = f"the {field.place} {field.name!r} is sent by {owner.scheme!r} too"
                    raise Fault(told, (*_SCHEMES, credential.scheme))
            owners.append((field, credential))


def signing(credentials: tuple[Credential, ...], names: tuple[str, ...]) -> tuple[Field, ...]:
    """What a signing hook of one of the schemes named makes for itself."""
    return tuple(
        field
        for credential in credentials
        if credential.order and credential.scheme in names
        for field in credential.sends
    )
