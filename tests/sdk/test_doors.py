"""Every public door ends in a result or in one of our errors, whatever it is given and whatever fails within."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import binance_gift_card
from binance_gift_card import Ed25519Signer, GiftCardClient, HmacSigner, Journal, Network, RsaSigner, errors
from binance_gift_card.journal import Filters

CARD = '{"code":"000000","success":true,"data":{"referenceNo":"1","code":"C","valid":true,"token":"B","amount":"1"}}'
LOOP: list[object] = []
LOOP.append(LOOP)
ODD = [
    *(None, True, False, 0, -1, 1, 2**63, 10**5000, -(10**400), 1.5, float("nan"), float("inf"), 1e300, -1e-300, 3j),
    *("", " ", "x", "\0", "\ud800", "é", "a b", "x" * 5000, "9" * 5000, "1E+50000000", "postgresql://\0", "http://"),
    *(b"", b"x", b"\xff" * 32, bytearray(b"x"), [], [1], [b""], LOOP, {}, {"a": 1}, {1: LOOP}, (), ("a", 1), {1}),
    *(Decimal("NaN"), Decimal("sNaN"), Decimal("1E+1000000000"), Decimal("-1"), Decimal(1), Fraction(1, 3)),
    *(datetime.max, datetime.min, datetime.max.replace(tzinfo=timezone(timedelta(hours=-23))), date.max),
    *(datetime.min.replace(tzinfo=timezone(timedelta(hours=23))), timedelta.max, timedelta(0)),
    *(
        Path("\0"),
        Path("x"),
        Path("absent/x.csv"),
        "absent/x.jsonl",
        "\0.csv",
        object(),
        object,
        ...,
        range(3),
        iter([]),
    ),
    *(lambda: None, lambda *_: "x"),
]
odd = st.sampled_from(range(len(ODD)))  # by their places: not all of them have a repr
fuzzed = settings(
    deadline=None,
    max_examples=300,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def ends_well(call) -> object:
    """The result, or `None` for an error of ours; anything else fails the test."""
    try:
        return call()
    except errors.ClientError as error:
        told = str(error)
    assert 0 < len(told) < 20_000
    return None


def parameters(function) -> list[str]:
    return [name for name in inspect.signature(function).parameters if name != "self"]


@pytest.fixture
def given_client(recorder, tmp_path, monkeypatch):
    """A client with a journal, in a folder of its own, of a server that says that all was done."""
    monkeypatch.chdir(tmp_path)
    recorder.reply("200 OK", CARD)
    signer, journal = HmacSigner("s"), Journal("cards.db", key="unsealed")
    with GiftCardClient(
        api_key="k", signer=signer, base_url=recorder.url, journal=journal, timeout=5, attempts=1
    ) as client:
        yield client


@fuzzed
@given(name=st.sampled_from(parameters(GiftCardClient.__init__)), value=odd)
def test_a_client_takes_an_option_or_refuses_it(given_client, recorder, name, value) -> None:
    value = ODD[value]
    given = {"api_key": "k", "signer": HmacSigner("s"), "base_url": recorder.url, "timeout": 5, "journal": False}
    client = ends_well(lambda: GiftCardClient(**{**given, name: value}))
    if isinstance(client, GiftCardClient):
        with client:
            ends_well(lambda: client.redeem_gift_card(code="C"))
            ends_well(client.sync_clock)


@fuzzed
@given(name=st.sampled_from(parameters(GiftCardClient.with_options)), value=odd)
def test_another_option_is_taken_or_refused(given_client, name, value) -> None:
    value = ODD[value]
    client = ends_well(lambda: given_client.with_options(**{name: value}))
    if client is not None:
        ends_well(lambda: client.verify_gift_card(reference_no="0033002144060553"))


METHODS = {
    "create_gift_card": {"token": "USDT", "amount": 1},
    "buy_gift_card": {"base_token": "USDT", "face_token": "BNB", "base_token_amount": 1},
    "redeem_gift_card": {"code": "C"},
    "verify_gift_card": {"reference_no": "0033002144060553"},
    "fetch_token_limit": {"base_token": "USDT"},
    "fetch_rsa_public_key": {},
    "get_server_time": {},
}
ARGUMENTS = [(method, name) for method in METHODS for name in parameters(getattr(GiftCardClient, method))]


@fuzzed
@given(argument=st.sampled_from(ARGUMENTS), value=odd)
def test_a_method_takes_an_argument_or_refuses_it(given_client, argument, value) -> None:
    value = ODD[value]
    method, name = argument
    given = {**METHODS[method], name: value}
    ends_well(lambda: getattr(given_client, method)(**given))
    ends_well(lambda: getattr(given_client.raw, method)(**given))


BULK = ["rows", "run", "out", "resume", "dry_run", "secrets", "concurrency", "unanswered", "shared"]


@fuzzed
@given(name=st.sampled_from(BULK), value=odd, rows=st.lists(st.tuples(st.sampled_from(["token", "note", "x"]), odd)))
def test_a_bulk_run_takes_what_it_is_given_or_refuses_it(given_client, name, value, rows) -> None:
    table = [{"token": "USDT", "amount": 1, **({} if key == "x" else {key: ODD[cell]})} for key, cell in rows[:3]]
    given = {"rows": table, "run": f"run{os.urandom(4).hex()}", name: ODD[value]}
    for operation in (given_client.bulk.create, given_client.bulk.verify):
        ends_well(lambda operation=operation: operation(**given))


JOURNALS = [
    ("entry", ["number"]),
    ("result", ["entry"]),
    ("response", ["entry"]),
    ("told", ["entry"]),
    ("events", ["entry"]),
    ("history", list(Filters.__annotations__)),
    ("resolve", ["entry", "outcome", "reason", "reference"]),
    ("export", ["target", "format", "secrets", "note", "since"]),
]
DOORS = [(method, name) for method, names in JOURNALS for name in names]


@fuzzed
@given(door=st.sampled_from(DOORS), value=odd)
def test_the_journal_takes_what_it_is_given_or_refuses_it(given_client, door, value) -> None:
    value = ODD[value]
    method, name = door
    usual = {"resolve": {"entry": 1, "outcome": "done", "reason": "r"}, "export": {"target": "all.csv"}}
    given = {**usual.get(method, {}), name: value}
    ends_well(lambda: _drained(getattr(given_client.journal, method)(**given)))
    if method in ("history", "resolve"):
        ends_well(lambda: _drained(getattr(given_client, method)(**given)))


def _drained(found: object) -> object:
    return list(found) if inspect.isgenerator(found) else found


@fuzzed
@given(value=odd, name=st.sampled_from(parameters(Network.__init__)))
def test_what_a_client_is_made_of_takes_what_it_is_given_or_refuses_it(given_client, value, name) -> None:
    value = ODD[value]
    network = ends_well(lambda: Network(**{name: value}))
    if network is not None:
        with GiftCardClient(base_url="http://127.0.0.1:1", network=network, attempts=1, journal=False) as client:
            ends_well(client.get_server_time)
    for make in (
        ()
        if name != "proxy"
        else (
            lambda: HmacSigner(value),
            lambda: RsaSigner(value),
            lambda: Ed25519Signer("x", passphrase=value),
            lambda: RsaSigner.from_file(value),
            lambda: Journal(value, key="unsealed").prepare(),
            lambda: Journal("other.db", key=value).prepare(),
        )
    ):
        ends_well(make)


class Says:
    def __init__(self, answer: object) -> None:
        self.sign = lambda payload: answer


@fuzzed
@given(value=odd)
def test_what_a_signer_or_a_clock_gives_is_used_or_refused(given_client, recorder, value) -> None:
    value = ODD[value]
    for options in ({"signer": Says(value)}, {"signer": HmacSigner("s"), "clock": lambda: value}):
        with GiftCardClient(api_key="k", base_url=recorder.url, attempts=1, journal=False, **options) as client:
            ends_well(lambda client=client: client.verify_gift_card(reference_no="0033002144060553"))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"base_url": "https://exa mple"}, "base_url names no host"),
        ({"base_url": f"https://{'x' * 64}.example"}, "base_url names no host"),
        ({"base_url": "https://[::1"}, "base_url must be"),
        ({"base_url": "https://[::zz]"}, "base_url"),
        ({"base_url": "https://a..example"}, "base_url names no host"),
        ({"base_url": f"https://{'é' * 64}.example"}, "base_url names no host"),
        ({"base_url": "http://127.0.0.1/a b"}, "the path of base_url"),
        ({"base_url": "http://127.0.0.1/é"}, "the path of base_url"),
        ({"base_url": 5}, "base_url"),
        ({"timeout": 10**400}, "timeout must be .* at most 31536000"),
        ({"timeout": 1e300}, "timeout must be"),
        ({"connect_timeout": 31_536_001}, "connect_timeout must be"),
        ({"attempts": 2.0}, "attempts must be"),
        ({"network": {"proxy": None}}, r"network must be a Network\(…\), not dict"),
        ({"hooks": object()}, "hooks must have a method before_attempt"),
        ({"clock": 1_700_000_000_000}, "clock must be a function"),
        ({"journal": 5}, "journal's address"),
        ({"journal": "\0"}, "journal's address"),
        ({"pace": 10**5000}, "pace must be"),
        ({"api_key": "é"}, "api_key must be"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_setting_that_cannot_be_used_is_refused_when_the_client_is_made(options, words) -> None:
    with pytest.raises(errors.ArgumentError, match=words):
        GiftCardClient(**{"base_url": "http://127.0.0.1:1", **options})


@pytest.mark.parametrize(
    "wait", ["1000000000", "9" * 30, "Fri, 31 Dec 9999 23:59:59 GMT", "Fri, 31 Dec 9999 23:59:59 -2359"]
)
def test_a_wait_of_centuries_is_one_of_a_year(scripted, recorder, wait) -> None:
    recorder.reply("429 Too Many", '{"code":-1003,"msg":"no"}', extra=f"Retry-After: {wait}\r\n")
    for kind in (errors.RateLimitError, errors.HeldBackError):
        with pytest.raises(kind) as caught:
            scripted.verify_gift_card(reference_no="0033002144060553")
        left = caught.value.until - datetime.now(timezone.utc)
        assert timedelta(days=364) < left <= timedelta(days=365)
    assert timedelta(days=364) < scripted.limits.held_until - datetime.now(timezone.utc)
    assert len(recorder.requests) == 1


def test_errors_are_found_where_tracebacks_say() -> None:
    for name in errors.__all__:
        found = getattr(binance_gift_card, name)
        assert found is getattr(errors, name)
        assert found.__module__ == "binance_gift_card.errors"


# What fails within.

SECRET = "what no traceback shows"


def _fails(*_: object, **__: object) -> object:
    secret = SECRET
    raise LookupError(secret[:4])


def test_a_fault_before_the_request_left_says_so(given_client, recorder, monkeypatch) -> None:
    monkeypatch.setattr("binance_gift_card._runtime.core.flow.expiry", _fails)
    with pytest.raises(errors.NotSentError, match=r"LookupError \(.*line \d+\) before the request had left") as caught:
        given_client.create_gift_card(token="USDT", amount=1)
    error = caught.value
    assert (error.executed, error.operation, recorder.requests) == ("no", "create_gift_card", [])
    assert isinstance(error.__cause__, LookupError)
    assert error.__cause__.__traceback__ is None


def test_a_fault_after_the_answer_came_keeps_what_came(given_client, recorder, monkeypatch) -> None:
    monkeypatch.setattr("binance_gift_card._runtime.core.flow.classify", _fails)
    with pytest.raises(errors.OutcomeUnknownError, match=r"LookupError .* after the answer had come") as caught:
        given_client.create_gift_card(token="USDT", amount=1, idempotency_key="order 7")
    error = caught.value
    assert (error.body.decode(), error.status, len(error.attempts)) == (CARD, 200, 1)
    assert error.settled_after is not None
    assert error.__cause__.__traceback__ is None
    assert given_client.journal.entry(error.entry).state == "unknown"
    assert len(recorder.requests) == 1


def test_a_fault_in_writing_the_end_down_keeps_no_card_back(given_client, monkeypatch, caplog) -> None:
    monkeypatch.setattr("binance_gift_card._runtime.journal.columns.end_columns", _fails)
    assert given_client.create_gift_card(token="USDT", amount=1).code == "C"
    assert "create_gift_card: its end was not told: LookupError" in caplog.text


NO_DESCRIPTORS = """
import os, resource, sys
from binance_gift_card import GiftCardClient, HmacSigner, Journal, errors

