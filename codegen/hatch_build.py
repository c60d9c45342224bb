"""Gives every wheel its bill of materials: CycloneDX, in ``.dist-info/sboms``, the same for the same source.

The hook's setting `about` names the file of a generated package that says which document it was made of.
"""

from __future__ import annotations

import os
import re
import tempfile
import uuid
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from cyclonedx.factory.license import LicenseFactory
from cyclonedx.model import Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from packageurl import PackageURL
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

_EPOCH = "1580601600"  # what hatchling gives files that have no time of their own


class BuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Writes the bill before a wheel is built."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Lay the bill beside what goes into the wheel."""
        if version == "editable":
            return
        self._folder = tempfile.TemporaryDirectory()
        file = Path(self._folder.name) / f"{self.metadata.core.name}.cdx.json"
        about = self.config.get("about")
        digest = _spec_digest(Path(self.root, about)) if about else None
        file.write_text(_bill(self.metadata.core, self.metadata.version, digest), encoding="utf-8")
        build_data["sbom_files"].append(str(file))

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove the bill's own file again."""
        if hasattr(self, "_folder"):
            self._folder.cleanup()


def _bill(core: Any, version: str, spec_digest: str | None) -> str:
    bom = Bom(serial_number=uuid.uuid5(uuid.NAMESPACE_URL, f"pkg:pypi/{core.name}@{version}"))
    seconds = int(os.environ.get("SOURCE_DATE_EPOCH") or _EPOCH)
    bom.metadata.timestamp = datetime.fromtimestamp(seconds, timezone.utc)
    package = _package(core, version, spec_digest)
    bom.metadata.component = package
    components = [_component(*item) for item in _requirements(core).items()]
    bom.components.update(components)
    bom.register_dependency(package, components)
    text: str = JsonV1Dot6(bom).output_as_string(indent=2)
    return text + "\n"


def _package(core: Any, version: str, spec_digest: str | None) -> Component:
    return Component(
        name=core.name,
        version=version,
        type=ComponentType.LIBRARY,
        bom_ref=core.name,
        purl=PackageURL("pypi", None, canonicalize_name(core.name), version),
        licenses=[LicenseFactory().make_with_expression(core.license_expression)],
        description=core.description,
        properties=[Property(name="spec:sha256", value=spec_digest)] if spec_digest else [],
    )


def _spec_digest(about: Path) -> str:
    """The digest of the document that a generated package was made of, as its `_about.py` says it."""
    digest = re.search(r'SPEC_DIGEST = "([0-9a-f]{64})"', about.read_text(encoding="utf-8"))
    if digest is None:
        raise ValueError(f"{about} does not say the digest of the document")
    return digest.group(1)


def _requirements(core: Any) -> dict[str, list[tuple[Requirement, str]]]:
    """Each package that is needed, with every statement of it and the extra that makes it; "" for every install."""
    stated: dict[str, list[tuple[Requirement, str]]] = {}
    for extra, requirements in {"": core.dependencies, **core.optional_dependencies}.items():
        for requirement in map(Requirement, requirements):
            stated.setdefault(canonicalize_name(requirement.name), []).append((requirement, extra))
    return stated


def _component(name: str, stated: list[tuple[Requirement, str]]) -> Component:
    properties = [
        Property(name=f"python:requires[{extra}]" if extra else "python:requires", value=_range(requirement))
        for requirement, extra in stated
    ]
    return Component(
        name=name,
        type=ComponentType.LIBRARY,
        bom_ref=name,
        purl=PackageURL("pypi", None, name),
        properties=properties,
    )


def _range(requirement: Requirement) -> str:
    """``>=2.2,<3``, and where only some environments need it, the marker."""
    return f"{requirement.specifier}; {requirement.marker}" if requirement.marker else str(requirement.specifier)
