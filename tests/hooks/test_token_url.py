"""Where tokens are had: what the document says, if it says one place."""

from __future__ import annotations

import importlib
import json

import pytest

from codegen.cli import main
from codegen.pipeline import generate, read
from codegen.runtime.core.errors import ArgumentError
from codegen.runtime.sync.oauth2 import OAuth2
from codegen.settings import Options
from codegen.settings import read as settings_of
from tests.hooks.conftest import HERE
from tests.hooks.test_tokens import server  # noqa: F401 - a fixture of theirs

TOKENS = read(HERE / "tokens.yaml", [], "refuse")[0].tree


def flows(**urls: str) -> dict[str, object]:
    said = {kind: {"tokenUrl": url, "scopes": {}} for kind, url in urls.items()}
    for kind in said.keys() & {"authorizationCode"}:
        said[kind]["authorizationUrl"] = "https://id.example/ask"
    return {"type": "oauth2", "flows": said}


@pytest.mark.parametrize(
    ("schemes", "address", "url"),
    [
        (
            {"a": flows(authorizationCode="https://id.example/code", clientCredentials="https://id.example/own")},
            "/",
            "https://id.example/own",
        ),
        ({"a": flows(authorizationCode="https://id.example/code")}, "/", "https://id.example/code"),
        ({"a": flows(clientCredentials="/oauth/token")}, "https://api.example/v1", "https://api.example/oauth/token"),
        ({"a": flows(clientCredentials="/oauth/token")}, "/v1", None),
        ({"a": flows(clientCredentials="/oauth/token")}, "https://{tenant}.example", None),
        ({"a": flows(clientCredentials="https://a/t"), "b": flows(clientCredentials="https://b/t")}, "/", None),
    ],
)
def test_the_document_says_where(tmp_path, schemes, address, url) -> None:
    variables = {"variables": {"tenant": {"default": "t"}}} if "{" in address else {}
    spec, config = tmp_path / "spec.json", tmp_path / "settings.toml"
    spec.write_text(
        json.dumps(
            {
                **TOKENS,
                "servers": [{"url": address, **variables}],
                "security": [{name: []} for name in schemes],
                "components": {"securitySchemes": schemes},
            }
        )
    )
    config.write_text("[tool.codegen]\n", encoding="utf-8")
    settings = settings_of(Options(config=config, spec=spec, package="p"))
    tree, _ = generate(read(spec, [], "refuse")[0], settings)
    assert ("oauth2.py" in tree) == (url is not None)
    assert url is None or f'_usual: ClassVar[str | None] = "{url}"' in tree["oauth2.py"]
    assert "OAuth2" in tree["__init__.py"]


def test_a_client_asks_there(tmp_path, server, monkeypatch) -> None:  # noqa: F811
    spec, out = tmp_path / "spec.json", tmp_path / "out"
    said = {"securitySchemes": {"bearer": flows(clientCredentials=f"{server.url}/token")}}
    spec.write_text(json.dumps({**TOKENS, "components": said}))
    (tmp_path / "settings.toml").write_text("[tool.codegen]\n", encoding="utf-8")
    options = ["--config", tmp_path / "settings.toml", "--spec", spec, "--package", "tokens_at", "--out", out]
    assert main(["generate", *map(str, options)]) == 0
    monkeypatch.syspath_prepend(out)
    package = importlib.import_module("tokens_at")
    with package.TokensAtClient(bearer=package.OAuth2("id", "secret"), base_url=server.url) as client:
        client.list_things()
    assert (len(server.asked), server.called) == (1, ["t1"])


def test_a_place_has_to_be_known() -> None:
    with pytest.raises(ArgumentError, match="token_url must be a URL; the document names none"):
        OAuth2("id", "secret")
