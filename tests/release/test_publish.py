"""Publishing to real indexes on loopback, which ask for a password."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

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
