"""The control plane: what it tells, and whom it lets in."""

import http.client
import socket

import pytest

from binance_gift_card_sandbox import Sandbox


def test_the_state(client):
    client.create(amount="25.5")
    state = client.control("GET", "state").json
    assert state["url"] == client.sandbox.url
    assert state["balances"] == {"USDT": "974.5"}
    assert state["cards"] == {"active": 1, "redeemed": 0, "expired": 0}
    assert (state["business"], state["locks"], state["faults"]) == (True, {"verify": None, "redeem": None}, [])
    assert [key["api_key"] for key in state["keys"]] == [client.sandbox.api_key]
    assert client.sandbox.api_secret not in str(state)


def test_locks_are_told(client, clock):
    for _ in range(5):
        client.verify("1")
    assert client.control("GET", "state").json["locks"] == {"verify": clock() + 3_600_000, "redeem": None}


def test_cards(client):
    made = [client.create(amount=amount).data for amount in (1, 2, 3)]
    client.redeem(made[1]["code"], externalUid="ann")
    listed = client.control("GET", "cards?limit=2").json
    assert [card["amount"] for card in listed["cards"]] == ["3", "2"]
    rest = client.control("GET", f"cards?before={listed['next']}").json
    assert ([card["amount"] for card in rest["cards"]], rest["next"]) == (["1"], None)
    [redeemed] = client.control("GET", "cards?state=redeemed").json["cards"]
    assert (redeemed["reference_no"], redeemed["external_uid"]) == (made[1]["referenceNo"], "ann")
    assert made[1]["code"] not in str(listed)
    assert client.control("GET", f"cards/{made[1]['referenceNo']}").json["code"] == made[1]["code"]
    assert client.control("GET", "cards/0").status == 404


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("cards?state=lost", "state must be one of: active, redeemed, expired"),
        ("cards?limit=many", "limit must be a number"),
        ("requests?after=-1", "after must be a number"),
    ],
)
def test_questions_that_make_no_sense(client, path, words):
    answer = client.control("GET", path)
    assert (answer.status, answer.json) == (400, {"error": words})


def test_requests(client):
    client.create()
    client.create(amount="x")
    client.send("GET", "nothing")
    first, second, third = client.control("GET", "requests").json["requests"]
    assert (first["operation"], first["status"], first["code"], first["executed"]) == (
        *("createGiftCard", 200, "000000"),
        True,
    )
    assert (second["code"], second["executed"], "amount" in second["message"]) == (-1100, False, True)
    assert (third["operation"], third["status"], third["path"]) == (None, 404, "/sapi/v1/giftcard/nothing")
    assert first["api_key"] == client.sandbox.api_key[:8]
    later = client.control("GET", f"requests?after={second['id']}").json
    assert ([entry["id"] for entry in later["requests"]], later["last"]) == ([third["id"]], third["id"])
    whole = client.control("GET", f"requests/{first['id']}").json
    assert "&token=USDT&amount=25&signature=" in whole["body"]
    assert '"referenceNo"' in whole["answer"]
    assert client.control("GET", "requests/99").status == 404
    before = client.control("GET", "state").json["epoch"]
    client.control("DELETE", "requests", {})
    assert client.control("GET", "state").json["epoch"] != before
    assert client.control("GET", "requests").json == {"requests": [], "last": 0}


def test_the_signature_of_a_request(client):
    body = f"code=A&externalUid=a%40b&timestamp={client.now_ms()}"
    signature = client.sign(f"code=A&externalUid=a@b&timestamp={client.now_ms()}")
    client.send("POST", "redeemCode", body=f"{body}&signature={signature}")
    told = client.control("GET", "requests/1/signature").json
    assert (told["verdict"], told["server_payload"]) == ("explained", body)
    assert told["client_payload"] == body.replace("%40", "@")
    assert told == to_json(client.sandbox.diagnose(client.sandbox.requests()[0]))


def to_json(value):
    import msgspec

    return msgspec.to_builtins(value)


def test_balances(client):
    assert client.control("POST", "balances", {"USDT": "5.50", "NEW": "1"}).json == {"NEW": "1", "USDT": "5.5"}
    assert client.create("NEW", "1").data
    refused = client.control("POST", "balances", {"USDT": "1", "BNB": "lots"})
    assert (refused.status, refused.json) == (400, {"error": "balance of BNB: not an amount"})
    assert client.sandbox.balance("USDT") == 5.5


def test_the_page_and_its_assets(client):
    for path, kind in (
        ("/", "text/html"),
        ("/_sandbox/page.css", "text/css"),
        ("/_sandbox/page.js", "text/javascript"),
    ):
        client.connection.request("GET", path)
        answer = client.connection.getresponse()
        assert (answer.status, answer.headers["Content-Type"].partition(";")[0]) == (200, kind)
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.read()


def test_no_such_address(client):
    assert client.control("GET", "nothing").json == {"error": "there is no such address"}
    assert client.control("PUT", "state", {}).status == 405
    assert client.control("GET", "state/").status == 404


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({"Host": "evil.example"}, "host name"),
        ({"Host": "127.0.0.1.evil.example"}, "host name"),
        ({"Host": ""}, "host name"),
        ({"Host": "[::1"}, "host name"),
        ({"Origin": "http://evil.example"}, "other pages"),
        ({"Origin": "null"}, "other pages"),
        ({"Origin": "http://localhost:1"}, "other pages"),
        ({"Sec-Fetch-Site": "cross-site"}, "other pages"),
        ({"Sec-Fetch-Site": "same-site"}, "other pages"),
        ({"Content-Type": "text/plain"}, "Content-Type: application/json"),
        ({"Content-Type": ""}, "Content-Type: application/json"),
    ],
)
def test_strangers_are_kept_out(client, headers, words):
    client.create()
    answer = client.control("POST", "reset", {}, **{name.replace("-", "_"): value for name, value in headers.items()})
    assert answer.status == 403
    assert words in answer.json["error"]
    assert len(client.sandbox.cards()) == 1
    if "Content-Type" not in headers:
        client.connection.request("GET", "/", headers=headers)
        page = client.connection.getresponse()
        assert (page.status, b"error" in page.read()) == (403, True)


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "127.0.0.1", "[::1]"])
def test_names_of_this_machine(client, host):
    port = client.connection.port
    origin = f"http://{host}:{port}"
    assert client.control("POST", "reset", {}, Host=f"{host}:{port}", Origin=origin, Sec_Fetch_Site="same-origin").json


def own_address():
    """An address of this machine that is not loopback."""
    probe = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        probe.connect(("192.0.2.1", 9))  # nothing is sent
        return probe.getsockname()[0]
    except OSError:
        pytest.skip("this machine has no other address")
    finally:
        probe.close()


@pytest.mark.parametrize("told", [False, True])
def test_other_machines(told):
    address = own_address()
    with Sandbox(host="0.0.0.0", control_hosts=[address] if told else ()) as sandbox:
        connection = http.client.HTTPConnection(address, int(sandbox.url.rpartition(":")[2]), timeout=60)
        connection.request("GET", "/api/v3/time")
        answer = connection.getresponse()
        assert (answer.status, bool(answer.read())) == (200, True)  # the API itself is open
        connection.request("GET", "/_sandbox/state", headers={"Host": address if told else "localhost"})
        answer = connection.getresponse()
        assert (answer.status, bool(answer.read())) == (200 if told else 403, True)
        connection.close()
