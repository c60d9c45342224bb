"""Explains why the signature or the time of a request was refused.

Nothing is read and nothing is kept: the same request has the same diagnosis. It shows payloads, which is what it is
for, and never a signature or a secret, even where a client has put one into its payload.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple
from urllib.parse import unquote_to_bytes

from binance_gift_card_sandbox.diagnosis.candidates import Asked, Candidate, Deviation, candidates, read
from binance_gift_card_sandbox.diagnosis.clock import Clock, clock_of
from binance_gift_card_sandbox.diagnosis.difference import Difference, difference_of
from binance_gift_card_sandbox.diagnosis.ways import (
    Check,
    Key,
    betrayed,
    checks,
    checks_of_others,
    readings,
    recovered,
)
from binance_gift_card_sandbox.signing import signature_text

__all__ = ["Clock", "Diagnosis", "Difference", "Key", "diagnose"]

Verdict = Literal["valid", "explained", "unexplained", "missing"]

HEAVIEST = 2  # the weight of a candidate and a check together
OTHER_SIGNATURES = re.compile(rb'(signature"?\s*[=:]\s*"?)[^&"]+', re.IGNORECASE)
SLOW_CHECKS = 1500  # verifications of Ed25519 or of RSA-PSS, at most a tenth of a millisecond each
SHORTEST_SECRET = 8  # bytes: what is shorter is no secret, and hiding it would garble what is shown


@dataclass(frozen=True, kw_only=True)
class Diagnosis:
    """Why a request was refused: what the server signed, and what the client seems to have signed."""

    verdict: Verdict
    cause: str  # a stable slug; "" when valid
    explanation: str
    cure: str
    server_payload: str
    client_payload: str | None
    difference: Difference | None
    clock: Clock


class Match(NamedTuple):
    payload: bytes
    deviations: tuple[Deviation, ...]


def diagnose(
    *,
    key: Key | None,
    others: Sequence[Key],
    method: str,
    query: bytes,
    body: bytes,
    content_type: str,
    server_ms: int,
) -> Diagnosis:
    """The diagnosis of a request as it came. Never raises, whatever came.

    Args:
        key: The key that X-MBX-APIKEY names; None if there is no such key.
        others: The server's other keys, one of which may have signed by mistake.
        method: GET, POST and so on.
        query: The query string as it came, without its question mark.
        body: The body as it came.
        content_type: The header of that name, or "".
        server_ms: The server's time when the request came.
    """
    asked = read(method, query, body, content_type)
    report = _Report(asked, [*([key] if key else []), *others], server_ms)
    if key is None:
        return _of_unknown_key(report, asked, others)
    text = _signature_text(asked)
    if not text:
        return report.of("missing", Deviation("no-signature", _no_signature(asked)))
    if key.accepts(asked.signed, text) and not asked.faults:
        return _of_right_signature(report, asked)
    match = _search(candidates(asked), [*checks(key, text), *checks_of_others(others, text)])
    if match is not None:
        return report.of("explained", *match.deviations, client=match.payload)
    return _of_no_match(report, asked, key, text)


def _signature_text(asked: Asked) -> str:
    return signature_text(asked.signature or b"")


def _no_signature(asked: Asked) -> str:
    if asked.signature is not None:
        return "The signature is empty"
    named = next((each.name for each in asked.fields if each.name.lower() == b"signature"), None)
    return f"The signature is called {named.decode()!r} instead of 'signature'" if named else "There is no signature"


def _of_right_signature(report: "_Report", asked: Asked) -> Diagnosis:
    if report.clock.accepted:
        return report.of("valid", client=asked.signed)
    return report.of("explained", Deviation("clock", report.clock.explanation[:-1]), client=asked.signed)


def _of_unknown_key(report: "_Report", asked: Asked, others: Sequence[Key]) -> Diagnosis:
    text = _signature_text(asked)
    match = _search(candidates(asked, deepest=1), list(checks_of_others(others, text)))
    told = "X-MBX-APIKEY names no key of this server"
    fitting = match.deviations[-1:] if match else ()
    return report.of("unexplained", Deviation("unknown-key", told), *fitting, client=match.payload if match else None)


def _of_no_match(report: "_Report", asked: Asked, key: Key, text: str) -> Diagnosis:
    told = betrayed(key, text)
    certain = (*asked.faults, *([told] if told else ()))
    if certain:
        return report.of("explained", *certain)
    return report.of("unexplained", Deviation("unexplained", _guesses(key, text)))


def _guesses(key: Key, text: str) -> str:
    rest = "a value that changed between signing and sending, and a parameter that was signed but not sent"
    if any(recovered(key, each.signature) for each in readings(text)):
        return f"The private key is the right one, but the payload is no usual one. Most probable are {rest}"
    owned = "secret" if key.kind == "hmac" else "private key"
    return f"No usual mistake explains this signature. Most probable are a {owned} of another API key, {rest}"


class _Report:
    """Makes diagnoses of one request, in which no signature and no secret stands."""

    def __init__(self, asked: Asked, keys: Sequence[Key], server_ms: int) -> None:
        secrets = (key.material.encode() for key in keys if key.kind == "hmac")
        decoded = (unquote_to_bytes(each) for each in asked.signatures)
        self._hidden = [each for each in (*secrets, *asked.signatures, *decoded) if len(each) >= SHORTEST_SECRET]
        self._server = self._hide(asked.signed)
        sent = {each.name: self._hide(unquote_to_bytes(each.value.replace(b"+", b" "))) for each in asked.fields[::-1]}
        self.clock = clock_of(server_ms, _as_sent(sent.get(b"timestamp")), _as_sent(sent.get(b"recvWindow")))

    def of(self, verdict: Verdict, *deviations: Deviation, client: bytes | None = None) -> Diagnosis:
        told = ". ".join(each.explanation for each in deviations) or "The signature is right, and so is the time"
        shown = None if client is None else self._hide(client)
        return Diagnosis(
            verdict=verdict,
            cause=deviations[0].cause if deviations else "",
            explanation=self._hide(told.encode()).decode() + ".",
            cure=_sentence("; and ".join(dict.fromkeys(each.cure for each in deviations))),
            server_payload=self._server.decode("latin-1"),
            client_payload=None if shown is None else shown.decode("latin-1"),
            difference=None if shown is None else difference_of(self._server, shown),
            clock=self.clock,
        )

    def _hide(self, text: bytes) -> bytes:
        for each in self._hidden:
            text = text.replace(each, b"***")
        return OTHER_SIGNATURES.sub(rb"\1***", text)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + "." if text else ""


def _as_sent(value: bytes | None) -> str | None:
    return None if value is None else value.decode("utf-8", "replace")


def _search(given: Iterable[Candidate], checks: Sequence[Check]) -> Match | None:
    """The match of the fewest deviations."""
    slow_checks = 0
    for candidate, check in _tries(list(given), checks):
        slow_checks += check.is_slow
        deviations = candidate.deviations + check.deviations
        if not deviations or (check.is_slow and slow_checks > SLOW_CHECKS):
            continue
        if check.fits(candidate.payload):
            return Match(candidate.payload, deviations)
    return None


def _tries(given: Sequence[Candidate], checks: Sequence[Check]) -> Iterator[tuple[Candidate, Check]]:
    by_weight = [[each for each in given if each.weight == weight] for weight in range(HEAVIEST + 1)]
    for total in range(HEAVIEST + 1):
        for check in checks:
            if check.weight <= total:
                yield from ((candidate, check) for candidate in by_weight[total - check.weight])
