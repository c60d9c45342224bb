"""The API as its document describes it, in memory: it decides by itself, and knows nothing of the client's rules."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any, NamedTuple

SECRET = "the-api-secret-itself"
KEY = "the-api-key-itself"
WINDOW_MS, AHEAD_MS = 5000, 1000
KEEPS = 600.0
"""Seconds for which an idempotency key is known."""
WRONG_CODES = 5
LOCKED_SECONDS = 86_400.0

MOODS = (
    "serves",
    "is busy",
    "is out of money",
    "limits the rate",
    "bans",
    "fails before it did",
    "fails after it did",
    "loses touch before it did",
    "loses touch after it did",
    "refuses though it did",
    "is shut off by a gateway after it did",
    "times out after it did",
    "garbles its answer",
    "drops the result",
    "forgets the envelope",
    "redirects",
)
"""What the server may do with a request; the first is a quiet day."""
UNCLEAR = frozenset(MOODS[5:])
"""Those after which an answer does not tell what was done, or not all of it."""


class Deed(NamedTuple):
    """What the server did for good."""

    kind: str
    call: int
    """Whose request it was."""
    order: str
    """What was asked for: an amount, or a code."""
    at: float
    code: str
    reference: str


class Reply(NamedTuple):
    status: int
    headers: str
    body: bytes


class Server:
    """One account."""

    def __init__(self) -> None:
        self.deeds: list[Deed] = []
        self.unused = {"6H9EKF5ECCWFBHG0": "0000009900000001", "6H9EKF5ECCWFBHG1": "0000009900000002"}
        """Codes that can be redeemed, and the numbers of their cards."""
        self.wrong: list[float] = []
        self.locked_until = 0.0
        self.signatures: set[str] = set()
        self.keys: dict[str, tuple[float, Reply]] = {}
        """Idempotency key → when it came first, and the answer."""

    def answer(self, request: bytes, at: float, call: int, mood: str) -> Reply:
        """What it says to a request that comes at that time.

        Args:
            request: All bytes of it.
            at: Seconds since the epoch, by the server's clock.
            call: Who sent it, for the books of the story.
            mood: One of `MOODS`.
        """
        head, _, content = request.decode("latin-1").partition("\r\n\r\n")
        target = head.split(" ", 2)[1]
        path, _, query = target.partition("?")
        if path.endswith("/time"):
            return _reply(200, {"serverTime": int(at * 1000)})
        if path.endswith("/find"):
            return self._find(query, at, mood)
        signed = query + content
        fields = dict(pair.split("=", 1) for pair in signed.split("&"))
        self.signatures.add(fields["signature"])
        refusal = self._refusal(signed, fields, at, mood)
        if refusal is not None:
            return refusal
        done = self._once(head, fields, at, call) if path.endswith("createCode") else self._redeem(fields, at, call)
        return _spoilt(done, mood)

    def _once(self, head: str, fields: dict[str, str], at: float, call: int) -> Reply:
        """What comes with a key that it knows is not done again."""
        key = head.partition("idempotency-key: ")[2].partition("\r\n")[0]
        first, reply = self.keys.get(key, (-KEEPS, None))
        if not key or reply is None or at - first >= KEEPS:
            first, reply = at, self._create(fields, at, call)
            self.keys[key] = (first, reply)
        return reply

    def _find(self, query: str, at: float, mood: str) -> Reply:
        """The card that was made for an amount."""
        found = [deed for deed in self.deeds if f"amount={deed.order}" == query and deed.at <= at]
        if mood in UNCLEAR:
            return _no(503, -1000, "Unknown error.")
        if not found:
            return _no(404, -404, "There is none.")
        return _yes(_card(found[0]))

    def _refusal(self, signed: str, fields: dict[str, str], at: float, mood: str) -> Reply | None:
        """Why nothing is done."""
        text, _, signature = signed.rpartition("&signature=")
        if hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).hexdigest() != signature:
            return _no(400, -1022, "Signature for this request is not valid.")
        now, stamp = int(at * 1000), int(fields["timestamp"])
        if stamp > now + AHEAD_MS or now - stamp > int(fields.get("recvWindow", WINDOW_MS)):
            return _no(400, -1021, f"Timestamp for this request is outside of the recvWindow: {signed}")
        before = {
            "is busy": _no(400, -1008, "Server is currently overloaded."),
            "is out of money": _no(200, -4026, f"Insufficient balance for {signed}"),
            "limits the rate": _no(429, -1003, "Too many requests.", "retry-after: 2"),
            "bans": _no(418, -1003, "Way too many requests.", "retry-after: 60"),
            "fails before it did": _no(503, -1000, "Unknown error, please check your request or try again later."),
            "loses touch before it did": _no(400, -1001, "Internal error; unable to process your request."),
            "redirects": Reply(302, "location: /maintenance", b""),
        }
        return before.get(mood)

    def _create(self, fields: dict[str, str], at: float, call: int) -> Reply:
        number = len(self.deeds)
        code, reference = f"CARDCODE{number:08}", f"{number:016}"
        self.deeds.append(Deed("create_gift_card", call, fields["amount"], at, code, reference))
        return _yes(_card(self.deeds[-1]))

    def _redeem(self, fields: dict[str, str], at: float, call: int) -> Reply:
        code = fields["code"]
        self.wrong = [when for when in self.wrong if at - when < LOCKED_SECONDS]
        if at < self.locked_until:
            return _no(400, -18004, "Too many wrong codes.")
        reference = self.unused.pop(code, None)
        if reference is None:
            self.wrong.append(at)
            if len(self.wrong) >= WRONG_CODES:
                self.locked_until = at + LOCKED_SECONDS
            return _no(400, -3026, f"No such card: {code}")
        self.deeds.append(Deed("redeem_gift_card", call, code, at, code, reference))
        return _yes({"referenceNo": reference, "identityNo": "1", "token": "BNB", "amount": "10.00000000"})


def _card(deed: Deed) -> dict[str, Any]:
    expires = int(deed.at * 1000) + 31_536_000_000
    return {"referenceNo": deed.reference, "code": deed.code, "expiredTime": expires}


def _spoilt(done: Reply, mood: str) -> Reply:
    """What comes of an answer on its way out."""
    if b'"success": true' not in done.body:
        return done
    after = {
        "fails after it did": Reply(500, "", b'{"code":-1000,"msg":"An unknown error occurred."}'),
        "loses touch after it did": Reply(200, "", b'{"code":-1007,"msg":"Timeout waiting for a response."}'),
        "refuses though it did": Reply(400, "", b'{"code":-1006,"msg":"An unexpected response was received."}'),
        "is shut off by a gateway after it did": Reply(504, "", b"<html>gateway</html>"),
        "times out after it did": Reply(408, "", b"{}"),
        "garbles its answer": Reply(200, "", done.body[: len(done.body) // 2]),
        "drops the result": Reply(200, "", b'{"code":"000000","success":true}'),
        "forgets the envelope": Reply(200, "", done.body.partition(b'"data": ')[2].partition(b', "success"')[0]),
    }
    return after.get(mood, done)


def _yes(result: dict[str, Any]) -> Reply:
    return _reply(200, {"code": "000000", "message": "success", "data": result, "success": True})


def _no(status: int, code: int, words: str, headers: str = "") -> Reply:
    return Reply(status, headers, f'{{"code":{code},"msg":"{words}"}}'.encode())


def _reply(status: int, content: dict[str, Any]) -> Reply:
    return Reply(status, "", json.dumps(content).encode())
