"""Publishing to real indexes on loopback, which ask for a password."""

from __future__ import annotations

import ipaddress
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import certifi
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from codegen import __version__

Publish = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def publish(clone: Path, index, run) -> Publish:
    """Publishes the clone; whatever it says, the password is not in it."""

    def publish(**environment: str) -> subprocess.CompletedProcess[str]:
        done = run(sys.executable, "-m", "release.publish", cwd=clone, **{**index.environment, **environment})
        assert index.password not in done.stdout + done.stderr
        return done

    return publish


def test_what_is_published_can_be_installed_and_is_never_replaced(
    clone: Path, publish: Publish, git, run, index
) -> None:
    first = publish()
    assert first.returncode == 0, first.stderr
    assert first.stdout.count("uploaded binance_gift_card-0.1.0") == 2
    assert first.stdout.endswith("binance-gift-card 0.1.0 is installed from the index and works\n")

    again = publish(PUBLISH_INDEX_URL=index.simple_url)
    assert again.returncode == 0, again.stderr
    assert "binance-gift-card 0.1.0 is there already, with the same bytes: nothing is uploaded" in again.stdout

    (clone / "CHANGELOG.md").write_text("Something else.\n")
    git(clone, "commit", "--quiet", "--all", "--message", "Something else")
    other = publish()
    assert other.returncode == 1
    assert "the index has binance_gift_card-0.1.0.tar.gz with other bytes" in other.stderr
    assert "raise the version" in other.stderr
    assert "uploaded" not in other.stdout


def test_a_tag_of_the_sdk_is_refused_for_the_generator(clone: Path, run) -> None:
    done = run(sys.executable, "-m", "release.publish", "codegen", "--tag", f"v{__version__}", cwd=clone)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"the version asks for codegen-v{__version__}" in done.stderr


@pytest.mark.parametrize("index", ["pypiserver"], indirect=True)
def test_an_upload_that_was_interrupted_is_completed(clone: Path, publish: Publish, run, index, tmp_path: Path) -> None:
    dist = tmp_path / "dist"
    built = run(sys.executable, "-m", "release.build", "--out", dist, cwd=clone)
    assert built.returncode == 0, built.stderr
    (sdist,) = dist.glob("*.tar.gz")
    sent = run(sys.executable, "-m", "twine", "upload", "--non-interactive", sdist, cwd=tmp_path, **index.environment)
    assert sent.returncode == 0, sent.stdout + sent.stderr
    done = publish()
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("uploaded ") == 1
    assert "uploaded binance_gift_card-0.1.0-py3-none-any.whl" in done.stdout


def test_a_wrong_password_is_one_sentence(publish: Publish) -> None:
    done = publish(TWINE_PASSWORD="wr0ng-password")
    assert done.returncode == 2
    assert "refuse" in done.stderr
    assert "wr0ng-password" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"TWINE_USERNAME": "", "TWINE_PASSWORD": ""}, "set TWINE_USERNAME and TWINE_PASSWORD"),
        ({"TWINE_REPOSITORY_URL": "http://packages.example/"}, "TWINE_REPOSITORY_URL is not encrypted"),
        ({"TWINE_REPOSITORY_URL": "https://u:p@packages.example/"}, "must not hold credentials"),
        ({"TWINE_REPOSITORY_URL": "packages"}, "must be an http or https address"),
        ({"PUBLISH_INDEX_URL": "http://packages.example/"}, "PUBLISH_INDEX_URL is not encrypted"),
        ({"TWINE_REPOSITORY_URL": "http://127.0.0.1:1/"}, "the index cannot be reached"),
    ],
)
def test_a_wrong_call_is_refused(clone: Path, run, environment: dict[str, str], said: str) -> None:
    right = {"TWINE_REPOSITORY_URL": "https://packages.example/", "TWINE_USERNAME": "u", "TWINE_PASSWORD": "p"}
    done = run(sys.executable, "-m", "release.publish", cwd=clone, **{**right, **environment})
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_tree_that_is_not_committed_or_has_drifted_is_refused(clone: Path, run, git) -> None:
    access = {"TWINE_REPOSITORY_URL": "http://127.0.0.1:1/", "TWINE_USERNAME": "u", "TWINE_PASSWORD": "p"}
    (clone / "notes.txt").write_text("mine")
    dirty = run(sys.executable, "-m", "release.publish", cwd=clone, **access)
    assert dirty.returncode == 2
    assert "the work tree has changes (?? notes.txt, …): commit or remove them first" in dirty.stderr
    (clone / "notes.txt").unlink()
    with (clone / "generated/binance_gift_card/client.py").open("a") as stream:
        stream.write("# mine\n")
    git(clone, "commit", "--quiet", "--all", "--message", "An edit of what is generated")
    drifted = run(sys.executable, "-m", "release.publish", cwd=clone, **access)
    assert drifted.returncode == 2
    assert "is not what its inputs give" in drifted.stderr


