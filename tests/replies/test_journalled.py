"""Operations of several results, where a journal keeps them, an envelope wraps them or a terminal shows them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from types import ModuleType
from typing import Any

import pytest

from tests.replies.conftest import Path, client_of, packaged
from tests.sdk.conftest import Recorder

SPEC = Path(__file__).parent / "journalled.yaml"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Any:
    yield from packaged(SPEC, "payments", "msgspec", tmp_path_factory.mktemp("packages"))


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        ("200 OK", '{"id": "7", "code": "6H9EKF5ECCWFBHGE"}', "Paid"),
        ("202 Accepted", '{"id": "7", "since": 5}', "Pending"),
        ("204 No Content", "", "NoneType"),
    ],
)
def test_a_key_gives_the_same_result_again(
    package: ModuleType, server: Recorder, tmp_path: Path, status: str, body: str, kind: str
) -> None:
    server.reply(status, body)
    journal = package.Journal(str(tmp_path / "pays.db"), key="unsealed")
    with journal, client_of(package)(base_url=server.url, timeout=5, journal=journal) as client:
        results = [client.pay(idempotency_key="once") for _ in range(2)]
        (entry,) = client.history()
    assert [type(result).__name__ for result in results] == [kind, kind]
    assert results[0] == results[1]
    assert (entry.state, entry.reference, len(server.requests)) == ("done", "7" if body else None, 1)


def test_a_secret_inside_of_a_body_is_sealed_with_it(package: ModuleType, server: Recorder, tmp_path: Path) -> None:
    server.reply("204 No Content", "")
    file, proof = tmp_path / "pays.db", package.models.Proof(default="6H9EKF5ECCWFBHGE")
    body = package.models.HandOverBody(card="7", proofs=[proof])
    journal = package.Journal(str(file), key=package.journal.new_key())
    with journal, client_of(package)(base_url=server.url, timeout=5, journal=journal) as client:
        client.hand_over(body=body, idempotency_key="once")
        client.hand_over(body=body, idempotency_key="once")  # the same, as what is sealed tells
        (entry,) = client.history()
        other = package.models.HandOverBody(card="7", proofs=[package.models.Proof(default="other")])
        with pytest.raises(package.ArgumentError, match="other arguments"):
            client.hand_over(body=other, idempotency_key="once")
    assert (entry.reference, entry.arguments, len(server.requests)) == ("7", {"body": "********"}, 1)
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"6H9EKF5ECCWFBHGE" not in kept


def test_a_redirect_of_a_journalled_operation_is_no_result(package: ModuleType, server: Recorder) -> None:
    server.reply("302 There", "", extra="Location: /there\r\n")
    client = client_of(package)(base_url=server.url, timeout=5, journal=False)
    with client, pytest.raises(package.errors.OutcomeUnknownError):
        client.pay()


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        ("200 OK", '{"ok": true, "data": {"id": "7"}}', "Paid"),
        ("202 Accepted", '{"id": "7", "since": 5}', "Pending"),
        ("204 No Content", "", "NoneType"),
    ],
)
def test_only_what_is_documented_in_an_envelope_is_looked_for_in_it(
    package: ModuleType, server: Recorder, status: str, body: str, kind: str
) -> None:
    server.reply(status, body)
    with client_of(package)(base_url=server.url, timeout=5) as client:
        assert type(client.wrapped()).__name__ == kind


@pytest.mark.parametrize(
    ("arguments", "status", "body", "shown"),
    [
        (["file"], "200 OK", b"%PDF\xff", b"%PDF\xff"),
        (["there", "--json"], "302 There", b"", {"status": 302, "location": "********"}),
        (["pay", "--yes", "--json"], "204 No Content", b"", None),
    ],
)
def test_a_terminal_shows_them(
    package: ModuleType, server: Recorder, tmp_path: Path, arguments, status, body, shown
) -> None:
    server.reply(status, body, extra="Location: /token\r\n")
    folder = Path(str(package.__file__)).parents[1]
    names = {"BASE_URL": server.url, "JOURNAL": str(tmp_path / "pays.db"), "JOURNAL_KEY": "unsealed"}
    environment = {f"PAYMENTS_{name}": value for name, value in names.items()}
    done = subprocess.run(
        [sys.executable, "-m", "payments.cli", *arguments],
        env={**os.environ, **environment, "PYTHONPATH": str(folder)},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (done.stdout if isinstance(shown, bytes) else json.loads(done.stdout)) == shown
