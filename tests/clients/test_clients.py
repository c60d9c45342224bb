"""Clients that nobody here wrote do all that they can do with gift cards, against the sandbox.

Each runs in an environment of its own, which is installed from the registries first: what is shown here is that
the real ones work, so without a registry these tests fail. With TEST_CLIENTS, a folder, the environments outlive
the run.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from binance_gift_card_sandbox import Card, Rules, Sandbox, Token
from tests.clients.environments import NPM, Environment, environments

CREATE, BUY, LIMITS, RSA_KEY, VERIFY, REDEEM = OPERATIONS = (
    "createGiftCard",
    "buyGiftCard",
    "fetchTokenLimit",
    "fetchRsaPublicKey",
    "verifyGiftCard",
    "redeemGiftCard",
)
RULES = Rules(
    tokens={"USDT": Token(minimum=Decimal(1)), "BNB": Token(price=Decimal(500))},
    fee_rate=Decimal("0.01"),
)
KEYS: Mapping[str, Callable[[], Any]] = {
    "ed25519": Ed25519PrivateKey.generate,
    "rsa": lambda: generate_private_key(public_exponent=65537, key_size=2048),
}

Installed = Mapping[str, "Future[Environment]"]


@dataclass(frozen=True)
class Client:
    """A script that has a client tell its story, and where it runs."""

    environment: str
    script: str
    lacks: frozenset[str] = frozenset()  # operations that the client has no method for

    def __str__(self) -> str:
        return f"{self.environment}/{self.script.replace(' ', '-')}"


@dataclass(frozen=True)
class Story:
    """What a client told, and the sandbox as it was left."""

    client: Client
    told: dict[str, Any]
    sandbox: Sandbox

    def card(self, name: str) -> Card:
        """The card that was `created` or `bought`."""
        return self.sandbox.card(self.told[name]["referenceNo"])

    def answers(self) -> dict[str | None, Any]:
        """The data of the last answer of each operation that was carried out."""
        done = [request for request in self.sandbox.requests() if request.executed and request.operation in OPERATIONS]
        return {request.operation: json.loads(request.answer)["data"] for request in done}


CLIENTS = [
    Client("vendor", "vendor.py"),
    Client("connector", "connector.py"),
    Client("python_binance", "python_binance.py"),
    Client("python_binance", "python_binance_async.py"),
    Client("ccxt", "ccxt_client.py unified"),
    Client("ccxt", "ccxt_client.py implicit"),
    Client("ccxt", "ccxt_async.py"),
    Client(NPM, "connector.mjs", lacks=frozenset({LIMITS})),
    Client(NPM, "binance.mjs"),
    Client(NPM, "ccxt.mjs"),
]


@pytest.fixture(scope="session")
def installed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    """The environments that the tests of this run need, all being installed at once."""
    kept = os.environ.get("TEST_CLIENTS")
    folder = Path(kept).absolute() if kept else tmp_path_factory.mktemp("clients")
    parameters = [item.callspec.params for item in request.session.items if hasattr(item, "callspec")]
    clients = [value for given in parameters for value in given.values() if isinstance(value, Client)]
    with environments(dict.fromkeys(client.environment for client in clients), folder) as found:
        yield found
    if not kept:
        shutil.rmtree(folder)  # hundreds of megabytes, of which pytest would keep three


@pytest.fixture(scope="module", params=CLIENTS, ids=str)
def story(request: pytest.FixtureRequest, installed: Installed) -> Iterator[Story]:
    """Told with the sandbox's own key, an HMAC one, once for all tests that look at it."""
    with Sandbox(balances={"USDT": "1000"}, rules=RULES) as sandbox:
        secret = {"BINANCE_API_KEY": sandbox.api_key, "BINANCE_API_SECRET": sandbox.api_secret}
        yield hear(installed, request.param, sandbox, secret)