journal = Journal("cards.db", key="unsealed") if sys.argv[2] == "journal" else False
client = GiftCardClient(api_key="k", signer=HmacSigner("s"), base_url=sys.argv[1], journal=journal, attempts=1)
limit = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (len(os.listdir("/proc/self/fd")) - 1, limit[1]))
for call in (
    lambda: client.create_gift_card(token="USDT", amount=1),
    lambda: client.redeem_gift_card(code="C", encrypt=True),
    lambda: client.verify_gift_card(reference_no="0033002144060553"),
):
    try:
        call()
    except errors.ClientError as error:
        print(error.executed)
resource.setrlimit(resource.RLIMIT_NOFILE, limit)
print(client.create_gift_card(token="USDT", amount=1).code)
"""


@pytest.mark.skipif(not os.path.exists("/proc/self/fd"), reason="counts descriptors in /proc")
@pytest.mark.parametrize("kept", ["journal", "no journal"])
def test_a_first_call_without_descriptors_is_not_sent(recorder, tmp_path, kept) -> None:
    recorder.reply("200 OK", CARD)
    done = subprocess.run(
        [sys.executable, "-c", NO_DESCRIPTORS, recorder.url, kept],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.split() == ["no", "no", "no", "C"], done.stdout + done.stderr
    assert len(recorder.requests) == 1
