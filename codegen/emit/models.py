"""Models: datamodel-code-generator over the hoisted schemas."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from codegen.emit.aliases import aliases
from codegen.emit.overrides import TEMPLATES, Overrides, explained
from codegen.emit.times import with_times
from codegen.errors import InputError
from codegen.ir.api import Api
from codegen.lower.completion import is_class
from codegen.settings import Settings

_TEMPLATE = "models/msgspec.jinja2"
"""Our own template of a msgspec class: an optional field is None when absent, where the tool's would be UNSET."""

_LINE = re.compile(r"^(?:class (\w+)\(|(\w+)(?:: TypeAlias)? = .*\n?)", re.MULTILINE)
_PLACEHOLDER = {"anyOf": [{"type": "string"}, {"type": "integer"}]}


_NULL = '''
NULL: Any = _NULL
"""Sends null for a property of a body that may be null."""
'''


def models(api: Api, settings: Settings, overridden: Overrides) -> str:
    """The module of models, not yet formatted.

    Raises:
        InputError: datamodel-code-generator could not take the schemas.
    """
    if not api.schemas:
        return f'"""Models of {settings.package}: the document describes none."""\n'
    found: set[str] = set()

    def without_placeholder(match: re.Match[str]) -> str:
        found.add(match[1] or match[2])
        return "" if match[2] in api.schemas else match[0]

    own = overridden.get(_TEMPLATE)
    template = own.path if own else TEMPLATES / _TEMPLATE
    with explained({_TEMPLATE: own} if own else {}):
        written = _generate(api, template.parent, settings)
    text = with_times(_LINE.sub(without_placeholder, written), api.times)
    missing = [name for name in api.schemas if name not in found]
    if missing:
        raise InputError(
            f"datamodel-code-generator made no class {missing[0]}; give the schema another name with x-sdk-name"
        )
    imports, definitions = aliases(api.schemas, settings.completion_module, settings.model_module)
    if api.times:
        imports += "\nfrom datetime import datetime\nfrom ._runtime.core.epoch import since_epoch"
    if api.needs_completion:
        imports += f"\nfrom typing import Any\nfrom ._runtime.{settings.completion_module} import NULL as _NULL"
        definitions += _NULL
    if settings.models == "pydantic" and "| None = {}\n" in text:
        imports += "\nfrom pydantic import Field"
        text = text.replace("| None = {}\n", "= Field(default_factory=dict)\n")
    head, future, rest = text.partition("from __future__ import annotations\n")
    return (
        f"{head}{future}{imports}{rest}".replace(f"\nfrom {settings.package}._runtime", "\nfrom ._runtime")
        + definitions
    )


def _document(schemas: Mapping[str, Any], settings: Settings) -> dict[str, Any]:
    base = f"{settings.package}._runtime.{settings.completion_module}.Extensible"
    given = {
        name: {**schema, "customBasePath": base}
        if "extensible" in schema
        else schema
        if is_class(schema)
        else _PLACEHOLDER
        for name, schema in schemas.items()
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "models", "version": "1"},
        "paths": {},
        "components": {"schemas": given},
    }


def _field_aliases(field_names: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """The name of each field that is not called as its property: it is decided already."""
    return {f"{kind}.{key}": name for kind, names in field_names.items() for key, name in names.items() if name != key}


def _generate(api: Api, templates: Path, settings: Settings) -> str:
    from datamodel_code_generator import Error, InputFileType, LiteralType, generate
    from datamodel_code_generator.enums import DataModelType
    from datamodel_code_generator.format import DatetimeClassType, PythonVersion

    kinds = {"msgspec": DataModelType.MsgspecStruct, "pydantic": DataModelType.PydanticV2BaseModel}
    base = settings.completion_module if api.needs_completion else settings.model_module
    try:
        text = generate(
            json.dumps(_document(api.schemas, settings)),
            input_file_type=InputFileType.OpenAPI,
            output=None,
            output_model_type=kinds[settings.models],
            base_class=f"{settings.package}._runtime.{base}.Model",
            aliases=_field_aliases(api.field_names),
            target_python_version=PythonVersion.PY_310,
            type_mappings=["string+decimal=decimal.Decimal", "number+decimal=decimal.Decimal"],
            custom_file_header=f'"""Models of {settings.package}."""',
            custom_template_dir=templates,
            disable_timestamp=True,
            enum_field_as_literal=LiteralType.All,
            formatters=[],
            keep_model_order=True,
            keyword_only=True,
            output_datetime_class=DatetimeClassType.Datetime,
            use_annotated=False,
            use_double_quotes=True,
            use_field_description=True,
            use_root_model_type_alias=True,
            use_schema_description=True,
            use_standard_collections=True,
            use_union_operator=True,
        )
    except Error as error:
        raise InputError(f"datamodel-code-generator refuses the schemas: {error}") from error
    if not isinstance(text, str):
        raise InputError("datamodel-code-generator split the models into several modules; a schema's name has a dot")
    return text