def hear(installed: Installed, client: Client, sandbox: Sandbox, credentials: Mapping[str, str]) -> Story:
    run = installed[client.environment].result()
    done = run(client.script, {"BINANCE_BASE_URL": sandbox.url, **credentials})
    assert done.returncode == 0, done.stdout + done.stderr
    return Story(client, json.loads(done.stdout), sandbox)


def test_client_does_all_that_it_can(story: Story) -> None:
    assert set(story.answers()) == set(OPERATIONS) - story.client.lacks


def test_client_has_cards_issued(story: Story) -> None:
    for name in ("created", "bought"):
        card = story.card(name)
        assert story.told[name] == {
            "referenceNo": card.reference_no,
            "code": card.code,
            "expiredTime": card.expired_time,
        }


def test_client_reads_limits_and_key_as_they_were_sent(story: Story) -> None:
    sent = story.answers()
    assert story.told["limits"] == sent.get(LIMITS)
    assert story.told["rsa_key"] == sent[RSA_KEY]


def test_client_sees_a_card_valid_until_it_is_redeemed(story: Story) -> None:
    assert story.told["fresh"] == {"valid": True, "token": "USDT", "amount": "25.5"}
    assert story.told["spent"] == {"valid": False, "token": "USDT", "amount": "25.5"}


@pytest.mark.parametrize(
    ("name", "redeemed", "token", "amount"),
    [("created", "redeemed", "USDT", "25.5"), ("bought", "redeemed_for", "BNB", "0.1")],
)
def test_client_redeems_a_card(story: Story, name: str, redeemed: str, token: str, amount: str) -> None:
    card, told = story.card(name), story.told[redeemed]
    assert (told["referenceNo"], told["identityNo"]) == (card.reference_no, card.identity_no)
    assert (told["token"], Decimal(told["amount"])) == (token, Decimal(amount))


def test_client_says_who_redeemed(story: Story) -> None:
    assert story.card("created").external_uid is None
    assert story.card("bought").external_uid == story.told["external_uid"]


def test_account_is_left_as_it_should_be(story: Story) -> None:
    paid = Decimal("25.5") + 50
    assert story.sandbox.balance("USDT") == 1000 - paid * (1 + RULES.fee_rate) + Decimal("25.5")
    assert story.sandbox.balance("BNB") == Decimal("0.1")
    assert len(story.sandbox.cards()) == 2


def test_client_tells_why_it_was_refused(story: Story) -> None:
    assert (story.told["too_small"], story.told["unknown_token"]) == (-18006, -18007)


def test_client_is_refused_nothing_else(story: Story) -> None:
    answered = [request for request in story.sandbox.requests() if request.status != 200]
    assert [request.code for request in answered] == [-18006, -18007]


@pytest.mark.parametrize("kind", KEYS)
@pytest.mark.parametrize("client", CLIENTS, ids=str)
def test_client_signs_with_a_private_key(installed: Installed, client: Client, kind: str) -> None:
    private = KEYS[kind]()
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    public = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    with Sandbox(balances={"USDT": "1000"}, rules=RULES) as sandbox:
        key = sandbox.add_key(public_key=public)
        credentials = {"BINANCE_API_KEY": key.api_key, "BINANCE_PRIVATE_KEY": pem}
        story = hear(installed, client, sandbox, credentials)
        assert set(story.answers()) == set(OPERATIONS) - client.lacks
        assert {request.api_key for request in sandbox.requests() if request.operation in OPERATIONS} == {key.api_key}


@pytest.mark.parametrize(
    ("client", "vectors"),
    [
        (Client("ccxt", "ccxt_signatures.py"), "vectors.json"),
        (Client("botocore", "botocore_signatures.py"), "botocore.json"),
    ],
    ids=str,
)
def test_the_vectors_of_signing_are_made_again(client: Client, vectors: str, installed: Installed) -> None:
    done = installed[client.environment].result()(client.script, {})
    assert done.returncode == 0, done.stderr
    kept = Path(__file__).parent.parent / "hooks" / vectors
    assert json.loads(done.stdout) == json.loads(kept.read_text(encoding="utf-8"))
