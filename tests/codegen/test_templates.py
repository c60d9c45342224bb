"""Templates of a project's own: what stands in for the generator's, what is refused, and what an upgrade changes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.emit.context_page import PAGE, render
from codegen.emit.overrides import ORIGINAL

ROOT = Path(__file__).parent.parent.parent
TEMPLATES = ROOT / "codegen" / "templates"
MARK = "# of our own\n"
SETTINGS = """[tool.codegen]
spec = "spec.yaml"
package = "things"
templates = "own"
async = false
"""
SPEC = """openapi: 3.1.0
info: {title: Things, version: '1'}
paths:
  /thing:
    get:
      operationId: getThing
      responses:
        '200': {description: It., content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}
components:
  schemas:
    Thing: {type: object, properties: {name: {type: string}}}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that has a folder of templates, with nothing in it yet."""
    (tmp_path / "spec.yaml").write_text(SPEC)
    (tmp_path / "codegen.toml").write_text(SETTINGS)
    (tmp_path / "own").mkdir()
    return tmp_path


@pytest.fixture
def untried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is not about the package that comes of it: the trial of each takes longer than all else."""
    monkeypatch.setenv("SDK_CODEGEN_UNTRIED", "1")


@pytest.fixture
def run(codegen, project: Path) -> Callable[..., tuple[int, str, str]]:
    def run(command: str, *arguments: str) -> tuple[int, str, str]:
        done = codegen(command, *arguments, "--config", "codegen.toml", cwd=project)
        return done.returncode, done.stdout, done.stderr

    return run


def written(project: Path, name: str) -> str:
    return (project / "generated" / "things" / name).read_text(encoding="utf-8")


def add(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def test_the_page_is_what_the_code_renders() -> None:
    assert PAGE.read_text(encoding="utf-8") == render(), "run: python -m codegen.emit.context_page"


@pytest.mark.usefixtures("untried")
def test_a_template_stands_in_for_the_generators_own(run, project: Path) -> None:
    assert run("generate")[0] == 0
    before = {path: path.read_bytes() for path in (project / "generated").rglob("*") if path.is_file()}
    assert run("templates", "copy", "errors.py.jinja", "macros/client.jinja", "models/msgspec.jinja2")[0] == 0
    assert run("check") == (0, "", "")  # copies, not yet changed, are as good as what they were copied from
    add(project / "own", "errors.py.jinja", "{{ api.title | expression }}  # {{ settings.package }}\n")
    client = project / "own" / "macros" / "client.jinja"
    client.write_text(client.read_text(encoding="utf-8").replace("SERVERS = ", f"{MARK}SERVERS = "), encoding="utf-8")
    add(project / "own", "models/msgspec.jinja2", "    # one of {{ fields | length }}\n")
    status, _, said = run("check")
    assert (status, "is not what its inputs give" in said) == (1, True)  # what was remembered of before does not count
    assert run("generate")[0] == 0
    changed = {path.name for path, text in before.items() if path.read_bytes() != text}
    assert changed == {"errors.py", "client.py", "models.py"}
    assert written(project, "errors.py").endswith("# things\n")
    assert MARK in written(project, "client.py")
    assert "# one of " in written(project, "models.py")


def test_what_the_call_says_goes_before_the_settings(run, project: Path) -> None:
    run("templates", "copy", "errors.py.jinja", "--templates", "other")
    add(project / "other", "errors.py.jinja", MARK)
    (project / "other" / ".notes").write_text("hidden files are nobody's business")
    assert run("generate", "--templates", "other")[0] == 0
    assert written(project, "errors.py").endswith(MARK)


@pytest.mark.usefixtures("untried")
def test_an_upgrade_tells_what_changed_and_takes_it_in(run, project: Path) -> None:
    run("templates", "copy", "errors.py.jinja", "cli.py.jinja")
    add(project / "own", "errors.py.jinja", MARK)
    for path in (project / "own" / "errors.py.jinja", project / "own" / f"errors.py.jinja{ORIGINAL}"):
        path.write_text(path.read_text().replace("The errors to catch.", "The errors that may be caught."))
    status, out, said = run("generate")
    assert status == 0
    assert said == (
        "codegen: warning: own/errors.py.jinja: its original has changed since it was copied; "
        "the command 'templates' shows how\n"
    )
    assert "The errors that may be caught." in written(project, "errors.py")
    status, out, _ = run("templates")
    assert status == 1
    assert "cli.py.jinja: overridden by own/cli.py.jinja\nclient.py.jinja\n" in out
    assert '-"""The errors that may be caught.' in out
    assert '+"""The errors to catch.' in out
    assert run("templates", "merge") == (0, "own/errors.py.jinja: merged\n", "")
    merged = (TEMPLATES / "errors.py.jinja").read_text() + MARK
    assert (project / "own" / "errors.py.jinja").read_text() == merged
    assert run("templates")[0] == 0
    assert run("generate")[2] == ""


def test_a_conflict_is_left_to_a_person(run, project: Path) -> None:
    run("templates", "copy", "errors.py.jinja")
    for name, says in ((f"errors.py.jinja{ORIGINAL}", "The errors of then."), ("errors.py.jinja", "Our errors.")):
        path = project / "own" / name
        path.write_text(path.read_text().replace("The errors to catch.", says))
    status, out, _ = run("templates", "merge", "errors.py.jinja")
    assert (status, out) == (1, "own/errors.py.jinja: merged, with conflicts to resolve\n")
    text = (project / "own" / "errors.py.jinja").read_text()
    assert all(said in text for said in ("<<<<<<< yours", "Our errors.", "The errors of then.", "The errors to catch."))
    assert run("generate")[0] == 2  # no package is written with the marks of a conflict in it


@pytest.mark.usefixtures("untried")
@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("errors.py.jinja", "{{ nope", "own/errors.py.jinja:2: the template fails: TemplateSyntaxError: "),
        (
            "errors.py.jinja",
            "\n{{ nope }}",
            "own/errors.py.jinja:3: the template fails: UndefinedError: 'nope' is undef",
        ),
        ("macros/raw.jinja", "{% macro raw() %}{% endmacro %}", "raw.py.jinja:2: the template fails: TypeError: "),
        ("models/msgspec.jinja2", "{{ nope.name }}", "own/models/msgspec.jinja2:2: the template fails: UndefinedError"),
        ("errors.py.jinja", "x y", "is a fault of the templates errors.py.jinja, which are overridden"),
    ],
)
def test_a_template_that_fails_says_where(run, project: Path, name: str, text: str, message: str) -> None:
    run("templates", "copy", name)
    (project / "own" / name).write_text(f"{{# ours #}}\n{text}\n")
    status, out, said = run("generate")
    assert (status, out) == (2, "")
    assert message in said
    assert "Traceback" not in said
    assert not (project / "generated").exists()


