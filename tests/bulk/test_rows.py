"""A list as a spreadsheet leaves it: understood, or named with its line; and what came of its rows, side by side."""

from __future__ import annotations

import csv
import json
import os
import threading
from decimal import Decimal

import pytest

from binance_gift_card import errors

pytestmark = pytest.mark.only("sqlite")


def looked_at(client, file, content, operation="create"):
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return getattr(client.bulk, operation)(file, dry_run=True)


TEXT = "token,amount,note\r\nUSDT,1.5,für Ann\r\nBNB,2,\r\n"


@pytest.mark.parametrize(
    "content",
    [
        TEXT,
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        TEXT.encode("utf-16-be").join([b"\xfe\xff", b""]),
        TEXT.replace("\r\n", "\n"),
        TEXT.replace("\r\n", "\r"),
        TEXT.replace(",", ";"),
        TEXT.replace(",", "\t"),
        TEXT.replace(",", "\t").encode("utf-16"),
        "sep=;\r\n" + TEXT.replace(",", ";"),
        '"sep=,"\n' + TEXT,
        TEXT.replace("USDT,1.5,für Ann", '"USDT","1.5","für Ann"'),
        TEXT + "\r\n,,\r\n , ,\r\n",
        "\r\n,,\r\n" + TEXT,
        "token,amount,note,,\r\nUSDT,1.5,für Ann,,\r\nBNB,2,,,,,\r\n",
        " token , amount , note \r\nUSDT,1.5,für Ann\r\nBNB,2,\r\n",
    ],
)
def test_what_spreadsheets_write_is_understood(client, tmp_path, content) -> None:
    file = tmp_path / "cards.csv"
    report = looked_at(client, file, content)
    assert (report.rows, report.amounts) == (2, {"USDT": Decimal("1.5"), "BNB": Decimal(2)})
    assert client.bulk.create(file).states == {"done": 2}
    assert [entry.note for entry in client.history()] == ["für Ann", None] or {
        entry.note for entry in client.history()
    } == {"für Ann", None}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (TEXT.encode("cp1252"), r"line 2 is not UTF-8 text, but may be cp1252 text: save it as UTF-8"),
        (TEXT.encode("utf-16-le"), "line 1 has NUL characters"),
        (TEXT.encode("utf-32"), "is UTF-32 text; save it as UTF-8"),
        (TEXT.encode("utf-16")[:-1], "is not the UTF-16 text that it begins as"),
        ("token,amount,token\nUSDT,1,BNB\n", "line 1 must name the arguments, each once: token stands there more"),
        ("token;amount\nUSDT;1,5\n", r"line 2: .*amount must be plain digits such as 12.50"),
        ("token;amount\nUSDT;1.500\n", r"line 2: amount can be read in two ways \(given: '1.500'\)"),
        ("token\tamount\nUSDT\t12.000\n", "line 2: amount can be read in two ways"),
        ("token,amount\nUSDT,1,5\n", "line 2 has 3 values, and the head names 2; a value that has a separator in it"),
        ('token,amount\nUSDT,"1,500"\n', "line 2: .*amount must be plain digits"),
        ("token,,amount\nUSDT,,1\nUSDT,x,1\n", "line 3 has a value in column 2, and the head has no name for it"),
        ('token,amount\nUSDT,1\n"USDT"x,1\n', "line 3: quotation marks cannot be told apart"),
        ('token,amount\n"USDT\n\n,1\n', "line 2: quotation marks cannot be told apart"),
        ('token,amount,note\nUSDT,1,"two\nlines"\nUSDT,x,\n', "line 4: .*amount"),
        ("USDT,1\nBNB,2\n", "line 1 must name the arguments, each once: there is no 'USDT'; it has token, amount"),
        ("sep=:\ntoken:amount\nUSDT:1\n", "divided by a comma or a semicolon or a tab"),
        (" \n", "first line must name the arguments"),
    ],
)
def test_what_is_not_is_named_with_its_line(client, tmp_path, content, words) -> None:
    with pytest.raises(errors.ArgumentError, match=words):
        looked_at(client, tmp_path / "cards.csv", content)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('{"token": "USDT", "amount": "1", "amount": "100"}', "line 2 has 'amount' more than once; keep one of them"),
        ('{"token": "USDT", "amount": NaN}', "line 2: .*amount must be"),
        ('{"token": "USDT", "amount"', "line 2 is not JSON"),
        ('["USDT", "1"]', "line 2 must have a value for each argument"),
    ],
)
def test_lines_of_json_are_named_too(client, tmp_path, line, words) -> None:
    with pytest.raises(errors.ArgumentError, match=words):
        looked_at(client, tmp_path / "cards.jsonl", f'{{"token": "USDT", "amount": "1"}}\n{line}\n')


