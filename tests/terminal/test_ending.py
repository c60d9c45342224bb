"""What a command says, and how it ends, when its streams fail or it is interrupted: the deed decides."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from tests import forked
from tests.faults.server import always, answer, silent
from tests.processes import ended, piped
from tests.terminal import befalls

pytestmark = pytest.mark.only("sqlite")
COMMAND = [sys.executable, "-m", "binance_gift_card.cli"]
CREATE = ["create", "--token", "USDT", "--amount", "25", "--yes"]
BROKEN = ["pipe", "full", "closed"]
NOTE = "für Ann ☃"


@pytest.fixture
def spawned(environment, tmp_path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs the command in an interpreter of its own; `broken` says how its standard output fails."""

    def command(*arguments: str, broken: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        out: Any = subprocess.PIPE
        if broken == "pipe":
            ear, out = os.pipe()
            os.close(ear)
        elif broken == "full":
            out = os.open("/dev/full", os.O_WRONLY)
        try:
            return subprocess.run(
                ["sh", "-c", f'exec "$@" {">&-" if broken == "closed" else ""}', "sh", *COMMAND, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.PIPE,
                env={**environment, **more},
                cwd=tmp_path,
                encoding="utf-8",
                errors="backslashreplace",
                timeout=60,
                check=False,
            )
        finally:
            if broken in ("pipe", "full"):
                os.close(out)

    return command


@pytest.fixture
def run(environment, tmp_path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs the command; `broken` says how its standard output fails, and `mute` that nothing hears the other stream."""

    def command(
        *arguments: str, broken: str = "", mute: bool = False, before: Callable[[], object] | None = None, **more: str
    ) -> subprocess.CompletedProcess[str]:
        if broken:
            before = partial(befalls.lose, broken, mute=mute)
        surroundings = {**environment, **more}
        return forked.run("binance_gift_card.cli", arguments, tmp_path, surroundings, before=before)

    return command


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("more", [[], ["--json"]])
def test_a_card_that_cannot_be_shown_was_made(spawned, journal, sandbox, broken, more) -> None:
    """A script that took it for a failure would pay twice."""
    done = spawned(*CREATE, *more, broken=broken)
    assert done.returncode == 6, done.stderr
    assert "entry 1 of the journal has the answer" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr
    assert journal.result(1).code
    assert sandbox.balance("USDT") == 975


@pytest.mark.parametrize("broken", BROKEN)
def test_with_no_stream_at_all_the_exit_code_tells(run, journal, broken) -> None:
    assert run(*CREATE, broken=broken, mute=True).returncode == 6
    assert journal.result(1).code


@pytest.mark.parametrize("broken", BROKEN)
def test_a_code_that_nothing_holds_is_shown_where_it_can_be(run, sandbox, broken) -> None:
    done = run(*CREATE, "--no-journal", "--show-codes", broken=broken)
    if broken == "closed":  # that is known before
        assert done.returncode == 2
        assert sandbox.balance("USDT") == 1000
        return
    assert done.returncode == 6
    shown = next(line for line in done.stderr.splitlines() if line.startswith("{"))
    assert sandbox.balance("USDT") == 975
    assert run("redeem", "--yes", BINANCE_CODE=json.loads(shown)["code"]).returncode == 0


@pytest.mark.parametrize("broken", BROKEN)
def test_a_refusal_that_cannot_be_shown_stays_one(run, broken) -> None:
    told = run("create", "--token", "USDT", "--amount", "5000", "--yes", "--json", broken=broken)
    assert told.returncode == 1
    assert "Refused: HTTP 400 code -4026" in told.stderr


@pytest.mark.parametrize("broken", BROKEN)
def test_a_bulk_run_that_cannot_be_shown_is_over(run, sandbox, tmp_path, broken) -> None:
    (tmp_path / "cards.csv").write_text("token,amount\nUSDT,1\nUSDT,2\n")
    done = run("bulk", "create", "cards.csv", "--yes", broken=broken)
    assert done.returncode == 6, done.stderr
    assert "is over" in done.stderr
    assert sandbox.balance("USDT") == 997


@pytest.mark.parametrize("arguments", [["history"], ["history", "--json"], ["export", "--out", "-"], ["reconcile"]])
@pytest.mark.parametrize("broken", BROKEN)
def test_what_is_only_read_and_cannot_be_shown_is_told(run, arguments, broken) -> None:
    assert run(*CREATE).returncode == 0
    assert run(*arguments, broken=broken).returncode == 6


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_a_note_that_the_terminal_lacks_is_shown_all_the_same(run, spawned, encoding) -> None:
    poor = {"PYTHONIOENCODING": encoding, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    assert run(*CREATE, "--note", NOTE).returncode == 0
    shown = spawned("show", "1", **poor)
    assert shown.returncode == 0, shown.stderr
    assert r"\u2603" in shown.stdout
    assert NOTE in spawned("history", **poor).stdout.split("\t")
    exported = spawned("export", "--out", "-", **poor)
    assert exported.returncode == 0, exported.stderr
    (row,) = csv.DictReader(io.StringIO(exported.stdout, newline=""))
    assert row["note"] == NOTE


def test_help_that_the_terminal_lacks_is_shown_all_the_same(spawned) -> None:
    shown = spawned("journal", "adopt", "-h", PYTHONIOENCODING="latin-1")
    assert shown.returncode == 0, shown.stderr
    assert r"key:3f1c\u2026 shop" in shown.stdout


def interrupted(environment, tmp_path, arguments: list[str], begun: Callable[[], object]) -> tuple[int, str]:
    """How a command ends, and what it says, when a Ctrl-C comes once it has begun."""
    with piped([*COMMAND, *arguments], env=environment, cwd=tmp_path) as process:
        for _ in range(600):
            if begun() or process.poll() is not None:
                break
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        return ended(process)


def test_an_interrupt_says_what_became_of_the_call(environment, serve, tmp_path, run) -> None:
    server = serve(silent)
    arguments = [*CREATE, "--sandbox", server.url]
    code, said = interrupted(environment, tmp_path, arguments, lambda: server.requests)
    assert code == 130
    assert "It is entry 1 of the journal" in said
    assert "Traceback" not in said
    assert json.loads(run("history", "--json").stdout)["state"] == "unknown"


def test_an_interrupt_of_a_bulk_run_says_how_to_go_on(environment, sandbox, tmp_path, run) -> None:
    (tmp_path / "cards.csv").write_text("token,amount\n" + "USDT,1\n" * 300)
    arguments = ["bulk", "create", "cards.csv", "--yes", "--concurrency", "2"]
    code, said = interrupted(environment, tmp_path, arguments, lambda: sandbox.balance("USDT") < 990)
    assert code == 130
    assert "--resume" in said
    assert "Traceback" not in said
    assert run(*arguments, "--resume").returncode == 0
    assert sandbox.balance("USDT") == 700


@pytest.mark.parametrize(
    ("at", "arguments", "words"),
    [
        ("Client._respond", CREATE, "It may have been done: look at `history` before you repeat it."),
        (
            "Client._respond",
            [*CREATE, "--no-journal", "--show-codes"],
            "It may have been done: look at the account before you repeat it.",
        ),
        ("Client._respond", ["verify", "--reference-no", "0" * 16], "to repeat it does no harm"),
        ("call_commands.confirm", CREATE, "Nothing was sent."),
        ("journal_commands.islice", ["history"], "Nothing was changed."),
        ("Journal.export", ["export", "--out", "all.csv"], "The file is as it was, or written whole"),
        ("Journal.export", ["export", "--out", "-"], "What was written is not all."),
        ("Journal.resolve", ["resolve", "1", "--outcome", "done", "--reason", "x"], "Entry 1 may have been settled"),
        ("Client.reconcile", ["reconcile"], "What the server said so far is in the journal"),
        ("Client.reconcile", ["reconcile", "--no-check"], "Nothing was changed."),
        ("Client.reconcile", ["report", "--out", "page.html"], "The file is as it was, or written whole"),
        ("Client.reconcile", ["report", "--out", "page.html", "--check"], "What the server said so far is in"),
        ("Journal.check", ["journal", "check"], "Nothing was changed."),
        ("Journal.prepare", ["journal", "upgrade"], "The journal is as it was, or up to date"),
        ("Journal.adopt", ["journal", "adopt", "a", "", "--reason", "x"], "That may have been written down"),
        ("Journal.rotate_key", ["journal", "rotate-key"], "What was sealed again stays so"),
        ("journal_commands.new_key", ["journal", "new-key"], "A key that was not shown is kept nowhere"),
    ],
    ids=lambda value: "-".join(value[:2]) if isinstance(value, list) else value[:8],
)
def test_an_interrupt_says_what_may_have_been_done(run, journal, sandbox, tmp_path, at, arguments, words) -> None:
    journal.prepare()
    done = run(*arguments, before=partial(befalls.interrupt, at))
    assert done.returncode == 130, done.stderr
    assert words in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert not {"all.csv", "page.html"} & set(os.listdir(tmp_path))


def test_what_was_not_foreseen_has_a_code_of_its_own_and_shows_no_words(run, journal) -> None:
    journal.prepare()
    told = run("history", before=partial(befalls.fail, "Journal.history", "the secret"))
    assert told.returncode == 7
    assert "RuntimeError" in told.stderr
    assert "the secret" not in told.stderr


def test_nothing_that_is_kept_moves_the_cursor(run) -> None:
    evil = "\x1b]0;owned\x07\x1b[2J\u202eab\x9b1m"
    assert run(*CREATE, "--note", evil).returncode == 0
    for arguments in (["history"], ["history", "--json"], ["show", "1"], ["show", "1", "--json"], ["reconcile"]):
        shown = run(*arguments)
        assert shown.returncode == 0
        assert not set("\x1b\x07\x9b\u202e") & set(shown.stdout)
    assert json.loads(run("history", "--json").stdout)["note"] == evil
    asked = run("history", "--operation", evil)
    assert "\x1b" not in asked.stderr


@pytest.mark.parametrize("note", ["=1+1", "+49 30 1", "-x", "@SUM(A1)", "\tx", "'=1"])
def test_no_cell_of_an_export_is_a_formula(run, tmp_path, note) -> None:
    assert run(*CREATE, "--note", note).returncode == 0
    assert run("export", "--out", "all.csv").returncode == 0
    with (tmp_path / "all.csv").open(newline="", encoding="utf-8") as file:
        (row,) = csv.DictReader(file)
    assert row["note"] == f"'{note}"
    assert row["amount"] == "25"
    assert run("export", "--out", "all.jsonl").returncode == 0
    assert json.loads((tmp_path / "all.jsonl").read_text())["note"] == note


def test_history_takes_the_name_of_a_command_or_a_method(run) -> None:
    assert run(*CREATE).returncode == 0
    for name in ("create", "create_gift_card"):
        assert json.loads(run("history", "--json", "--operation", name).stdout)["number"] == 1
    none = run("history", "--operation", "redeem")
    assert (none.returncode, none.stdout, none.stderr) == (0, "", "No entries.\n")
    unknown = run("history", "--operation", "creat")
    assert unknown.returncode == 2
    assert "--operation must be one of buy, create, redeem" in unknown.stderr
    assert run("history", "--json", "--since", "2026-01-01T00:00:00Z").stdout
    assert not run("history", "--json", "--until", "2026-01-01T00:00:00z").stdout


def test_a_wrong_key_is_told_once_and_a_key_is_changed_in_its_file(run, key, tmp_path) -> None:
    for _ in range(3):
        assert run(*CREATE).returncode == 0
    new = run("journal", "new-key").stdout.strip()
    wrong = run("journal", "check", BINANCE_JOURNAL_KEY=new)
    assert wrong.returncode == 1
    assert wrong.stderr.count("is sealed under the key") == 1
    assert "entry 1 and 2 more" in wrong.stderr
    file = tmp_path / "journal.key"
    file.touch(0o600)
    kept = {"BINANCE_JOURNAL_KEY": "", "BINANCE_JOURNAL_KEY_FILE": str(file)}
    file.write_text(f"{new}\n{key}\n")
    assert "3 entries" in run("journal", "rotate-key", **kept).stdout
    file.write_text(f"{new}\n")
    assert run("journal", "check", **kept).returncode == 0


def test_a_program_without_streams_goes_on(run, journal) -> None:
    """As one does that was begun without a terminal, and set them to nothing."""
    assert run(*CREATE, before=befalls.unset_streams).returncode == 6
    assert journal.result(1).code


def test_an_answer_that_is_not_as_promised_names_its_entry(run, serve) -> None:
    server = serve(always(answer('{"code":"000000","message":"success","success":true,"data":{}}')))
    told = run(*CREATE, "--sandbox", server.url)
    assert told.returncode == 5
    assert "It is entry 1 of the journal, which has what came." in told.stderr