@pytest.mark.parametrize("tag", ["v0.1.1", "0.1.0", ""])
def test_a_tag_that_is_not_the_version_is_refused(clone: Path, run, tag: str) -> None:
    done = run(sys.executable, "-m", "release.publish", "--tag", tag, cwd=clone)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"the tag is {tag}, and the version asks for v0.1.0" in done.stderr


@pytest.mark.parametrize("index", ["pypiserver"], indirect=True)
def test_a_wheel_that_does_not_work_is_never_uploaded(clone: Path, publish: Publish, git, index) -> None:
    with (clone / "sandbox/binance_gift_card_sandbox/__init__.py").open("a") as stream:
        stream.write('raise RuntimeError("it is broken")\n')
    git(clone, "commit", "--quiet", "--all", "--message", "Break it")
    done = publish()
    assert (done.returncode, done.stdout) == (2, "")
    assert "it is broken" in done.stderr
    assert not list((index.folder / "packages").iterdir())


TRUSTED = """
import base64, hashlib, io, json, pathlib
from wsgiref.simple_server import make_server
import pypiserver

def part(said):
    return base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")

packages = pathlib.Path("packages")
packages.mkdir()
digest = base64.b64encode(hashlib.sha1(b"minted-t0ken").digest()).decode()
pathlib.Path("users").write_text("__token__:{SHA}" + digest + chr(10))
index = pypiserver.app(roots=[packages], authenticate=["update"], password_file="users", disable_fallback=True)
identity = ".".join([part({}), part({"aud": "the-index"}), "signature"])

def serve(environ, start_response):
    size = int(environ.get("CONTENT_LENGTH") or 0)
    body = environ["wsgi.input"].read(size)
    environ["wsgi.input"] = io.BytesIO(body)
    path, status, told = environ["PATH_INFO"], "200 OK", None
    if path == "/_/oidc/audience":
        told = {"audience": "the-index"}
    elif path == "/host/identity":
        right = environ["HTTP_AUTHORIZATION"].lower() == "bearer of-the-job"
        told = {"value": identity if right and "audience=the-index" in environ["QUERY_STRING"] else "x"}
    elif path == "/_/oidc/mint-token":
        if json.loads(body) == {"token": identity} and not pathlib.Path("refuse").exists():
            told = {"token": "minted-t0ken"}
        else:
            status, told = "422 No", {"errors": [{"code": "invalid-publisher", "description": "no"}]}
    if told is None:
        if b'name="attestations"' in body:
            pathlib.Path("attested").write_text(str(body.count(b"an attestation")))
        return index(environ, start_response)
    start_response(status, [("Content-Type", "application/json")])
    return [json.dumps(told).encode()]

with make_server("127.0.0.1", 0, serve) as server:
    print(server.server_port, flush=True)
    server.serve_forever()
"""


