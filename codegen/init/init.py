"""Init: work out a whole repository, then put it in place as one."""

import datetime
import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from codegen import __version__, pipeline
from codegen.errors import InputError, name_folder
from codegen.init.answers import Answers, Given, ask, ask_spec
from codegen.init.calls import Call, calls
from codegen.init.credentials import identity
from codegen.init.place import put, refuse_others
from codegen.init.repository import repository
from codegen.init.signing import Action, journal_actions, signing_actions
from codegen.ir.api import Api
from codegen.lower.api import lower
from codegen.read.load import Document, load
from codegen.settings import Options, Settings, read
from codegen.update import received
from codegen.update.download import download, is_address, shown_address

_HOME = "openapi"
_OVERLAY = "overlay.yaml"


@dataclass(frozen=True)
class Created:
    """What was written."""

    files: list[str]
    warnings: list[str]
    calls: list[Call]
    """What its tests call."""


def init(folder: Path, given: Given, today: datetime.date) -> Created:
    """Make `folder` the repository of an SDK.

    Raises:
        InputError: Something else is in the folder, or what was said cannot be used. Nothing was written.
    """
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        document, origin = ask_spec(given, lambda spec: _received(spec, scratch))
        refuse_others(folder, document.sources)
        answers = ask(given, document.tree)
        actions = [
            *signing_actions(document.tree, answers.signing, answers.scheme),
            *journal_actions(document.tree, answers.journal),
        ]
        plan = _plan(document, answers, actions, scratch / "draft")
        about = received.block(document.path.name, origin, today.isoformat(), _digest(document))
        files = _joined(repository({**plan.context, "received": about}), _documents(document))
    return Created(put(folder, files), plan.warnings, plan.context["calls"])


def _received(spec: str, scratch: Path) -> tuple[Document, str]:
    """The document, and where it comes from."""
    if not is_address(spec):
        return load(Path(spec)), f"`{Path(spec).name}`"
    name_folder(scratch, shown_address(spec).rpartition("/")[0])
    return load(download(spec, scratch)), shown_address(spec)


def _joined(ours: dict[str, bytes], documents: dict[str, bytes]) -> dict[str, bytes]:
    both = sorted(ours.keys() & documents.keys())
    if both:
        raise InputError(f"the document must have another name: init itself writes {both[0]}")
    return {**documents, **ours}


def _documents(document: Document) -> dict[str, bytes]:
    """The document and the files that it names, where they go."""
    files = {document.path.name: document.path, **document.files}
    return {f"{_HOME}/{name}": path.read_bytes() for name, path in files.items()}


@dataclass(frozen=True)
class _Plan:
    context: dict[str, Any]
    """What the templates are told."""
    warnings: list[str]


def _plan(document: Document, answers: Answers, actions: list[Action], draft: Path) -> _Plan:
    """What the document gives with the overlay that is to be written."""
    (draft / _HOME).mkdir(parents=True)
    name_folder(draft, "")
    overlays = _overlay(actions, draft)
    settings = _settings(draft, document.path, overlays, answers.package)
    try:
        (effective, warnings), is_lenient = pipeline.read(settings.spec, overlays, "refuse"), False
    except InputError:  # what breaks OpenAPI's schema is warned of; anything else stops here too
        (effective, warnings), is_lenient = pipeline.read(settings.spec, overlays, "warn"), True
    api = lower(effective, settings)
    context = {
        "package": answers.package,
        "distribution": answers.distribution,
        "home": answers.home,
        "title": api.title,
        "spec": f"{_HOME}/{document.path.name}",
        "spec_name": document.path.name,
        "actions": actions,
        "is_lenient": is_lenient,
        "client": settings.client,
        "error": settings.error,
        "environment": settings.environment,
        "generator_version": __version__,
        **_tested(effective.tree, api),
    }
    return _Plan(context, warnings)


def _tested(tree: dict[str, Any], api: Api) -> dict[str, Any]:
    """What the tests are told."""
    known = identity(tree, api)
    found = calls(tree, api, known.schemes) if "" not in (known.arguments or {}).values() else []
    return {
        "identity": known,
        "calls": found,
        "journalled": any(operation.journal for operation in api.operations),
        "journalled_call": next((call for call in found if call.is_journalled), None),
        "example": next((call.method for call in reversed(found) if not call.arguments), None),
    }


def _overlay(actions: list[Action], draft: Path) -> tuple[Path, ...]:
    if not actions:
        return ()
    said = [{"target": action.target, "update": action.update} for action in actions]
    tree = {"overlay": "1.0.0", "info": {"title": "What is known", "version": "1"}, "actions": said}
    path = draft / _HOME / _OVERLAY
    path.write_text(yaml.safe_dump(tree, sort_keys=False), encoding="utf-8")
    return (path,)


def _settings(draft: Path, spec: Path, overlays: tuple[Path, ...], package: str) -> Settings:
    config = draft / "pyproject.toml"
    config.write_text("[tool.codegen]\n", encoding="utf-8")
    return read(Options(config=config, spec=spec, overlays=overlays, package=package))


def _digest(document: Document) -> str:
    return hashlib.sha256(document.path.read_bytes()).hexdigest()
