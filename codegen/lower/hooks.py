"""The signing hooks of the runtime: what each asks of the client, and adds to a request."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, TypeAlias

from codegen import naming
from codegen.errors import Fault, Pointer
from codegen.extensions.signing import SIGNING, Field, check, fields, is_described, window
from codegen.extensions.words import NAME
from codegen.facts import Expression, expression, keywords
from codegen.ir.api import Argument, Credential
from codegen.lower.headers import check_name, check_sendable
from codegen.lower.names import Names, Whose
from codegen.lower.signatures import described
from codegen.read.own_hooks import OwnHook, Parameter


class Scheme(NamedTuple):
    """A security scheme, and where its hook gets what it needs."""

    name: str
    said: Mapping[str, Any]
    environment: str
    """The prefix of environment variables."""
    alone: bool
    """Whether no other scheme is served by the same hook."""
    pointer: Pointer
    names: Names

    def argument(self, spelled: str, role: str = "") -> str:
        """The name of an argument of the client, for the scheme or for one of several that it needs."""
        own = self.said.get(NAME.key) or spelled
        spelled = f"{own} {role}" if role and not self.alone else role or own
        return self.names.give(
            "credential's name",
            naming.credential(spelled),
            (*self.pointer, role) if role else self.pointer,
            whose=Whose.SAID if NAME.key in self.said else Whose.OWN,
            spelled=spelled,
            others=[naming.credential(f"{spelled} in {self.said['in']}")] if "in" in self.said else [],
        )


Hook: TypeAlias = Callable[[Scheme], Credential]
"""Makes a client's credential of a scheme."""


def _single(
    scheme: Scheme, kind: str, type_: str, meaning: str, reader: str, facts: Mapping[str, Any], *sends: Field
) -> Credential:
    """A hook of one argument, which is named for its scheme."""
    name = scheme.argument(scheme.name)
    variable = f"{scheme.environment}_{name.upper()}"
    told = ", ".join(filter(None, (name, f"argument={name!r}", keywords(facts))))
    return Credential(
        scheme=scheme.name,
        arguments=(
            Argument(
                name=name,
                type=type_,
                read=Expression(f"environment.{reader}({variable!r})"),
                variables=variable,
                meaning=meaning,
            ),
        ),
        call=Expression(f"signing.{kind}({told})"),
        order=0,
        sends=sends,
    )


def _api_key(scheme: Scheme) -> Credential:
    said = scheme.said
    if said.get("type") != "apiKey":
        raise Fault("the hook 'api-key' is for schemes of the type apiKey", scheme.pointer)
    place, wanted = str(said["in"]), str(said["name"])
    if place in ("header", "cookie"):
        check_name(wanted, place, (*scheme.pointer, "name"))
    if (place, wanted.lower()) == ("header", "authorization"):
        wanted = "authorization"  # as the others write it, so that there is one such header
    facts = {"name": wanted, "place": place}
    return _single(scheme, "ApiKey", "str", "The API key.", "credential", facts, Field(place, wanted))


def _bearer(scheme: Scheme) -> Credential:
    meaning = "The access token, sent as a bearer token, or what gives it: a function, or an `OAuth2`."
    found = _single(scheme, "Bearer", "BearerSource", meaning, "credential", {}, Field("header", "authorization"))
    return replace(found, call=Expression(found.call.removeprefix("signing.")))


def _basic(scheme: Scheme) -> Credential:
    meaning = "User name and password."
    return _single(scheme, "Basic", "tuple[str, str]", meaning, "pair", {}, Field("header", "authorization"))


def _signature(scheme: Scheme) -> Credential:
    check(scheme.said, scheme.pointer)
    placed, lasts, is_more = fields(scheme.said), window(scheme.said), is_described(scheme.said)
    for role, field in placed.items():
        check_sendable(field.place, field.name, (*scheme.pointer, SIGNING.key, *role.split("/")))
    signer = scheme.argument("signer" if scheme.alone else scheme.name)
    prefix = f"{scheme.environment}_{signer.upper()}" if is_more and not scheme.alone else scheme.environment
    facts: dict[str, Any] = {role: placed[role] for role in ("timestamp", "signature") if role in placed}
    facts |= {"window": lasts} if lasts else {}
    arguments, given = [_signer(signer, prefix)], signer
    if is_more:
        said = scheme.said[SIGNING.key]
        algorithm = f"Algorithm({_algorithm(said)})"
        arguments, given = [_secret(signer, prefix, said, algorithm)], f"{algorithm}.signer({signer}, {signer!r})"
        for role in ("key", "passphrase"):
            if role in said:
                asked = scheme.argument(scheme.name, role)
                arguments.append(_value(asked, prefix, role))
                facts[role] = Expression(f"Given({asked}, {asked!r})")
        facts |= described(scheme.said, placed)
    return Credential(
        scheme=scheme.name,
        arguments=tuple(arguments),
        call=Expression(f"{'Described' if is_more else 'Signature'}({given}, argument={signer!r}, {keywords(facts)})"),
        order=1,
        sends=tuple(placed.values()),
    )