@pytest.fixture
def trusting(tmp_path: Path) -> Iterator[str]:
    """The address of an index that exchanges a job's identity for a token, and of the host that gives it."""
    with (
        (tmp_path / "log").open("wb") as log,
        subprocess.Popen(
            [sys.executable, "-c", TRUSTED], cwd=tmp_path, stdout=subprocess.PIPE, stderr=log, text=True
        ) as server,
    ):
        assert server.stdout is not None
        yield f"http://127.0.0.1:{server.stdout.readline().strip()}/"
        server.kill()


def test_what_was_built_is_published_by_the_jobs_own_identity(clone: Path, run, trusting: str, tmp_path: Path) -> None:
    dist, publish = clone / "dist", (sys.executable, "-m", "release.publish", "--tag", "v0.1.0", "--built", "dist")
    job = {
        "TWINE_REPOSITORY_URL": trusting,
        "GITHUB_ACTIONS": "true",
        "ACTIONS_ID_TOKEN_REQUEST_URL": f"{trusting}host/identity?v=1",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "of-the-job",
    }
    missing = run(*publish, cwd=clone, **job)
    assert missing.returncode == 2
    assert "build it first" in missing.stderr
    assert run(sys.executable, "-m", "release.build", cwd=clone).returncode == 0
    (wheel,), (sdist,) = dist.glob("*.whl"), dist.glob("*.tar.gz")
    for file in (wheel, sdist):
        file.with_name(f"{file.name}.publish.attestation").write_text('{"it is": "an attestation"}')

    (tmp_path / "refuse").touch()
    refused = run(*publish, cwd=clone, **job)
    assert refused.returncode == 2
    assert refused.stderr == "release: trusted publishing: the index refuses this job (HTTP 422: invalid-publisher)\n"
    (tmp_path / "refuse").unlink()

    done = run(*publish, cwd=clone, **job)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("uploaded ") == 2
    assert f"the index serves {wheel.name}" in done.stdout
    assert (dist / "served" / wheel.name).read_bytes() == wheel.read_bytes()
    assert (tmp_path / "attested").read_text() == "1"
    assert "minted-t0ken" not in done.stdout + done.stderr


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for this machine that nobody else has signed, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "an index of our own")])
    now = datetime.now(timezone.utc)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, none = serialization.Encoding.PEM, serialization.NoEncryption()
    file = tmp_path / "certificate.pem"
    file.write_bytes(made.public_bytes(pem) + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, none))
    return file


SERVE = """
import pathlib, ssl, sys
from wsgiref.simple_server import make_server
import pypiserver
packages = pathlib.Path("packages")
packages.mkdir()
index = pypiserver.app(roots=[packages], authenticate=[], password_file=".", disable_fallback=True)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1])
with make_server("127.0.0.1", 0, index) as server:
    server.socket = context.wrap_socket(server.socket, server_side=True)
    print(server.server_port, flush=True)
    server.serve_forever()
"""


@pytest.fixture
def encrypted(tmp_path: Path, certificate: Path) -> Iterator[str]:
    """The address of an index that shows this certificate."""
    command = [sys.executable, "-c", SERVE, certificate]
    with (
        (tmp_path / "log").open("wb") as log,
        subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=log, text=True) as server,
    ):
        assert server.stdout is not None
        yield f"https://127.0.0.1:{server.stdout.readline().strip()}/"
        server.kill()


def test_the_certificates_named_for_the_index_come_before_those_for_everything(
    clone: Path, run, encrypted: str, certificate: Path
) -> None:
    everything = os.environ.get("REQUESTS_CA_BUNDLE", certifi.where())
    access = {"TWINE_REPOSITORY_URL": encrypted, "TWINE_USERNAME": "publisher", "TWINE_PASSWORD": "a-password"}
    publish = ("-m", "release.publish")
    unknown = run(sys.executable, *publish, cwd=clone, **access, REQUESTS_CA_BUNDLE=everything)
    assert (unknown.returncode, unknown.stderr) == (2, "release: the index cannot be reached: SSLError\n")
    trusted = {"TWINE_CERT": str(certificate), "REQUESTS_CA_BUNDLE": everything}
    done = run(sys.executable, *publish, cwd=clone, **access, **trusted)
    assert done.returncode == 0, done.stderr
