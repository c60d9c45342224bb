"""`settled_after`: no request of a call can be executed any more, whichever signature its server looks at."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from binance_gift_card import GiftCardClient, HmacSigner, errors

FIRST, SECOND = 1_700_000_000_000, 1_600_000_000_000
REFUSED, LOST = '{"code":-1130,"msg":"no"}', '{"code":-1007,"msg":"a timeout"}'
LATE = '{"code":-1021,"msg":"the clock"}'

DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "Two signatures", "version": "1"},
    "components": {
        "securitySchemes": {
            name: {
                "type": "apiKey",
                "in": "query",
                "name": f"mac_{name}",
                "x-sdk-signing": {
                    "timestamp": f"ts_{name}",
                    "window": {"parameter": f"{name}_window", "default": lasts},
                },
            }
            for name, lasts in (("short", 1_000), ("long", 60_000), ("middle", 30_000))
        }
        | {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}
    },
    "paths": {
        f"/{name}": {
            "post": {
                "operationId": name,
                "security": security,
                "x-sdk-repeat": "never",
                "responses": {"200": {"description": "Done", "content": {"application/json": {"schema": {}}}}},
            }
        }
        for name, security in (
            ("bothSigned", [{"short": [], "long": [], "key": []}]),
            ("shortSigned", [{"key": [], "short": []}]),
            ("middleSigned", [{"middle": []}]),
            ("keyed", [{"key": []}]),
        )
    },
}

USE = """
import json, socket, threading
from two import Client, HmacSigner, errors

listener = socket.create_server(("127.0.0.1", 0))

def serve():
    while True:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 500 Oh\\r\\nContent-Length: 0\\r\\nConnection: close\\r\\n\\r\\n")

threading.Thread(target=serve, daemon=True).start()
signer = HmacSigner("secret")
client = Client(
    short=signer, long=signer, middle=signer, key="k", clock=lambda: 1_700_000_000_000,
    base_url=f"http://127.0.0.1:{listener.getsockname()[1]}",
)
for name in ("both_signed", "short_signed", "middle_signed", "keyed"):
    try:
        getattr(client, name)()
    except errors.OutcomeUnknownError as error:
        found = error.settled_after
        print(json.dumps([name, found and int(found.timestamp() * 1000) - 1_700_000_000_000]))
"""


def test_the_latest_of_the_signatures_that_a_request_bears_counts(codegen, tmp_path: Path) -> None:
    (tmp_path / "spec.json").write_text(json.dumps(DOCUMENT), encoding="utf-8")
    signed = "".join(f'{name} = "signature"\n' for name in ("short", "long", "middle"))
    (tmp_path / "codegen.toml").write_text(
        '[tool.codegen]\nspec = "spec.json"\npackage = "two"\noverlays = []\nclient = "Client"\n\n'
        f'[tool.codegen.security]\nkey = "api-key"\n{signed}',
        encoding="utf-8",
    )
    done = codegen("generate", "--config", tmp_path / "codegen.toml", "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "out"), "PYTHONDONTWRITEBYTECODE": "1"}
    used = subprocess.run(
        [sys.executable, "-c", USE], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    found = dict(json.loads(line) for line in used.stdout.splitlines())
    assert found == {"both_signed": 60_000, "short_signed": 1_000, "middle_signed": 30_000, "keyed": None}, used.stderr


@pytest.mark.parametrize(
    ("times", "answers", "latest"),
    [
        ([FIRST, SECOND], [("500 Oh", LOST), ("400 Bad", REFUSED)], FIRST),
        ([FIRST, SECOND], [("500 Oh", LOST), ("500 Oh", LOST)], FIRST),
        ([SECOND, FIRST], [("500 Oh", LOST), ("500 Oh", LOST)], FIRST),
        ([SECOND, FIRST], [("500 Oh", LOST), ("400 Bad", REFUSED)], SECOND),
    ],
    ids=["first in doubt", "both, the first later", "both, the second later", "the second refused"],
)
def test_every_attempt_that_may_be_executed_counts(recorder, times, answers, latest) -> None:
    told = iter(times)
    recorder.reply(answers[0][0], answers[0][1])
    recorder.then(*answers[1])
    signer = HmacSigner("s")
    with (
        GiftCardClient(
            api_key="k", signer=signer, base_url=recorder.url, attempts=2, clock=lambda: next(told)
        ) as client,
        pytest.raises(errors.ClientError) as caught,
    ):
        client.verify_gift_card(reference_no="1")
    assert len(recorder.requests) == 2
    assert caught.value.executed == "unknown"
    assert caught.value.settled_after.timestamp() * 1000 == latest + 6_000


def test_an_attempt_that_was_refused_does_not_count(recorder, tmp_path: Path) -> None:
    """The clock was years ahead; the request that may be executed bears the corrected time. So does the journal."""
    recorder.reply("400 Bad", LATE)
    recorder.then("200 OK", json.dumps({"serverTime": FIRST}))
    recorder.then("500 Oh", LOST)
    with GiftCardClient(
        api_key="k",
        signer=HmacSigner("s"),
        base_url=recorder.url,
        clock=lambda: 2_000_000_000_000,
        journal=_journal(tmp_path),
    ) as client:
        with pytest.raises(errors.OutcomeUnknownError) as caught:
            client.create_gift_card(token="USDT", amount=1)
        assert caught.value.settled_after.timestamp() * 1000 == FIRST + 6_000
        assert client.journal.entry(caught.value.entry).settled_after == caught.value.settled_after


def _journal(folder: Path):
    from binance_gift_card import Journal

    return Journal(folder / "cards.db", key="unsealed")
