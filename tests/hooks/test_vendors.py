"""Descriptions of exchanges that sign in ways of their own, held against signatures that others made.

`vectors.json` is what ccxt sends for the same requests; tests/clients has it made again. Binance's is published with
its documentation, OVH's is made by OVH's own recipe.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from codegen.extensions.signing import SIGNING
from tests.clients.signatures import BODY, KEY, NOW, PHRASE, QUERY, SECRET

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))
PHRASES = ("kucoin", "okx", "coinbase")
VENDORS = ("binance", "kucoin", "kraken", "okx", "bybit", "coinbase", "bitfinex", "ovh")
SECURITY = "\n".join(f'{vendor} = "signature"' for vendor in VENDORS)
BINANCE = (
    "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A",
    "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j",
)


@pytest.fixture
def client_of(package_of, recorder):
    made = []

    def client(now: int = NOW, **given: str):
        package = package_of("vendors", SECURITY)
        every = dict.fromkeys(VENDORS, SECRET) | {f"{vendor}_key": KEY for vendor in VENDORS}
        every |= {f"{vendor}_passphrase": PHRASE for vendor in PHRASES} | {"consumer": "the-consumer"} | given
        made.append(package.VendorsClient(**every, base_url=recorder.url, clock=lambda: now))
        return made[-1]

    yield client
    for one in made:
        one.close()


@pytest.mark.parametrize("name", [name for name in VECTORS if name != "ccxt"])
def test_what_is_sent_is_what_ccxt_sends(client_of, last, name: str) -> None:
    expected, client = VECTORS[name], client_of()
    given = {} if name == "kraken_send" else {"body": BODY}
    if name.endswith("_list"):
        given = QUERY
    getattr(client, name)(**given)
    assert last().target == expected["target"]
    assert last().body.decode() == expected["body"]
    for header, value in expected["headers"].items():
        if header not in ("Content-Type", "Referer") and "PARTNER" not in header:
            assert last().header(header) == value, header


def test_the_published_signature_of_binance(client_of, last) -> None:
    key, secret = BINANCE
    client = client_of(1499827319559, binance=secret, binance_key=key)
    order = {"symbol": "LTCBTC", "side": "BUY", "type": "LIMIT", "time_in_force": "GTC", "quantity": "1"}
    client.binance_order(**order, price="0.1", recv_window=5000)
    assert last().header("x-mbx-apikey") == key
    signature = (Path(__file__).parents[1] / "signing" / "hmac-query" / "signature.txt").read_text().strip()
    assert last().query.endswith(f"&price=0.1&recvWindow=5000&timestamp=1499827319559&signature={signature}")


def test_the_recipe_of_ovh(client_of, last, recorder) -> None:
    client_of().ovh_list(status="open")
    url, seconds = f"{recorder.url}/1.0/domains/?status=open", NOW // 1000
    recipe = f"{SECRET}+the-consumer+GET+{url}++{seconds}"
    assert last().header("x-ovh-signature") == "$1$" + hashlib.sha1(recipe.encode()).hexdigest()
    assert (last().header("x-ovh-timestamp"), last().header("x-ovh-application")) == (str(seconds), KEY)


def test_the_nonce_grows_whatever_the_clock_does(client_of, recorder, last) -> None:
    nonces = []
    for now in (NOW + 10, NOW + 10, NOW + 5, NOW + 20):
        client_of(now, bitfinex_key="nonces").bitfinex_send(body=BODY)
        nonces.append(int(last().header("bfx-nonce")) - NOW)
    assert nonces == [10, 11, 12, 20]


class Vault:
    def sign(self, payload: bytes) -> str:
        self.payload = payload
        return "signed elsewhere"


def test_what_signs_elsewhere_is_given_the_parts(client_of, last) -> None:
    vault = Vault()
    client_of(coinbase=vault).coinbase_list(status="open")
    assert vault.payload == f"{NOW // 1000}GET/orders?status=open".encode()
    assert last().header("cb-access-sign") == "signed elsewhere"


def test_a_passphrase_is_signed_only_by_the_secret_itself(client_of) -> None:
    with pytest.raises(Exception, match="kucoin must be the secret itself"):
        client_of(kucoin=Vault())


def test_what_is_missing_is_named_and_nothing_else(client_of) -> None:
    with pytest.raises(Exception, match="needs okx and okx_key; give"):
        client_of(okx=None, okx_key=None).okx_list()
    with pytest.raises(Exception, match="needs okx_passphrase; give"):
        client_of(okx_passphrase=None).okx_list()


def test_no_secret_is_shown(client_of, recorder) -> None:
    client = client_of()
    recorder.reply("403 Forbidden", f'{{"msg": "{PHRASE} of {KEY}"}}')
    with pytest.raises(Exception, match="okx_list") as raised:
        client.okx_list(status="open")
    assert PHRASE not in str(raised.value)
    assert SECRET not in repr(vars(client._core.credentials["okx"]).get("_signer"))


def test_every_key_is_documented() -> None:
    documented = (Path(__file__).parents[2] / "docs" / "signing.md").read_text(encoding="utf-8")
    assert [key for key in SIGNING.schema["properties"] if f"| `{key}` |" not in documented] == []


def test_the_environment_gives_all_of_a_scheme(package_of, recorder, last, monkeypatch) -> None:
    for name, value in {"SECRET": SECRET, "KEY": KEY, "PASSPHRASE": PHRASE}.items():
        monkeypatch.setenv(f"VENDORS_OKX_API_{name}", value)
    package = package_of("vendors", SECURITY)
    with package.VendorsClient.from_env(base_url=recorder.url, clock=lambda: NOW) as client:
        client.okx_list(status="open")
    assert last().header("ok-access-sign") == VECTORS["okx_list"]["headers"]["OK-ACCESS-SIGN"]
    monkeypatch.setenv("VENDORS_OKX_API_SECRET", " copied with a blank")
    with pytest.raises(package.errors.ArgumentError, match="VENDORS_OKX_API_SECRET has blanks around it"):
        package.VendorsClient.from_env()
