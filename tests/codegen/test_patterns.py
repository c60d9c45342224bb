"""A pattern means what ECMA-262 says it means, or is not checked; one that might run for ever is not either."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from codegen.lower.backtracking import may_be_endless
from codegen.lower.pattern_words import pattern_words
from codegen.lower.patterns import in_python


@pytest.mark.parametrize(
    ("pattern", "right", "wrong"),
    [
        ("^[0-9]{16,}$", ["0033002144060553"], ["0033002144060553\n", "33002144060553", "٠" * 16]),
        ("^(a|b$)", ["ax", "b"], ["b\n"]),
        (r"^\S+$", ["ab"], ["a\u00a0b", "a\ufeffb"]),
        (r"^[\s\S]$", ["\u2028", "\n", "a"], ["", "ab"]),
        (r"^[\w\s-]+$", ["a -\u3000"], ["a+"]),
        (r"^[^\s]$", ["a"], ["\u3000"]),
        ("^.$", ["a"], ["\r", "\n", "\u2029"]),
        ("^[^]$", ["\n", "]"], [""]),
        ("^[[&&~~]$", ["[", "&", "~"], ["a"]),
        (r"^(?<year>\d{4})-\d\d$", ["2026-11"], ["٢٠٢٦-11"]),
        (r"^\u{1F600}$", ["\U0001f600"], ["u"]),
        (r"^\uD83D\uDE00$", ["\U0001f600"], []),
        (r"^\cJ\0\x41\/\-$", ["\n\0A/-"], []),
        ("^(?!x)a(?=b)", ["ab"], ["xab", "ac"]),
        ("[]", [], ["", "a"]),
    ],
)
def test_what_can_be_said_in_python_is_said(pattern, right, wrong) -> None:
    made = re.compile(in_python(pattern), re.ASCII)
    assert [text for text in right if not made.search(text)] == []
    assert [text for text in wrong if made.search(text)] == []


@pytest.mark.parametrize(
    "pattern",
    r"\p{L} \Aa a\Z (?i)a (?P<a>b) (?>a) (?#a) (?(1)a) a*+ a++ a{2}+ a{,3} (a)\1 \k<a> \01 \uD83D \u{110000} \a \N{DOT}"
    r" [a-\s] [\s-a] ( [a (?<=a|bc)d \xz \\".split(" "),
)
def test_what_cannot_is_refused(pattern) -> None:
    if pattern == r"\\":
        pattern = "\\"
    with pytest.raises(ValueError):  # noqa: PT011 - each has its own words
        in_python(pattern)


@pytest.mark.parametrize(
    "pattern",
    r"^(a+)+$ ^(a*)*$ ^(a|a)*$ ^([a-z]+)*$ ^(([a-z])+.)+[A-Z]([a-z])+$ ^(.*,)*x$ ^([a-z]{1,2})+$ ^(a|ab|b)*$ ^(x+x+)+y$"
    r" ^([a-z]+\s?)+$ (?=(a+)+$)a ^(\w+\s?)*$ ^([0-9]+[.]?)+$ ^([a-z]{2,80})+$".split(" "),
)
def test_what_may_run_for_ever_is_known(pattern: str) -> None:
    assert may_be_endless(in_python(pattern))


@pytest.mark.parametrize(
    "pattern",
    r"^[a-z0-9]+(-[a-z0-9]+)*$ ^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)?$ ^(\d{3},)*\d+$"
    r" ^a*a*$ ^(a|b)*$"
    r" ^[^@]+@[^@]+\.[^@]+$ ^(\w+\.)*\w+$ ^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$ ^([0-9a-f]{32})*$ ^[\w-]{1,200}$"
    r" ^([a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.)+[a-zA-Z]{2,}$ ^[A-Z]{3}(,[A-Z]{3}){0,9}$ ^[0-9]{16,}$".split(
        " "
    ),
)
def test_what_is_usual_is_checked(pattern: str) -> None:
    assert not may_be_endless(in_python(pattern))


SPEC = """
openapi: 3.1.0
info: {title: Things, version: '1'}
servers: [{url: 'http://127.0.0.1:9'}]
paths:
  /things:
    get:
      operationId: listThings
      parameters:
        - {name: letter, in: query, schema: {type: string, pattern: '^a$', x-sdk-hint: only an a}}
        - {name: letters, in: query, explode: false, schema: {type: array, items: {type: string, pattern: '^a$'}}}
        - {name: number, in: query, schema: {type: integer, pattern: '^a$'}}
      responses: {'200': {description: Done}}
"""
USE = """
from things import ThingsClient, errors

client = ThingsClient(attempts=1)
wrong = {"letter": "a\\n"}, {"letters": ["a", "b"]}, {"letter": "ABCDEFGHIJKL1234"}
for given in (*wrong, {"letters": ["a"], "number": 1}):
    try:
        client.list_things(**given)
    except errors.ClientError as error:
        print(type(error).__name__, error)
"""


def test_a_generated_package_says_how_to_mend_a_text_and_looks_at_every_item(codegen, tmp_path) -> None:
    (tmp_path / "spec.yaml").write_text(SPEC)
    done = codegen("generate", "--spec", "spec.yaml", "--package", "things", "--out", tmp_path, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    used = subprocess.run(
        [sys.executable, "-c", USE], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True
    )
    told = used.stdout.splitlines()
    assert told[0] == r"ArgumentError list_things: letter is not as the API takes it: only an a (given: 'a\n')"
    assert told[1] == """ArgumentError list_things: letters is not as the API takes it: "a" (given: ['a', 'b'])"""
    assert told[2] == r"ArgumentError list_things: letter is not as the API takes it: only an a"
    assert told[3].startswith("NotSentError"), "a number has no text that a pattern could be about"


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (r"^([0-9]{1,20})(\.[0-9]{1,20})?$", '1 to 20 digits, then optionally "." and 1 to 20 digits'),
        ("^[0-9]{16,}$", "16 or more digits"),
        ("^[A-Z]{3}$", "3 capital letters"),
        (r"^-?\d+$", 'optionally "-", then 1 or more digits'),
        ("^[a-f0-9]{64}$", "64 digits or letters from a to f"),
        (r"^[\w-]{0,36}$", 'at most 36 letters, digits, "-" or "_"'),
        ("^acct_[A-Za-z0-9]$", '"acct_", then 1 letter or digit'),
        ("^(BUY|SELL)$", '"BUY", or "SELL"'),
        *((pattern, None) for pattern in r"[0-9] ^a|b$ ^[^/]+$ ^(?=x)a$ ^.*$ ^(ab){2}$ ^$ ^\S+$ ^[b-d]$".split()),
    ],
)
def test_a_usual_pattern_has_words_that_say_all_of_it(pattern: str, words: str | None) -> None:
    assert pattern_words(in_python(pattern)) == words
