"""The models as JSON Schema: one published file per schema version.

``contracts/spec/documents/N.json`` describes every document type of version N; the file of the
current version is generated from the models, those of earlier ones stay as they were published.
"""

from __future__ import annotations

from typing import Any, Final

from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from ledger.document.part import SCHEMA_VERSION
from ledger.document.schema import DOCUMENT_MODELS

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_REF: Final = "#/$defs/"


class _WithoutTitles(GenerateJsonSchema):
    """Leaves out the title of every field, which only says its name again."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def schema_bundle() -> dict[str, Any]:
    """Describe every document type of the models in one schema, JSON Schema 2020-12."""
    models = [(model, "validation") for model in DOCUMENT_MODELS.values()]
    _, bundle = models_json_schema(models, schema_generator=_WithoutTitles)  # type: ignore[arg-type]
    definitions = bundle["$defs"]
    for name in DOCUMENT_MODELS:
        head = ["document_type", "schema_version"]
        definitions[name]["required"] = [*head, *definitions[name].get("required", ())]
    return {
        "$schema": _DIALECT,
        "$id": f"urn:consign:document:{SCHEMA_VERSION}",
        "oneOf": [{"$ref": _REF + name} for name in DOCUMENT_MODELS],
        "$defs": dict(sorted(definitions.items())),
    }