def test_every_row_that_cannot_be_used_is_told_at_once_up_to_a_bound(client, tmp_path) -> None:
    lines = ["USDT,1", "USDT,1e3", "USDT", ",1", *["USDT,x"] * 97]
    with pytest.raises(errors.ArgumentError) as caught:
        looked_at(client, tmp_path / "cards.csv", "\n".join(["token,amount", *lines]))
    told = str(caught.value).splitlines()
    assert told[0] == "100 rows cannot be used; nothing was sent:"
    assert [line.partition("line ")[2][0] for line in told[1:4]] == ["3", "4", "5"]
    assert (len(told), told[-1].strip()) == (22, "… and 80 more")


def test_a_dry_run_looks_at_rows_that_can_be_gone_through_only_once(client) -> None:
    rows = iter([{"token": "USDT", "amount": "1"}, {"token": "USDT", "amount": "x"}])
    with pytest.raises(errors.ArgumentError, match="row 2"):
        client.bulk.create(rows, run="r", dry_run=True)


@pytest.mark.parametrize("content", ["6H9EKF5ECCWFBHGE\nABCDEFGHIJKLMNOP\n", "code\n6H9E-KF5E-CCWF-BHGE\n"])
def test_no_code_of_a_list_that_cannot_be_used_is_told(client, tmp_path, content) -> None:
    with pytest.raises(errors.ArgumentError) as caught:
        looked_at(client, tmp_path / "codes.csv", content, operation="redeem")
    assert "6H9E" not in str(caught.value)


@pytest.mark.parametrize("spoilt", ["33002144060553", "3.3E+13", "'0033002144060553"])
def test_card_numbers_that_a_spreadsheet_has_spoilt_burn_no_attempt(client, tmp_path, spoilt, sandbox) -> None:
    with pytest.raises(errors.ArgumentError, match=r"line 2: reference_no is not as the API takes it: .*16 digits"):
        looked_at(client, tmp_path / "cards.csv", f"reference_no\n{spoilt}\n", operation="verify")
    sandbox.stop()


def read(path):
    with path.open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def test_results_stand_beside_their_rows_in_their_order(client, tmp_path) -> None:
    file, out = tmp_path / "cards.csv", tmp_path / "out.csv"
    lines = [f"{'NONE' if number % 7 == 3 else 'USDT'},{number},n{number}" for number in range(1, 31)]
    file.write_text("\n".join(["token,amount,note", *lines]))
    client.bulk.create(file, out=out)
    told = read(out)
    assert [f"{row['token']},{row['amount']},{row['note']}" for row in told] == lines
    assert [int(row["row"]) for row in told] == list(range(1, 31))
    assert all((row["state"] == "refused") == (row["token"] == "NONE") for row in told)
    lines_out = tmp_path / "out.jsonl"
    client.bulk.create(file, out=lines_out, resume=True)
    assert [json.loads(line)["given"]["note"] for line in lines_out.read_text().splitlines()] == [
        f"n{number}" for number in range(1, 31)
    ]


def test_a_given_code_is_masked_and_a_name_that_a_result_has_too_is_told_apart(client, tmp_path) -> None:
    cards = [client.create_gift_card(token="USDT", amount="1") for _ in range(2)]
    codes = [{"code": card.code} for card in cards]
    client.bulk.redeem(codes, run="r", out=tmp_path / "a.csv")
    assert {row["code"] for row in read(tmp_path / "a.csv")} == {"********"}
    client.bulk.redeem(codes, run="r", resume=True, out=tmp_path / "b.csv", secrets=True)
    assert [row["code"] for row in read(tmp_path / "b.csv")] == [card.code for card in cards]


def test_a_list_that_cannot_be_used_leaves_no_results(client, tmp_path) -> None:
    with pytest.raises(errors.ArgumentError):
        client.bulk.create([{"token": "USDT", "amount": "x"}], run="r", out=tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no device that is always full")
def test_a_full_disk_before_the_first_row_sends_nothing(client, tmp_path, sandbox) -> None:
    (tmp_path / "out.csv").symlink_to("/dev/full")
    with pytest.raises(errors.ArgumentError, match=r"out.csv cannot be written: No space left on device; make room"):
        client.bulk.create([{"token": "USDT", "amount": "1"}], run="r", out=tmp_path / "out.csv", resume=True)
    assert sandbox.balance("USDT") == 1000


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
def test_results_that_cannot_be_written_stop_the_run_which_goes_on_later(client, tmp_path, sandbox) -> None:
    rows = [{"token": "USDT", "amount": "1"} for _ in range(100)]
    pipe, out = tmp_path / "pipe.csv", tmp_path / "out.csv"
    os.mkfifo(pipe)

    def read_some() -> None:
        with pipe.open() as file:
            for _ in range(5):
                file.readline()

    reader = threading.Thread(target=read_some)
    reader.start()
    report = client.bulk.create(rows, run="r", out=pipe, resume=True, concurrency=2)
    reader.join()
    assert "pipe.csv cannot be written: Broken pipe; make room or choose another file, then resume" in report.stopped
    done = report.states["done"]
    assert 4 <= done < 100
    assert sandbox.balance("USDT") == 1000 - done
    again = client.bulk.create(rows, run="r", out=out, resume=True)
    assert (again.states, again.earlier, again.stopped) == ({"done": 100}, done, "")
    assert [int(row["row"]) for row in read(out)] == list(range(1, 101))
