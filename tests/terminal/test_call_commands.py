"""One call at a terminal, as a process, and what all commands have."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios

import pytest

from tests.faults.server import closing, silent
from tests.waits import LONGEST_S, until


def create(run, *more, amount="25", token="USDT", **environment):
    return run("create", "--token", token, "--amount", amount, "--yes", *more, **environment)


def code_of(journal, number=1):
    return journal.result(number).code


def test_a_card_is_created_verified_and_redeemed(run, journal, sandbox) -> None:
    done = create(run, "--note", "for Ann")
    assert done.returncode == 0, done.stderr
    [entry] = journal.history()
    assert entry.reference in done.stdout
    assert entry.note == "for Ann"
    code = code_of(journal)
    assert code not in done.stdout + done.stderr
    assert "********" in done.stdout
    verified = run("verify", "--reference-no", entry.reference, "--json")
    assert json.loads(verified.stdout) == {"valid": True, "token": "USDT", "amount": "25"}
    redeemed = run("redeem", "--code-file", "-", "--yes", "--json", stdin=f"{code}\n")
    assert json.loads(redeemed.stdout)["amount"] == "25"
    assert code not in redeemed.stdout + redeemed.stderr
    assert sandbox.balance("USDT") == 1000


def test_a_code_is_shown_when_it_is_wanted(run, journal) -> None:
    done = create(run, "--show-codes", "--json")
    assert json.loads(done.stdout)["code"] == code_of(journal)


def test_a_code_comes_from_a_file_or_the_environment_and_never_from_an_argument(run, journal, tmp_path) -> None:
    create(run, amount="1")
    create(run, amount="2")
    (tmp_path / "code").write_text(code_of(journal, 1) + "\n")
    (tmp_path / "code").chmod(0o444)
    refused = run("redeem", "--code-file", "code", "--yes")
    assert refused.returncode == 2
    assert "--code-file code is open to every user (mode 0444)" in refused.stderr
    assert run("redeem", "--code-file", "code", "--yes", BINANCE_ALLOW_READABLE_FILES="1").returncode == 0
    assert run("redeem", "--yes", BINANCE_CODE=code_of(journal, 2)).returncode == 0
    assert run("redeem", "--yes", "--code", "ABC").returncode == 2
    nobody = run("redeem", "--yes")
    assert nobody.returncode == 2
    told = "Error: no code was given: say --code-file FILE (- for standard input), or set BINANCE_CODE"
    assert nobody.stderr.split() == told.split()


@pytest.mark.only("sqlite")
@pytest.mark.parametrize("secret", ["6H9EKF5ECCWFBHGE", "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2Vw\n-----END"])
@pytest.mark.parametrize(
    "arguments",
    [
        ["redeem", "--yes", "--code-file"],
        ["bulk", "redeem", "--"],
        ["bulk", "redeem", "rows.csv", "--yes", "--out"],
        ["export", "--format", "csv", "--out"],
        ["report", "--out"],
        ["history", "--journal"],
    ],
    ids=lambda arguments: "".join(arguments[:2] + arguments[-1:]),
)
def test_a_secret_in_the_place_of_a_path_is_not_shown(run, journal, tmp_path, arguments, secret) -> None:
    journal.prepare()
    (tmp_path / "rows.csv").write_text("code\nABCDEFGHIJKLMNOP\n")
    done = run(*arguments, secret)
    assert done.returncode == 2, done.stdout
    assert "must be the path of a file" in done.stderr
    assert not [line for line in secret.split("\n") if line in done.stdout + done.stderr]
    assert not [file for file in tmp_path.iterdir() if secret[:8] in file.name]


@pytest.mark.only("sqlite")
@pytest.mark.parametrize(
    "code", ["6H9EKF5ECCWFBHGE", "0033002404219823", "6H9E'KF5E)CCWF\"BHGE", "x\n6H9E. Did you mean KF5E"]
)
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["redeem", "{}"], "unexpected extra argument"),
        (["redeem", "--yes", "one", "{}"], "unexpected extra argument"),
        (["redeem", "--yes", "--code", "{}"], "No such option --code"),
        (["redeem", "--code={}"], "No such option --code"),
        (["redeem", "--{}"], "No such option ********"),
        (["redeem", "-{}"], "No such option ********"),
        (["redeem", "--yes={}"], "Option '--yes' does not take a value"),
        (["{}"], "No such command ********"),
        (["journal", "{}"], "No such command ********"),
        (["history", "--limit", "x{}"], "Invalid value for '--limit'"),
        (["resolve", "x{}", "--outcome", "done", "--reason", "known"], "Invalid value for"),
    ],
    ids=lambda value: "".join(value[-2:]) if isinstance(value, list) else "",
)
def test_a_code_where_a_command_takes_none_is_not_repeated(run, arguments, words, code) -> None:
    done = run(*(argument.format(code) for argument in arguments))
    assert done.returncode == 2, done.stdout
    assert words in " ".join(done.stderr.split())
    assert not [part for part in re.findall("[A-Z0-9]{4,}", code) if part in done.stdout + done.stderr]


@pytest.mark.only("sqlite")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["redeem", "--code", "x"], "--code-file"),
        (["resolve", "1", "--yes"], "No such option --yes"),
        (["history", "--limit"], "Option '--limit' requires an argument"),
        (["creates"], "Did you mean 'create'?"),
        (["bulk"], "[OPTIONS] COMMAND [ARGS]..."),
    ],
    ids=lambda value: "".join(value[-2:]) if isinstance(value, list) else "",
)
def test_what_a_command_has_is_named_when_it_is_used_wrongly(run, arguments, words) -> None:
    done = run(*arguments)
    assert words in done.stdout + done.stderr


def test_exit_codes_tell_outcomes_apart(run, serve, sandbox) -> None:
    assert create(run, amount="5000").returncode == 1
    assert create(run, amount="1e3").returncode == 2
    assert run("create", "--token", "USDT").returncode == 2
    assert create(run, "--sandbox", "http://127.0.0.1:9", "--timeout", "1").returncode == 3
    late = create(run, "--sandbox", serve(silent).url, "--timeout", "3")
    assert late.returncode == 4
    assert "the time was over" in " ".join(late.stderr.split())
    lost = create(run, "--sandbox", serve(closing).url)
    assert lost.returncode == 4
    assert re.search("entry \\d+", lost.stderr)
    told = create(run, "--json", "--sandbox", serve(closing).url)
    facts = json.loads(told.stdout)
    assert (facts["error"], facts["executed"]) == ("OutcomeUnknownError", "unknown")
    assert facts["entry"] > 0
    assert sandbox.balance("USDT") == 1000


@pytest.mark.only("sqlite")
def test_a_sandbox_elsewhere_is_called_when_that_is_meant(run, journal) -> None:
    refused = create(run, "--sandbox", "http://sandbox.invalid:8765")
    assert refused.returncode == 2
    said = " ".join(refused.stderr.split())
    assert "not this machine" in said
    assert "set BINANCE_PLAIN_HTTP=1 if that is meant" in said
    assert "Network(" not in said
    asked = create(run, "--sandbox", "http://sandbox.invalid:8765", "--timeout", "1", BINANCE_PLAIN_HTTP="1")
    assert asked.returncode == 3, "there is none, but it was asked for"


def test_money_is_not_moved_without_a_yes(run, sandbox) -> None:
    asked = run("create", "--token", "USDT", "--amount", "25")
    assert asked.returncode == 2
    assert "--yes" in asked.stderr
    assert sandbox.balance("USDT") == 1000


def _at_a_terminal(environment, answer: str, *arguments: str) -> tuple[int, str]:
    child, terminal = pty.fork()
    if child == 0:
        os.execve(sys.executable, [sys.executable, "-m", "binance_gift_card.cli", *arguments], environment)
    said = b""
    while select.select([terminal], [], [], LONGEST_S)[0]:
        try:
            said += os.read(terminal, 4096)
        except OSError:  # the other end of a terminal is gone
            break
        if answer and (b"[y/N]" in said or b"code:" in said):
            if b"code:" in said:
                until(lambda: not termios.tcgetattr(terminal)[3] & termios.ECHO)
            os.write(terminal, answer.encode())
            answer = ""
    else:
        os.kill(child, signal.SIGKILL)
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), said.decode()


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_person_is_asked(environment, sandbox) -> None:
    no, said = _at_a_terminal(environment, "n\n", "create", "--token", "USDT", "--amount", "25")
    assert (no, sandbox.balance("USDT")) == (3, 1000), said
    assert said.count(f"Issue a gift card of 25 USDT at {sandbox.url}? [y/N]") == 1
    yes, said = _at_a_terminal(environment, "y\n", "create", "--token", "USDT", "--amount", "25")
    assert (yes, sandbox.balance("USDT")) == (0, 975), said


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_secret_is_typed_unseen(environment, run, journal) -> None:
    create(run)
    status, said = _at_a_terminal(environment, code_of(journal) + "\n", "redeem", "--yes")
    assert status == 0, said
    assert code_of(journal) not in said


def test_a_call_without_a_journal_is_a_choice(run, sandbox) -> None:
    none = run("create", "--token", "USDT", "--amount", "1", "--yes", BINANCE_JOURNAL="")
    assert none.returncode == 2
    assert "BINANCE_JOURNAL" in none.stderr
    unseen = create(run, "--no-journal")
    assert unseen.returncode == 2
    assert sandbox.balance("USDT") == 1000
    shown = create(run, "--no-journal", "--show-codes", "--json")
    assert len(json.loads(shown.stdout)["code"]) == 16


def test_the_same_idempotency_key_is_the_same_card(run, sandbox) -> None:
    first, second = (create(run, "--idempotency-key", "k", "--json").stdout for _ in range(2))
    assert first == second
    assert sandbox.balance("USDT") == 975


@pytest.mark.only("sqlite")
def test_help_is_there_for_every_command(run) -> None:
    told = run("--help").stdout
    names = (
        "create redeem verify buy token-limit rsa-public-key server-time history show export resolve reconcile report"
    )
    for name in names.split():
        assert name in told
        explained = run(name, "-h")
        assert explained.returncode == 0
        assert f"  binance-gift-card {name}" in explained.stdout.partition("Example")[2]
    assert "Exit codes" in told
    assert "BINANCE_API_KEY" in told
    assert run("--version").stdout.strip()


@pytest.mark.only("sqlite")
@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("re", "redeem resolve reconcile report"),
        ("history --state un", "unknown"),
        ("export --operation ", "buy create redeem"),
        ("resolve 1 --outcome ", "done refused"),
    ],
)
def test_shells_complete_it(environment, words, offered) -> None:
    typed = {
        "_BINANCE_GIFT_CARD_COMPLETE": "complete_bash",
        "COMP_WORDS": f"binance-gift-card {words}",
        "COMP_CWORD": str(words.count(" ") + 1),
    }
    script = "import sys; sys.argv = ['binance-gift-card']; from binance_gift_card.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**environment, **typed},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.stdout.split() == offered.split(), done.stderr


@pytest.mark.only("sqlite")
def test_attempts_are_shown_when_the_environment_asks_for_them(run, journal) -> None:
    shown = create(run, BINANCE_LOG="debug")
    assert re.search(
        r"DEBUG binance_gift_card.attempts: create_gift_card attempt 1: done in .*, entry 1\n", shown.stderr
    )
    assert code_of(journal) not in shown.stderr
    assert "attempt" not in create(run).stderr
    unkeyed = create(run, BINANCE_API_KEY="", BINANCE_API_SECRET="")
    assert unkeyed.returncode == 2
    said = " ".join(unkeyed.stderr.split())
    assert (
        "Error: a credential is missing; set BINANCE_API_KEY, and BINANCE_PRIVATE_KEY_FILE or BINANCE_API_SECRET"
        in said
    )
    unsealed = " ".join(create(run, BINANCE_JOURNAL_KEY="").stderr.split())
    assert "needs a key for its secrets; set BINANCE_JOURNAL_KEY or BINANCE_JOURNAL_KEY_FILE" in unsealed
    assert "from_env" not in said
    assert "key=" not in unsealed
    wrong = create(run, BINANCE_LOG="loud")
    assert wrong.returncode == 2
    assert "BINANCE_LOG must be one of debug, info, warning, error" in " ".join(wrong.stderr.split())


@pytest.mark.only("sqlite")
def test_without_its_extra_the_command_says_what_to_install(tmp_path) -> None:
    as_module = "runpy.run_module('binance_gift_card', run_name='__main__', alter_sys=True)"
    blocked = f"import runpy, sys; sys.modules['typer'] = None; {as_module}"
    done = subprocess.run([sys.executable, "-c", blocked], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 1
    assert "binance-gift-card[cli]" in done.stderr


def test_no_secret_stands_among_the_arguments_of_the_process(run) -> None:
    for name in ("create", "redeem", "verify", "history"):
        told = run(name, "--help").stdout
        assert not re.search(r"--(api-)?(key|secret|passphrase|code)\b(?!-)", told), name


_FAILING = """
import sys
from binance_gift_card import errors
from binance_gift_card._runtime.journal import record
def refuse(self, session, values):
    raise errors.JournalError("the disk is full")
