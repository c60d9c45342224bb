"""Lint: all that `generate` would refuse or warn of, not only the first."""

from dataclasses import dataclass

from codegen import pipeline
from codegen.errors import UNREADABLE, Fault, InputError, Notice, bounded
from codegen.findings import Finding, from_error, located
from codegen.settings import Settings
from codegen.trial import prove


@dataclass(frozen=True)
class Report:
    """What was found, and how much there is to generate."""

    findings: list[Finding]
    operations: int = 0
    models: int = 0

    @property
    def fails(self) -> bool:
        """Whether nothing can be generated."""
        return any(finding.level == "error" for finding in self.findings)


def lint(settings: Settings) -> Report:
    """Everything short of writing."""
    try:
        return _lint(settings)
    except InputError as error:
        return Report([from_error(error)])


def _lint(settings: Settings) -> Report:
    from codegen.lower.api import lower
    from codegen.read.check import inspect

    document = pipeline.load(settings.spec, settings.overlays)
    said: list[Fault | Notice] = []
    api = None
    with bounded(document.path):
        said += inspect(document, settings.schema_check)
        blocked = any(isinstance(item, Fault) for item in said)
        faults: list[Fault] = []
        try:
            api = lower(document, settings, faults)
            said += [fault for fault in faults if not blocked or fault.rule != UNREADABLE]
            said += api.warnings
        except InputError as error:
            if not blocked:
                raise
            said += [] if error.place else [Notice(error.message, ())]
    findings = located(document, dict.fromkeys(said))
    findings += [Finding("warning", rule, message, place) for rule, place, message in document.warnings]
    needless = "the document says so itself; the action can be deleted"
    findings += [Finding("warning", "overlay", needless, place) for place in document.needless]
    if not any(finding.level == "error" for finding in findings):
        tree, _ = pipeline.generate(document, settings)
        prove(tree, settings, document)
    return Report(findings, len(api.operations) if api else 0, len(api.schemas) if api else 0)