@pytest.mark.usefixtures("untried")
@pytest.mark.parametrize(
    ("files", "message"),
    [
        (("error.py.jinja",), "has no template 'error.py.jinja'; errors.py.jinja may be meant"),
        (("client.jinja",), "own/client.jinja: overrides nothing"),
        (("errors.py.jinja",), "own/errors.py.jinja: has no errors.py.jinja.original beside it"),
        (("errors.py.jinja.original",), "is an original without a template copied from it; delete it"),
    ],
)
def test_what_stands_in_for_nothing_is_refused(run, project: Path, files: tuple[str, ...], message: str) -> None:
    for name in files:
        (project / "own" / name).write_text("x")
    status, _, said = run("generate")
    assert (status, message in said) == (2, True)
    assert not (project / "generated").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("copy",), "say which templates to copy"),
        (("list", "cli.py.jinja"), "'list' takes no names"),
        (("copy", "../errors.py"), "the generator has no template '../errors.py'; it has __init__.py.jinja, "),
        (("copy", "cli.py.jinja", "errors.py.jinja"), "own/cli.py.jinja: is there already; nothing was copied"),
        (("merge", "errors.py.jinja"), "own: has no template 'errors.py.jinja'"),
        (
            ("list", "--templates", "gone"),
            "gone: is no folder of templates; make one with the command 'templates copy'",
        ),
    ],
)
def test_a_wrong_call_says_so_and_changes_nothing(run, project: Path, arguments: tuple[str, ...], message: str) -> None:
    run("templates", "copy", "cli.py.jinja")
    before = sorted((project / "own").iterdir())
    status, out, said = run("templates", *arguments)
    assert (status, out) == (2, "")
    assert message in said
    assert sorted((project / "own").iterdir()) == before
