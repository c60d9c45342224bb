"""The stages, one after the other: ``load → overlay → check → lower → models → render → format → tree``."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from codegen import memo
from codegen.errors import bounded
from codegen.read.load import Document
from codegen.read.own_hooks import own_hook
from codegen.settings import Settings


def build(settings: Settings) -> tuple[dict[str, str], list[str]]:
    """The whole package as ``{path: text}``, and what should be warned of.

    Raises:
        InputError: An input is wrong.
    """
    known = memo.recall(settings)
    if known is not None:
        return known
    from codegen.trial import prove

    document, warnings = read(settings.spec, settings.overlays, settings.schema_check)
    tree, more = generate(document, settings)
    prove(tree, settings, document)
    remember(document, settings, tree, warnings + more)
    return tree, warnings + more


def remember(document: Document, settings: Settings, tree: Mapping[str, str], warnings: list[str]) -> None:
    """Keep what `build` gives for the document, so that it need not be worked out again."""
    own = [hook.path for said in settings.security.values() if (hook := own_hook(said, settings.base)) is not None]
    memo.remember(settings, [*document.sources, *settings.overlays, *own], dict(tree), warnings)


def read(
    spec: Path, overlays: Sequence[Path], schema_check: str, *, strict: bool = True, published: bool = False
) -> tuple[Document, list[str]]:
    """The document as it takes effect: loaded, overlaid and checked; and warnings.

    Unless `strict`, an overlay's action that matches nothing is passed over. What is wrong with a document that is
    `published` is warned of.
    """
    from codegen.read.check import check

    document = load(spec, overlays, strict=strict)
    with bounded(spec):
        breaches = check(document, schema_check=schema_check, published=published)
    return document, [*breaches, *(f"{place}: {message}" for _, place, message in document.warnings)]


def load(spec: Path, overlays: Sequence[Path], *, strict: bool = True) -> Document:
    """The document with its overlays, not yet checked."""
    from codegen.read.links import link
    from codegen.read.load import load as load_file

    document = load_file(spec)
    if overlays:
        from codegen.read.overlay import overlay

        overlay(document, overlays, strict=strict)
    link(document)
    return document


def generate(document: Document, settings: Settings) -> tuple[dict[str, str], list[str]]:
    """The package that a checked document gives, and warnings."""
    from codegen.emit.format import format_sources
    from codegen.emit.headers import header
    from codegen.emit.models import models
    from codegen.emit.overrides import overrides
    from codegen.emit.overrides import warnings as outdated
    from codegen.emit.own_files import own_files
    from codegen.emit.render import render
    from codegen.emit.runtime import runtime
    from codegen.findings import located
    from codegen.lower.api import lower

    overridden = overrides(settings.templates)
    api = lower(document, settings)
    warnings = [*map(str, located(document, api.warnings)), *outdated(overridden)]
    with bounded(document.path):
        text = models(api, settings, overridden)
    digest = _digest([*document.sources, *settings.overlays])
    sources = {**render(api, settings, digest, overridden), "models.py": header(settings) + text}
    contract = {"openapi.json": json.dumps(document.tree, ensure_ascii=False, indent=1) + "\n"}
    modules = format_sources(sources, overridden)
    tree = {**modules, **runtime(modules, settings), **own_files(api, settings), **contract, "py.typed": ""}
    return dict(sorted(tree.items())), warnings


def with_version(tree: Mapping[str, str], version: str) -> dict[str, str]:
    """The same package as another version, which one line of it tells."""
    about = re.sub(r"^__version__ = .*$", f'__version__ = "{version}"', tree["_about.py"], flags=re.MULTILINE)
    return {**tree, "_about.py": about}


def _digest(files: Iterable[Path]) -> str:
    """One digest for the document and everything that was read with it."""
    total = hashlib.sha256()
    for file in files:
        total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()
