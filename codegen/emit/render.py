"""Render: Jinja2 templates over the IR. Templates loop; they do not think."""

from pathlib import Path

import jinja2

from codegen import naming
from codegen.emit.context import Context
from codegen.emit.docstring import docstring
from codegen.emit.doors import Door
from codegen.emit.headers import header
from codegen.emit.overrides import TEMPLATES, Overrides, explained
from codegen.facts import expression, keywords
from codegen.ir.api import Api
from codegen.settings import Settings

_HERE = ("SPEC_DIGEST", "SPEC_VERSION", "__version__")
_HOMES = {
    "_runtime.core.app_info": ("AppInfo",),
    "_runtime.core.classify": ("Response",),
    "_runtime.core.errors": ("Attempt",),
    "_runtime.core.hooks": ("Hooks", "Sending"),
    "_runtime.core.network": ("Network",),
    "_runtime.core.rates": ("Usage",),
}
"""What the package offers beside its client, its base error and its modules, by the module that has it."""

_JOURNAL_HOMES = {
    "_runtime.journal.entry": ("Entry",),
    "_runtime.journal.findings": ("Reconciliation",),
    "journal": ("Journal",),
}
"""The same, where an operation is journalled."""

_SIGNER_HOMES = {
    "_runtime.core.private_keys": ("Ed25519Signer", "RsaSigner"),
    "_runtime.core.signers": ("HmacSigner", "Signer"),
}
"""The same, where requests are signed."""

_UPLOAD_HOMES = {"_runtime.core.uploads": ("File", "Uploadable")}
"""The same, where a file can be given."""

_JOURNALLED = frozenset({"__main__.py", "_commands.py", "async_bulk.py", "bulk.py", "cli.py", "journal.py"})
"""The files that are for packages with a journal."""

_ASYNC = frozenset({"async_bulk.py", "async_client.py", "async_raw.py"})
"""Those that are for packages with an async client."""


def render(api: Api, settings: Settings, spec_digest: str, overridden: Overrides) -> dict[str, str]:
    """File name → text of each template, not yet formatted."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_folders(settings), encoding="utf-8"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - the output is Python; every text of the document goes through a filter below
    )
    environment.filters.update(expression=expression, docstring=docstring, keywords=keywords)
    homes = {**_HOMES, **(_JOURNAL_HOMES if api.journalled else {}), **(_UPLOAD_HOMES if api.takes_files else {})}
    errors = sorted([*naming.TAKEN_BY_ERRORS - {"ClientError"}, settings.error, *api.error_classes])
    homes |= _SIGNER_HOMES if api.takes_signer else {}
    homes |= {("oauth2" if api.token_url else "_runtime.sync.oauth2"): ("OAuth2",)} if api.takes_tokens else {}
    homes |= {"_runtime.core.own_hook": ("SigningRequest",)} if api.own_hooks else {}
    homes |= {"client": (settings.client,), "errors": tuple(errors)}
    homes |= {"async_client": (settings.async_client,)} if settings.has_async else {}
    homes |= {"_runtime.core.replies": ("Redirect",)} if api.redirects else {}
    home_of = {"errors": "errors", "models": "models", **{name: home for home in homes for name in homes[home]}}
    context = Context(
        api=api,
        settings=settings,
        header=header(settings),
        spec_digest=spec_digest,
        runtime_errors=sorted(naming.TAKEN_BY_ERRORS),
        error_names=errors,
        exports=sorted([*_HERE, *home_of]),
        homes=dict(sorted(homes.items())),
        home_of=dict(sorted(home_of.items())),
        doors={
            "client": Door(client=settings.client, awaits=False),
            "async_client": Door(client=settings.async_client, awaits=True),
        },
    )
    templates = sorted(environment.list_templates(extensions=["jinja"]))
    names = {name.removesuffix(".jinja") for name in templates if not name.startswith("macros/")}
    names -= frozenset() if api.journalled else _JOURNALLED
    names -= frozenset() if settings.has_async else _ASYNC
    names -= frozenset() if api.takes_tokens and api.token_url else {"oauth2.py"}
    with explained(overridden):
        return {name: environment.get_template(f"{name}.jinja").render(vars(context)) for name in sorted(names)}


def _folders(settings: Settings) -> list[Path]:
    """Where templates are looked for: a project's own first."""
    return [TEMPLATES] if settings.templates is None else [settings.templates, TEMPLATES]
