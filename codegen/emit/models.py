"""Models: datamodel-code-generator over the hoisted schemas."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from codegen.errors import InputError
from codegen.ir.api import Api
from codegen.settings import Settings

TEMPLATES = Path(__file__).parents[1] / "templates" / "models"
"""Our own template of a msgspec class: an optional field is None when absent, where the tool's would be UNSET."""


def models(api: Api, settings: Settings) -> str:
    """The module of models, not yet formatted.

    Raises:
        InputError: datamodel-code-generator could not take the schemas.
    """
    if not api.schemas:
        return f'"""Models of {settings.package}: the document describes none."""\n'
    text = _generate(_document(api.schemas), settings)
    missing = [name for name in api.schemas if not re.search(rf"^(class {name}\(|{name}\b.*=)", text, re.MULTILINE)]
    if missing:
        raise InputError(
            f"datamodel-code-generator made no class {missing[0]}; give the schema another name with x-sdk-name"
        )
    return text


def _document(schemas: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "openapi": "3.1.0",
        "info": {"title": "models", "version": "1"},
        "paths": {},
        "components": {"schemas": dict(schemas)},
    }


def _generate(document: dict[str, Any], settings: Settings) -> str:
    from datamodel_code_generator import Error, InputFileType, LiteralType, generate
    from datamodel_code_generator.enums import DataModelType
    from datamodel_code_generator.format import DatetimeClassType, PythonVersion

    kinds = {"msgspec": DataModelType.MsgspecStruct, "pydantic": DataModelType.PydanticV2BaseModel}
    try:
        text = generate(
            json.dumps(document),
            input_file_type=InputFileType.OpenAPI,
            output=None,
            output_model_type=kinds[settings.models],
            base_class=f"{settings.package}._runtime.{settings.model_module}.Model",
            target_python_version=PythonVersion.PY_310,
            type_mappings=["string+decimal=decimal.Decimal", "number+decimal=decimal.Decimal"],
            custom_file_header=f'"""Models of {settings.package}."""',
            custom_template_dir=TEMPLATES,
            disable_timestamp=True,
            enum_field_as_literal=LiteralType.All,
            formatters=[],
            keep_model_order=True,
            keyword_only=True,
            output_datetime_class=DatetimeClassType.Datetime,
            snake_case_field=True,
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
