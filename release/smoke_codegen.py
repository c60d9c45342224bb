"""Use the installed generator once: run by the python of an environment that has nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib import import_module
from importlib.metadata import version as installed
from pathlib import Path

DOCUMENT: Mapping[str, object] = {
    "openapi": "3.1.0",
    "info": {"title": "Smoke", "version": "1"},
    "servers": [{"url": "http://127.0.0.1"}],
    "paths": {
        "/fires": {
            "get": {
                "operationId": "countFires",
                "security": [{"key": []}],
                "responses": {
                    "200": {
                        "description": "How many there are.",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Fires"}}},
                    }
                },
            }
        }
    },
    "components": {
        "schemas": {"Fires": {"type": "object", "properties": {"count": {"type": "integer"}}, "required": ["count"]}},
        "securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}},
    },
}


class Handler(BaseHTTPRequestHandler):
    """Answers whoever has the key."""

    def do_GET(self) -> None:
        """Tell how many fires there are."""
        body = b'{"count": 3}'
        self.send_response(200 if self.headers["X-Key"] == "open" else 401)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class calls it so
        """Say nothing."""


def main(version: str) -> None:
    """Generate an SDK of a small document by the command, import it and make a call."""
    if installed("signed-sdk-codegen") != version:
        sys.exit(f"the generator says that it is {installed('signed-sdk-codegen')}, not {version}")
    folder = Path("generated-by-the-smoke-test")
    folder.mkdir()
    (folder / "smoke.json").write_text(json.dumps(DOCUMENT), encoding="utf-8")
    command = str(Path(sys.executable).with_name("sdk-codegen"))
    arguments = ["generate", "--spec", str(folder / "smoke.json"), "--package", "smoke", "--out", str(folder)]
    subprocess.run([command, *arguments], check=True)
    sys.path.insert(0, str(folder))
    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        with import_module("smoke").SmokeClient(key="open", base_url=url) as client:
            if client.count_fires().count != 3:
                sys.exit("another number of fires was answered")
        server.shutdown()


if __name__ == "__main__":
    main(sys.argv[1])