def _signer(name: str, prefix: str) -> Argument:
    """What signs, of any kind."""
    return Argument(
        name=name,
        type="Signer",
        read=Expression(f"signing_environment.signer({prefix!r})"),
        variables=f"{prefix}_PRIVATE_KEY_FILE with {prefix}_PRIVATE_KEY_PASSPHRASE or {prefix}_API_SECRET",
        has_file=True,
        meaning="Signs each request; anything with sign(payload: bytes) -> str.",
    )


def _secret(name: str, prefix: str, said: Mapping[str, Any], algorithm: str) -> Argument:
    """What signs by an algorithm that is known."""
    has_file = said["algorithm"].startswith(("rsa", "ecdsa", "ed25519"))
    of_file = f"{prefix}_PRIVATE_KEY_FILE with {prefix}_PRIVATE_KEY_PASSPHRASE"
    kind = "private key in PEM form" if has_file else "API secret"
    return Argument(
        name=name,
        type="Signer | str",
        read=Expression(f"{algorithm}.from_env({prefix!r})"),
        variables=of_file if has_file else f"{prefix}_API_SECRET",
        has_file=has_file,
        meaning=f"Signs each request: the {kind}, or anything with sign(payload: bytes) -> str.",
    )


def _value(name: str, prefix: str, role: str) -> Argument:
    variable = f"{prefix}_API_{role.upper()}"
    meaning = "The API key, which goes with the signature." if role == "key" else "The passphrase of the API key."
    read = Expression(f"environment.credential({variable!r}, spaced=True)")
    return Argument(name=name, type="str", read=read, variables=variable, meaning=meaning)


def _algorithm(said: Mapping[str, Any]) -> str:
    """The arguments of an `Algorithm`, those that are not at their defaults."""
    wanted = {"encoding": said.get("encoding", "hex"), "key_encoding": said.get("secret", "text")}
    usual = {"encoding": "hex", "key_encoding": "text"}
    told = {name: value for name, value in wanted.items() if value != usual[name]}
    return ", ".join(filter(None, (expression(said["algorithm"]), keywords(told))))


@dataclass(frozen=True)
class OwnScheme:
    """Serves a scheme by a hook that a team wrote itself."""

    hook: OwnHook

    def __call__(self, scheme: Scheme) -> Credential:
        hook = self.hook
        asked = {parameter: scheme.argument(scheme.name, parameter.name) for parameter in hook.parameters}
        arguments = [_asked(name, parameter, hook, scheme) for parameter, name in asked.items()]
        given = ", ".join(f"{parameter.name!r}: {name}" for parameter, name in asked.items())
        told = {
            "needed": tuple(parameter.name for parameter in asked if parameter.required),
            "arguments": tuple(name for parameter, name in asked.items() if parameter.required),
        }
        return Credential(
            scheme=scheme.name,
            arguments=tuple(arguments),
            call=Expression(f"OwnHook({hook.alias}, {{{given}}}, {keywords(told)})"),
            order=2,
            sends=(),
            own=hook,
        )


def _asked(name: str, parameter: Parameter, hook: OwnHook, scheme: Scheme) -> Argument:
    """An argument of the client that goes to a hook."""
    variable = f"{scheme.environment}_{name.strip('_').upper()}"
    reads = {
        "str": f"environment.credential({variable!r}, spaced=True)",
        "bool": f"flag_of({variable!r})",
        "int": f"number_of({variable!r}, int)",
        "float": f"number_of({variable!r}, float)",
        "Any": "None",
    }
    return Argument(
        name=name,
        type=parameter.type,
        read=Expression(reads[parameter.type]),
        variables="" if parameter.type == "Any" else variable,
        meaning=f"`{parameter.name}` of {hook.class_name}, which signs for {scheme.name}.",
        required=parameter.required,
    )


HOOKS: Mapping[str, Hook | None] = {
    "api-key": _api_key,
    "bearer": _bearer,
    "basic": _basic,
    "signature": _signature,
    "none": None,
}
"""The name of a hook in the settings → what it is; ``none`` leaves a scheme to the caller's surroundings."""
