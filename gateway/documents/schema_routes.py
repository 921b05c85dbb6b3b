"""Serving the published JSON Schemas of documents, of every version there was."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from gateway.answer import READ_PROBLEMS, View, problems
from gateway.deps import CallerDep
from gateway.errors import SchemaUnknown
from ledger.document.json_schema import VERSIONS, published_bundle, published_schema, types_of

router = APIRouter(prefix="/v1/schemas", tags=["documents"])

_PROBLEMS: Final = READ_PROBLEMS | problems(SchemaUnknown=404)


class SchemaVersionView(View):
    """One schema version and the document types that it has."""

    version: int
    document_types: list[str]


class SchemaAnswer(JSONResponse):
    """A JSON Schema; one of a version never changes but by what is added before its release."""

    media_type = "application/schema+json"


@router.get("", responses=READ_PROBLEMS)
def list_schemas(_: CallerDep) -> list[SchemaVersionView]:
    """List the schema versions with their document types, the present version last."""
    return [
        SchemaVersionView(version=each, document_types=types_of(published_bundle(each) or {}))
        for each in VERSIONS
    ]


@router.get("/{version}", responses=_PROBLEMS, response_class=SchemaAnswer)
def read_schemas(_: CallerDep, version: int) -> SchemaAnswer:
    """Read one JSON Schema that holds for documents of every type of a version."""
    return _answer(published_bundle(version), f"version {version}")


@router.get("/{version}/{document_type}", responses=_PROBLEMS, response_class=SchemaAnswer)
def read_schema(_: CallerDep, version: int, document_type: str) -> SchemaAnswer:
    """Read the JSON Schema of one document type of a version."""
    found = published_schema(version, document_type)
    return _answer(found, f"of {document_type}, version {version}")


def _answer(schema: dict[str, Any] | None, named: str) -> SchemaAnswer:
    if schema is None:
        raise SchemaUnknown(named)
    return SchemaAnswer(schema)
