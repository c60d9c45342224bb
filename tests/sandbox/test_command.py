"""The command, as the process it is."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

START_OF_2025_MS = 1_735_689_600_000
COMMAND = [sys.executable, "-m", "binance_gift_card_sandbox"]


def run(*arguments):
    return subprocess.run(
        [*COMMAND, *arguments], check=False, env=environment(), capture_output=True, text=True, timeout=30
    )


def environment(**more):
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("BINANCE_")}
    return {**inherited, **more}


@pytest.fixture
def start():
    processes = []

    def start(*arguments, **variables):
        process = subprocess.Popen(
            [*COMMAND, *arguments],
            env=environment(**variables),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        lines = []
        while not lines or "BINANCE_BASE_URL" not in lines[-1]:
            lines.append(process.stdout.readline())
            assert lines[-1], process.communicate()
        return process, dict(re.fullmatch(r"export (\w+)=(\S+)\n", line).groups() for line in lines)

    yield start
    for process in processes:
        process.kill()
        process.communicate()


def server_time(url):
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    connection.request("GET", "/api/v3/time")
    answer = json.loads(connection.getresponse().read())
    connection.close()
    return answer["serverTime"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_starts_serves_and_ends(start, number):
    process, exported = start("--port", "0")
    assert set(exported) == {"BINANCE_API_KEY", "BINANCE_API_SECRET", "BINANCE_BASE_URL"}
    assert server_time(exported["BINANCE_BASE_URL"]) > START_OF_2025_MS
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (0, "")
    assert err == f"The sandbox is running; {exported['BINANCE_BASE_URL']}/ shows what it does. Ctrl-C ends it.\n"


def test_given_credentials_are_not_shown(start):
    process, exported = start(
        "--port", "0", "--balance", "USDT=5", BINANCE_API_KEY="key", BINANCE_API_SECRET="do-not-show"
    )
    assert set(exported) == {"BINANCE_BASE_URL"}
    process.terminate()
    assert "do-not-show" not in "".join(process.communicate(timeout=60))


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="needs /proc")
def test_secret_is_not_in_the_arguments(start):
    process, exported = start("--port", "0", "--api-key", "my-key")
    assert "BINANCE_API_KEY" not in exported
    arguments = Path(f"/proc/{process.pid}/cmdline").read_text()
    assert "my-key" in arguments
    assert exported["BINANCE_API_SECRET"] not in arguments


def test_the_exported_lines_are_enough_to_call(start, connect):
    _, exported = start("--port", "0", "--balance", "USDT=5", "--balance", "XYZ=1", "--no-limits")
    url, key, secret = (exported[f"BINANCE_{name}"] for name in ("BASE_URL", "API_KEY", "API_SECRET"))
    client = connect(SimpleNamespace(url=url, api_key=key, api_secret=secret), lambda: server_time(url))
    assert client.create("USDT", "5").data
    assert client.create("USDT", "1").code == -4026
    assert client.create("XYZ", "1").data


def called(connect, exported, **more):
    url = exported["BINANCE_BASE_URL"]
    credentials = {"api_key": exported["BINANCE_API_KEY"], "api_secret": exported.get("BINANCE_API_SECRET", ""), **more}
    return connect(SimpleNamespace(url=url, **credentials), lambda: server_time(url))


def test_a_killed_one_has_lost_nothing_that_it_answered(start, connect, tmp_path):
    arguments = ["--port", "0", "--state", str(tmp_path / "state.db")]
    process, exported = start(*arguments, "--balance", "USDT=100")
    client = called(connect, exported)
    cards = [client.create("USDT", "1").data for _ in range(20)]
    process.kill()
    process.wait(timeout=60)
    _, again = start(*arguments)
    assert again["BINANCE_API_SECRET"] == exported["BINANCE_API_SECRET"]
    client = called(connect, again)
    assert [client.redeem(card["code"]).data["referenceNo"] for card in cards] == [
        card["referenceNo"] for card in cards
    ]
    assert client.control("GET", "state").json["balances"] == {"USDT": "100"}


def test_seed_clock_and_rules(start, connect):
    settings = [
        "--seed",
        "s",
        "--time",
        "2026-01-31T12:00:00Z",
        "--freeze",
        "--rule",
        "fee_rate=0.5",
        "--rule",
        "decimals=2",
    ]
    told = []
    for _ in range(2):
        _, exported = start("--port", "0", *settings)
        client = called(connect, exported)
        told.append(client.create("USDT", "10").data)
        assert server_time(exported["BINANCE_BASE_URL"]) == 1_769_860_800_000
        assert client.control("GET", "state").json["balances"]["USDT"] == "9985"
        assert client.create("USDT", "0.001").code == -1111
    assert told[0] == told[1]


def test_a_public_key_instead_of_a_secret(start, tmp_path):
    private = Ed25519PrivateKey.generate()
    file = tmp_path / "public.pem"
    file.write_bytes(private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    arguments = ["--port", "0", "--public-key", str(file), "--state", str(tmp_path / "state.db")]
    process, exported = start(*arguments)
    assert set(exported) == {"BINANCE_API_KEY", "BINANCE_BASE_URL"}
    process.terminate()
    process.wait(timeout=60)
    assert start(*arguments)[1]["BINANCE_API_KEY"] == exported["BINANCE_API_KEY"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--rule", "fee=1"], "there is no rule 'fee'; there are: tokens, fee_rate, "),
        (["--rule", "fee_rate=2"], "fee_rate is a share: at least 0 and below 1"),
        (["--time", "noon"], "argument --time: must be a time such as 2026-01-31T12:00:00Z"),
        (["--public-key", "nowhere.pem"], "cannot use nowhere.pem: No such file or directory"),
        (["--public-key", __file__], "not a public key in PEM"),
        (["--state", "nowhere/state.db"], "cannot use nowhere/state.db: No such file or directory"),
    ],
)
def test_options_that_make_no_sense(arguments, message):
    done = run("--port", "0", *arguments)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith(f"binance-gift-card-sandbox: {message}")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--port", "70000"], "argument --port: must be a number from 0 to 65535"),
        (["--port", "-1"], "argument --port: must be a number from 0 to 65535"),
        (["--port", "http"], "argument --port: must be a number from 0 to 65535"),
        (["--balance", "USDT"], "argument --balance: must be a name and a value, such as USDT=1000"),
        (["--balance", "USDT=-5"], "balance of USDT: not an amount"),
        (["--balance", "USDT=lots"], "balance of USDT: not an amount"),
        (["--api-secret", "x"], "unrecognized arguments: --api-secret x"),
    ],
)
def test_bad_input(arguments, message):
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"binance-gift-card-sandbox: {message}\n"


def test_a_port_that_is_taken():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = run("--port", port)
    assert done.returncode == 2
    assert done.stderr.startswith(f"binance-gift-card-sandbox: cannot listen on 127.0.0.1 port {port}: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("missing", ["jsonschema_rs", "starlette", "uvicorn"])
@pytest.mark.parametrize("arguments", [[], ["--no-limits"]], ids=["plain", "with rules"])
def test_without_its_extra_one_line_says_what_to_install(missing, arguments):
    program = f"import sys; sys.modules[{missing!r}] = None; from binance_gift_card_sandbox.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], check=False, capture_output=True, text=True, timeout=30
    )
    told = f"binance-gift-card-sandbox: the sandbox needs {missing}: pip install 'binance-gift-card[sandbox]'\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", told)


CALLS = "import os, urllib.request as u; u.urlopen(os.environ['BINANCE_BASE_URL'] + '/api/v3/ping'); print('called')"


def test_it_runs_a_command_that_calls_it_and_ends_with_it():
    script = f'test -n "$BINANCE_API_KEY$BINANCE_API_SECRET" && "$1" -c "{CALLS}" && exit 7'
    done = run("--", "sh", "-c", script, "sh", sys.executable)
    assert (done.returncode, done.stdout) == (7, "called\n"), done.stderr
    killed = run("--", "sh", "-c", "kill -KILL $$")
    assert killed.returncode == 128 + signal.SIGKILL


def test_a_signal_to_it_ends_its_command():
    command = [*COMMAND, "--", "sh", "-c", "echo $$; exec sleep 60"]
    with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, text=True) as process:
        child = int(process.stdout.readline())
        process.terminate()
        assert process.wait(30) == 128 + signal.SIGTERM
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


def test_a_command_that_is_not_there_is_named():
    done = run("--", "no-such-program")
    assert done.returncode == 2
    assert "cannot run no-such-program: No such file or directory" in done.stderr
