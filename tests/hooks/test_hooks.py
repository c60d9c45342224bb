"""Signing hooks of a team's own: what they see, what they may add, and what is said of those that cannot be used."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import re
import sys
import traceback

import pytest

from codegen import trial
from codegen.cli import main
from codegen.errors import InputError
from codegen.pipeline import generate, read
from codegen.settings import Options
from codegen.settings import read as settings_of
from tests.hooks.conftest import HERE
from tests.waits import LONGEST_S

NOW = 1_700_000_000_123


@pytest.fixture
def package(package_of):
    return package_of("hooks", f'mine = "{HERE}/acme_hook.py:AcmeHook"')


@pytest.fixture
def client_of(package, recorder):
    made = []

    def client(**given):
        given = {"secret": "the-secret", "key": "the-key", "clock": lambda: NOW, **given}
        made.append(package.HooksClient(**given, base_url=f"{recorder.url}/v1"))
        return made[-1]

    yield client
    for one in made:
        one.close()


def test_it_sees_what_goes_out_after_the_keys(client_of, last, recorder) -> None:
    client_of(region="us").send_thing(id="ä", q="a b", body={"a": 1})
    host = recorder.url.removeprefix("http://")
    seen = ["POST", "http", host, host.partition(":")[2], "/v1/things/%C3%A4?q=a%20b", "send_thing", "(('q', 'a b'),)"]
    seen += ["the-key", "{'x-acme-scope': ['things', 'write']}", str(NOW), "us", '{"a":1}']
    assert last().header("x-acme") == hmac.new(b"the-secret", "\n".join(seen).encode(), hashlib.sha256).hexdigest()
    assert last().target == f"/v1/things/%C3%A4?q=a%20b&at={NOW}"
    assert last().header("x-key") == "the-key"


def test_it_adds_to_a_form(client_of, last) -> None:
    client_of(extra="form").form_thing(a="1")
    assert last().body == b"a=1&a=b"


def test_each_attempt_is_signed_and_its_end_is_known(client_of, recorder) -> None:
    recorder.reply("500 Sorry", "the-secret said no")
    now = iter(range(NOW, NOW + 100, 10))
    with pytest.raises(Exception, match="send_thing") as raised:
        client_of(clock=lambda: next(now)).send_thing(id="1", body={})
    assert "the-secret" not in str(raised.value)
    assert raised.value.settled_after.timestamp() * 1000 >= NOW + 1000


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        ("raise", "the hook AcmeHook failed: RuntimeError"),
        ("hang", "the hook AcmeHook failed: TimeoutError"),
        ("give", "the hook AcmeHook gave str; a hook adds to the request, and gives nothing"),
        ("host", "it adds the header Host, which is there already"),
        ("twice", "it adds the header x-KEY, which is there already"),
        ("lines", "it gives the header X-Line what is no printable ASCII text"),
        ("form", "it adds to the form of a request that cannot have one"),
    ],
)
def test_what_it_does_wrong_is_one_error_and_nothing_is_sent(call_of, recorder, package, extra, message) -> None:
    seconds = 0.3 if extra == "hang" else LONGEST_S
    given = {"secret": "the-secret", "key": "the-key", "extra": extra, "timeout": seconds, "base_url": recorder.url}
    with pytest.raises(package.errors.SigningError, match=re.escape(message)) as raised:
        call_of(package, "Hooks", "send_thing", {"id": "1", "body": {}}, **given)
    assert recorder.requests == []
    assert raised.value.executed == "no"
    assert "the-secret" not in str(raised.value)


@pytest.mark.parametrize(
    ("client", "extra", "message"),
    [
        ("WaitingClient", None, "the hook AsyncHook gave coroutine"),
        ("AsyncWaitingClient", "raise", "the hook AsyncHook failed: RuntimeError"),
        ("AsyncWaitingClient", "hang", "the hook AsyncHook failed: TimeoutError"),
        ("AsyncWaitingClient", "give", "the hook AsyncHook gave str"),
    ],
)
def test_so_is_what_an_async_hook_does_wrong(package_of, recorder, client, extra, message) -> None:
    package = package_of("hooks", f'mine = "{HERE}/acme_hook.py:AsyncHook"', "waiting")
    seconds = 0.3 if extra == "hang" else LONGEST_S
    given = {"secret": "the-secret", "key": "the-key", "extra": extra, "timeout": seconds, "base_url": recorder.url}
    made = getattr(package, client)(**given)

    async def call() -> None:
        await made.send_thing(id="1", body={})

    with pytest.raises(package.errors.SigningError, match=re.escape(message)) as raised:
        made.send_thing(id="1", body={}) if client == "WaitingClient" else asyncio.run(call())
    assert (recorder.requests, raised.value.executed) == ([], "no")
    assert "the-secret" not in str(raised.value)


def test_a_constructor_that_refuses_is_an_argument_error(client_of, package) -> None:
    with pytest.raises(package.errors.ArgumentError, match="secret: AcmeHook refuses it: ValueError") as raised:
        client_of(secret="refused")
    frames = traceback.TracebackException.from_exception(raised.value, capture_locals=True).stack
    hooks = [frame for frame in frames if frame.filename.endswith("own_hook.py")]
    assert hooks
    assert "'refused'" not in str([frame.locals for frame in hooks])


def test_what_is_missing_is_named(client_of, package) -> None:
    with pytest.raises(package.errors.ArgumentError, match="needs secret"):
        client_of(secret=None).send_thing(id="1", body={})


def test_the_environment_gives_its_arguments(package, monkeypatch) -> None:
    for name, value in {"SECRET": "s", "REGION": "us", "WAYS": "3", "IS_LOUD": "1", "KEY": "k"}.items():
        monkeypatch.setenv(f"HOOKS_{name}", value)
    with package.HooksClient.from_env() as client:
        hook = client._core.credentials["mine"]._hook
        assert (hook.secret, hook.region, hook.ways) == ("s", "us", 3)
    monkeypatch.setenv("HOOKS_WAYS", "many")
    with pytest.raises(package.errors.ArgumentError, match="HOOKS_WAYS must be a number"):
        package.HooksClient.from_env()


def test_the_async_client_takes_it_as_well(package, recorder, last) -> None:
    async def call() -> None:
        async with package.AsyncHooksClient(secret="s", key="k", base_url=recorder.url) as client:
            await client.send_thing(id="1", body={})

    asyncio.run(call())
    assert last().header("x-acme")


def settings_for(tmp_path, hook: str):
    config = tmp_path / "settings.toml"
    config.write_text(f'[tool.codegen.security]\nmine = "{hook}"\n', encoding="utf-8")
    return settings_of(Options(config=config, spec=HERE / "hooks.yaml", package="p"))


def test_a_module_is_imported_and_not_copied(tmp_path, monkeypatch) -> None:
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme" / "__init__.py").write_text("raise AssertionError('imported')\n")
    (tmp_path / "acme" / "signing.py").write_text((HERE / "acme_hook.py").read_text())
    monkeypatch.syspath_prepend(tmp_path)
    tree, _ = generate(read(HERE / "hooks.yaml", [], "refuse")[0], settings_for(tmp_path, "acme.signing:AsyncHook"))
    assert "from acme.signing import AsyncHook as _signing_AsyncHook" in tree["client.py"]
    assert not [path for path in tree if path.startswith("_hooks")]
    assert "acme" not in sys.modules


def test_a_hook_that_hangs_where_it_is_imported_ends_the_trial(tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(trial, "_LONGEST_S", 1.0)
    (tmp_path / "hook.py").write_text(f"{FINE}import time\ntime.sleep(600)\n", encoding="utf-8")
    settings_for(tmp_path, "hook.py:Hook")
    options = [
        "--config",
        tmp_path / "settings.toml",
        "--spec",
        HERE / "hooks.yaml",
        "--package",
        "p",
        "--out",
        tmp_path,
    ]
    assert main(["generate", *map(str, options)]) == 2
    assert "the trial did not end within 1 s: something waits where it is imported" in capsys.readouterr().err
    assert not (tmp_path / "p").exists()


FINE = "class Hook:\n    def sign(self, request): pass\n"


@pytest.mark.parametrize(
    ("hook", "source", "message"),
    [
        ("hook.py:Hook", None, "cannot be read: No such file or directory"),
        ("hook.py:Hook", "class Hook(:", "is no Python"),
        ("hook.py:Hook", "class Other: pass", "has no class Hook"),
        ("hook.py:Hook", "class Hook: pass", "needs a method sign(self, request)"),
        ("hook.py:Hook", "class Hook:\n    def sign(self): pass\n", "needs a method sign(self, request)"),
        ("hook.py:Hook", f"x = {'-' * 90_000}1\n{FINE}", "is no Python: "),
        (
            "hook.py:Hook",
            "class Hook:\n    @staticmethod\n    def sign(a, b): pass\n",
            "needs a method sign(self, request)",
        ),
        ("hook.py:Hook", "class Hook:\n    def sign(self, request): yield\n", "needs a method sign(self, request)"),
        ("hook.py:Hook", f"{FINE}class Hook: pass\n", "needs a method sign(self, request)"),
        ("hook.py:Hook", f"{FINE}    def __init__(): pass\n", "needs an __init__(self, …)"),
        ("hook.py:Hook", f"{FINE}    async def __init__(self): pass\n", "needs an __init__(self, …)"),
        ("hook.py:Hook", f"import dataclasses\n@dataclasses.dataclass\n{FINE}", "needs an __init__ of its own"),
        ("hook.py:Hook", f"{FINE}    def __init__(self, **given): pass\n", "has an __init__ with *, ** or /"),
        ("hook.py:Hook", f"from .other import thing\n{FINE}", "imports its neighbours"),
        ("my-hook.py:Hook", FINE, "has a file name that is no name of a module"),
        ("no_such_module.signing:Hook", None, "is no module with Python source here"),
        ("hook", None, "there is no hook 'hook'"),
    ],
)
def test_a_hook_that_cannot_be_used_is_refused(tmp_path, hook, source, message) -> None:
    if source is not None:
        (tmp_path / hook.partition(":")[0]).write_text(source, encoding="utf-8")
    with pytest.raises(InputError) as raised:
        generate(read(HERE / "hooks.yaml", [], "refuse")[0], settings_for(tmp_path, hook))
    assert message in str(raised.value)