record.Record._write_answer = refuse
from binance_gift_card.cli import main
main()
"""


@pytest.mark.parametrize("many", [False, True])
def test_a_code_that_the_journal_could_not_keep_is_shown(environment, tmp_path, sandbox, many) -> None:
    (tmp_path / "rows.csv").write_text("token,amount\nUSDT,25\n")
    arguments = ["bulk", "create", "rows.csv"] if many else ["create", "--token", "USDT", "--amount", "25"]
    command = [sys.executable, "-c", _FAILING, *arguments, "--yes"]
    done = subprocess.run(
        command, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    [card] = sandbox.cards()
    assert card.code in done.stdout + done.stderr
    assert "in full" in done.stderr


def test_an_unreadable_answer_that_no_journal_holds_is_shown(run, serve) -> None:
    from tests.faults.server import always, answer

    body = '{"code":"000000","success":true,"data":{"code":"ABCDEFGH"}}'
    done = create(run, "--no-journal", "--show-codes", "--sandbox", serve(always(answer(body))).url)
    assert done.returncode == 5
    assert "ABCDEFGH" in done.stderr


@pytest.mark.only("sqlite")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["reconcile", "--no-check", "--amount-limit", "1E+1000000000"], "--amount-limit must be"),
        (["reconcile", "--no-check", "--price", "USDT=NaN"], "--price must be"),
        (["reconcile", "--no-check", "--expiring", "999999999999"], "expiring_within must be"),
        (["reconcile", "--no-check", "--timeout", "1e300"], "timeout must be"),
        (["history", "--note", os.fsdecode(b"\xff")], "note must be text that UTF-8 can write"),
        (["resolve", "1", "--outcome", "done", "--reason", "x" * 1001], "reason must have at most 1000 characters"),
        (["resolve", str(2**64), "--outcome", "done", "--reason", "x"], "the number of an entry must be"),
        (["create", "--yes", "--token", "USDT", "--amount", "9" * 5000], "amount must have at most 64 digits"),
        (
            ["create", "--yes", "--token", "USDT", "--amount", "1", "--idempotency-key", "x" * 256],
            "idempotency_key must",
        ),
    ],
    ids=lambda value: value[-2] if isinstance(value, list) else "",
)
def test_an_option_that_cannot_be_used_ends_in_one_message(run, journal, sandbox, arguments, words) -> None:
    journal.prepare()
    done = run(*arguments)
    assert done.returncode == 2, done.stdout + done.stderr
    assert words in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert not sandbox.requests()
    assert not list(journal.history())
