"""What the schemas of `models.yaml` allow goes in and comes out again, as models of both kinds, over a real socket."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from codegen.cli import main
from tests import forked

SPEC = Path(__file__).parent / "models.yaml"


class Echo(BaseHTTPRequestHandler):
    """Answers what the test says, and keeps what it was sent."""

    def do_POST(self) -> None:
        self.server.sent = self.rfile.read(int(self.headers["content-length"]))  # type: ignore[attr-defined]
        self.server.answer = self.server.answer or self.server.sent  # type: ignore[attr-defined]
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def _answer(self) -> None:
        body: bytes = self.server.answer  # type: ignore[attr-defined]
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Api:
    """The generated package and the server that it calls."""

    def __init__(self, package: Any, server: Any) -> None:
        self.models = package.models
        kind = next(name for name in package.__all__ if name.endswith("Client") and not name.startswith("Async"))
        self._url = f"http://127.0.0.1:{server.server_port}"
        self._client = getattr(package, kind)(base_url=self._url)
        self._server = server

    def reads(self, answer: str) -> Any:
        """The answer, as a model."""
        self._server.answer = answer.encode()
        return self._client.echo(body=self.models.Everything())

    def sends(self, value: Any) -> Any:
        """What arrives of a model."""
        self._server.answer = b"{}"
        self._client.echo(body=value)
        return json.loads(self._server.sent, parse_float=Decimal)

    def command(self, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        """What a command says of what it sent."""
        self._server.answer = b""
        options = ["--json", "--yes", "--no-journal", "--show-codes", "--sandbox", self._url]
        return forked.run(f"{self.models.__package__}.cli", [*arguments, *options], cwd, {"LC_ALL": "C.UTF-8"})

    def raw(self, answer: str) -> Any:
        self._server.answer = answer.encode()
        return self._client.raw.echo(body=self.models.Everything())


@pytest.fixture(scope="module", params=["msgspec", "pydantic"])
def api(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """The package, generated once for each kind of models."""
    name, folder = f"models_on_{request.param}", tmp_path_factory.mktemp("models")
    assert (
        main(["generate", "--spec", str(SPEC), "--out", str(folder), "--package", name, "--models", request.param]) == 0
    )
    sys.path.insert(0, str(folder))
    server = HTTPServer(("127.0.0.1", 0), Echo)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield Api(importlib.import_module(name), server)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        sys.path.remove(str(folder))


AMOUNT = "0.1234567890123456789012345"

BOTH_WAYS = {
    "by tag": '{"pet": {"kind": "dog", "bark": 1.5}}',
    "in a list": '{"pets": [{"kind": "dog"}, {"kind": "cat", "friend": {"kind": "dog", "bark": 2.5}}]}',
    "in a mapping": '{"named": {"a": {"kind": "cat"}}}',
    "by a mapped tag": '{"mapped": {"t": "second", "x": "5"}}',
    "by required keys": '{"shape": {"width": 1.0, "height": 2.5}}',
    "by known keys": '{"shape": {"points": [1.5]}}',
    "text of a mixed union": '{"mixed": "5"}',
    "a number of a mixed union": '{"mixed": 5}',
    "a list of a mixed union": '{"mixed": [{"kind": "dog"}]}',
    "an object of a mixed union": '{"mixed": {"id": 7}}',
    "an heir": '{"vehicle": {"wheels": "Van", "load": "2.50", "doors": 5, "owner": "x"}}',
    "heirs and null": '{"vehicles": [{"wheels": "two", "bell": true}, null]}',
    "a base": '{"vehicle": {"wheels": "unheard", "owner": "x"}}',
    "a union in a union": '{"nested": {"radius": 1.5}}',
    "properties beside a union": '{"beside": {"id": "1", "bank": "b"}}',
    "an intersection": '{"both": {"id": 1, "name": "n", "tags": {"p": "1", "q": "2"}, "kind": "b"}}',
    "further properties": '{"labels": {"name": "n", "additional_properties": "own", "l": {"kind": "cat"}}}',
    "properties by pattern": '{"patterned": {"x-a": 1}}',
    "a list of lists": '{"tree": [[], [[]]]}',
    "any JSON": '{"json": {"a": [1.5, "x", {"b": true}]}}',
    "a mapping of mappings": '{"map": {"a": {"b": {}}}}',
    "a tuple": '{"pair": ["a", {"kind": "cat"}]}',
    "a row": '{"row": ["a", 1, false]}',
    "values of an enum": '{"level": 2, "size": "large", "only": "yes-it-is"}',
    "unknown values of an enum": '{"level": 3, "size": 7, "only": "no"}',
    "an unknown tag": '{"pet": {"kind": "fish", "price": 1.5}}',
    "no variant": '{"pet": [1], "shape": "round"}',
    "what has no end": '{"endless": {"id": "1", "b": "x", "next": {"link": "l", "next": {"link": "m"}}}}',
    "one of two lists": '{"lists": ["a", "b"]}',
    "a class or a mapping": '{"cards": {"a": 1, "b": 2}}',
    "an heir of a base that lists its heirs": '{"owner": {"is": "Firm", "name": "n", "vat": "v"}}',
    "a union with anything": '{"anyhow": [1]}',
    "secrets": '{"secrets": ["s"], "vault": {"a": ["s", "t"]}, "either": "s", "holder": "s"}',
    "a name that models have": '{"to_dict": "x"}',
    "counted times": '{"timed": {"expires": 1, "seen": "2", "property": 1.5, "datetime": "x", "more": "y"}}',
    "times": '{"when": "2020-01-02T03:04:05Z", "day": "2020-01-02"}',
}


@pytest.mark.parametrize("text", BOTH_WAYS.values(), ids=BOTH_WAYS.keys())
def test_what_comes_in_goes_out_again(api: Api, text: str) -> None:
    value = api.reads(text)
    assert api.sends(value) == json.loads(text, parse_float=Decimal)
    assert type(value).from_dict(json.loads(json.dumps(value.to_dict(secrets=True)))) == value
    assert type(value).from_json(value.to_json(secrets=True)) == value


def test_a_variant_is_of_its_class(api: Api) -> None:
    models = api.models
    got = api.reads(
        '{"pets": [{"kind": "cat"}, {"kind": "dog"}], "vehicle": {"wheels": "two"}, "nested": {"kind": "dog"},'
        '"shape": {"width": 1, "height": 2, "more": 1}, "mixed": {"kind": "cat", "new": 1}}'
    )
    assert [type(pet) for pet in got.pets] == [models.Cat, models.Dog]
    assert (type(got.vehicle), type(got.nested), type(got.mixed)) == (models.Bike, models.Dog, models.Cat)
    assert type(got.shape) is models.ShapeVariant2
    assert type(api.reads('{"owner": {"is": "Firm", "name": "n"}}').owner) is models.Firm


def test_an_amount_in_a_variant_is_exact(api: Api) -> None:
    got = api.reads(f'{{"pets": [{{"kind": "cat", "friend": {{"kind": "dog", "price": {AMOUNT}}}}}]}}')
    assert got.pets[0].friend.price == Decimal(AMOUNT)


def test_what_is_of_no_variant_is_a_plain_value_that_no_repr_shows(api: Api) -> None:
    got = api.reads('{"pet": {"kind": "fish", "code": "SECRET-1", "n": 1.5}, "shape": "SECRET-2"}')
    assert (got.pet["code"], got.pet["n"], got.shape) == ("SECRET-1", 1.5, "SECRET-2")
    assert "SECRET" not in repr(got)


def test_further_properties_are_read_and_masked(api: Api) -> None:
    models = api.models
    got = api.reads('{"labels": {"name": "n", "a": {"kind": "cat"}}, "patterned": {"id": "i", "x-b": 42424242}}')
    assert type(got.labels.additional_properties_["a"]) is models.Cat
    assert got.patterned.additional_properties == {"x-b": 42424242}
    assert "42424242" not in repr(got)


def test_what_no_model_took_is_reachable_and_masked(api: Api) -> None:
    answer = api.raw(
        '{"pets": [{"kind": "dog"}, {"kind": "cat", "new": "SECRET-3", "born": "SECRET-4"}], "labels": {"name": "n",'
        '"x": {"kind": "cat", "a/b": 1}}, "patterned": {"x-y": 1}, "also": {"deep": "SECRET-5"}, "limit": 3}'
    )
    assert answer.unknown == {
        "/pets/1/new": "SECRET-3",
        "/pets/1/born": "SECRET-4",
        "/labels/x/a~1b": 1,
        "/also": {"deep": "SECRET-5"},
    }
    assert "SECRET" not in f"{answer!r}{answer.unknown!r}"


HELD = """{"code": {"id": "1", "code": "SECRET-1"}, "secrets": ["SECRET-2"], "vault": {"a": ["SECRET-3"]},
"either": "SECRET-4", "holder": "SECRET-5", "labels": {"name": "n", "l": {"kind": "SECRET-6"}},
"pet": {"kind": "fish", "code": "SECRET-7"}, "shape": "SECRET-8"}"""


def test_secrets_are_written_on_demand_only(api: Api) -> None:
    got = api.reads(HELD)
    assert got.to_dict(secrets=True) == json.loads(HELD)
    assert (
        json.loads(got.to_json())
        == got.to_dict()
        == {
            "code": {"id": "1", "code": "********"},
            "secrets": ["********"],
            "vault": {"a": ["********"]},
            "either": "********",
            "holder": "********",
            "labels": {"name": "n", "l": {"kind": "********"}},
            "pet": {"kind": "********", "code": "********"},
            "shape": "********",
        }
    )
    assert "SECRET" not in repr(got)


def test_a_command_shows_what_is_within_a_result_as_json(api: Api, tmp_path: Path) -> None:
    held = {"timed": {"expires": 1, "property": 2.5, "more": "x"}, "code": {"code": "C0DE"}, "vault": {"a": ["s"]}}
    (tmp_path / "body.json").write_text(json.dumps(held))
    done = api.command("echo", "--body-file", "body.json", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    told = {name: value for name, value in json.loads(done.stdout).items() if value is not None}
    assert told == {**held, "timed": {"expires": 1, "property_": 2.5, "more": "x"}}


def test_what_is_masked_is_not_read(api: Api) -> None:
    kind, given = api.models.Everything, {"only": "SECRET", "vault": {"a": ["x", "********"]}}
    for read, masked in ((kind.from_dict, given), (kind.from_json, json.dumps(given))):
        with pytest.raises(ValueError, match=r"^Everything: \$\.vault\.a\[1\] is masked, .*secrets=True") as caught:
            read(masked)
        assert "SECRET" not in "".join(repr(frame.frame.f_locals) for frame in caught.traceback[1:])


@pytest.mark.parametrize(
    "given", [{"limit": "SECRET"}, {"pets": "SECRET"}, ["SECRET"], "SECRET", {"limit": float("nan")}]
)
def test_what_does_not_describe_a_model_is_refused_without_its_values(api: Api, given: Any) -> None:
    with pytest.raises(ValueError, match=r"^Everything: .") as caught:
        api.models.Everything.from_dict(given)
    assert "SECRET" not in str(caught.value)
    with pytest.raises(ValueError, match=r"^Everything: .") as caught:
        api.models.Everything.from_json(str(given))
    assert "SECRET" not in str(caught.value)


def test_a_model_does_not_change(api: Api) -> None:
    got = api.models.Dog(kind="dog", bark=1.5)
    with pytest.raises(AttributeError) as caught:
        got.kind = "SECRET"
    assert (got.kind, "SECRET" in str(caught.value)) == ("dog", False)
    assert hash(got) == hash(api.models.Dog(kind="dog", bark=1.5))


def test_null_can_be_sent_apart_from_nothing(api: Api) -> None:
    models = api.models
    nothing = models.Everything(note=models.NULL)
    assert api.sends(nothing) == nothing.to_dict() == {"note": None}
    assert api.sends(models.Everything()) == {}
    assert api.reads('{"note": null}').note is None


def test_a_time_that_is_none_costs_no_answer(api: Api) -> None:
    got = api.reads('{"when": "", "day": "soon", "pet": {"kind": "cat", "born": ""}, "level": 1}')
    assert (got.when, got.day, got.pet.born, got.level) == (None, None, None, 1)
    assert type(got.pet) is api.models.Cat


COUNTS = {
    "to the millisecond": ("1727417154001", ("2024-09-27", "06:05:54.001000")),
    "before the epoch": ("-1", ("1969-12-31", "23:59:59.999000")),
    "the last": ("253402300799999", ("9999-12-31", "23:59:59.999000")),
    "after the last": ("253402300800000", None),
    "before the first": ("-62135596800001", None),
    "for ever": (str(2**63 - 1), None),
}


@pytest.mark.parametrize(("count", "moment"), COUNTS.values(), ids=COUNTS.keys())
def test_a_count_is_a_moment_in_utc_or_none(api: Api, count: str, moment: tuple[str, str] | None) -> None:
    timed = api.models.Timed.from_json(f'{{"expires": {count}, "seen": "{count}000000", "property": {count}e-3}}')
    told = None if moment is None else "T".join(moment) + "+00:00"
    for found in (timed.expires_at, timed.seen_at, timed.sold_at):
        assert (None if found is None else found.isoformat(timespec="microseconds")) == told
    assert timed.to_dict()["expires"] == int(count)


@pytest.mark.parametrize("seen", ["soon", "", "NaN", "-Infinity", "1e999999999", None])
def test_what_counts_nothing_is_no_moment(api: Api, seen: str | None) -> None:
    timed = api.models.Timed(expires=0, seen=seen)
    assert (timed.seen_at, timed.expires_at.year, timed.seen, timed.sold_at) == (None, 1970, seen, None)


def test_each_direction_has_its_own_properties(api: Api) -> None:
    models = api.models
    assert api.sends(models.Everything(code=models.Locked(code="C0DE", password="p"))) == {
        "code": {"code": "C0DE", "password": "p"}
    }
    got = api.reads('{"code": {"id": "1", "code": "C0DE-9"}}')
    assert (got.code.id, got.code.password) == ("1", None)
    assert "C0DE-9" not in repr(got)
