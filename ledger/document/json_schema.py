"""The models as JSON Schema: one published file per schema version.

``contracts/spec/documents/N.json`` describes every document type of version N; the file of the
current version is generated from the models, those of earlier ones stay as they were published.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any, Final

from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from ledger.document.part import SCHEMA_VERSION
from ledger.document.schema import DOCUMENT_MODELS
from ledger.spec import read_json

VERSIONS: Final = range(1, SCHEMA_VERSION + 1)
"""Every version that was ever published."""

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_REF: Final = "#/$defs/"
_references: Final = re.compile(r'"#/\$defs/(\w+)"').findall


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


@cache
def published_bundle(version: int) -> dict[str, Any] | None:
    """Read what was published of a schema version; none when there is no such version."""
    return read_json(f"documents/{version}.json") if version in VERSIONS else None


@cache
def published_schema(version: int, document_type: str) -> dict[str, Any] | None:
    """Give one document type of a version with all it refers to; none when there is no such."""
    bundle = published_bundle(version)
    if bundle is None or {"$ref": _REF + document_type} not in bundle["oneOf"]:
        return None
    definitions = bundle["$defs"]
    needed = _reached(definitions, document_type) - {document_type}
    return {
        "$schema": _DIALECT,
        "$id": f"{bundle['$id']}:{document_type}",
        **definitions[document_type],
        "$defs": {name: definitions[name] for name in sorted(needed)},
    }


def types_of(bundle: dict[str, Any]) -> list[str]:
    """List the document types of a version."""
    return [each["$ref"].removeprefix(_REF) for each in bundle["oneOf"]]


def _reached(definitions: dict[str, Any], name: str) -> set[str]:
    found: set[str] = set()
    waiting = [name]
    while waiting:
        each = waiting.pop()
        if each not in found:
            found.add(each)
            waiting += _references(json.dumps(definitions[each]))
    return found
