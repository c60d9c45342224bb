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
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
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
    out, err = process.communicate(timeout=10)
    assert (process.returncode, out) == (0, "")
    assert err == f"The sandbox is running; {exported['BINANCE_BASE_URL']}/ shows what it does. Ctrl-C ends it.\n"


def test_given_credentials_are_not_shown(start):
    process, exported = start(
        "--port", "0", "--balance", "USDT=5", BINANCE_API_KEY="key", BINANCE_API_SECRET="do-not-show"
    )
    assert set(exported) == {"BINANCE_BASE_URL"}
    process.terminate()
    assert "do-not-show" not in "".join(process.communicate(timeout=10))


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
