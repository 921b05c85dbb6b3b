"""Reading bodies: JSON that says each thing once, and what is done with the rest."""

from __future__ import annotations

import json
from typing import Annotated, Any, Final

from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from gateway.errors import Finding, RequestInvalid
from ledger.document import DOCUMENT_MODELS

JSON_TYPE: Final = "application/json"
XML_TYPES: Final = ("application/xml", "text/xml")

MODELS_KEY: Final = "x-models"
"""In place of references that pydantic cannot follow; `gateway.docs` puts them in."""


def described_as(*names: str) -> WithJsonSchema:
    """Describe JSON by the models of documents or parts of them, for OpenAPI."""
    return WithJsonSchema({"type": "object", MODELS_KEY: list(names)})


DocumentJson = Annotated[dict[str, Any], described_as(*DOCUMENT_MODELS)]
"""A document as it was sent or opened; `ledger.document.parse_document` reads it."""


class Body(BaseModel):
    """A JSON body: without unknown fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ActionBody(Body):
    """What goes with an action."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "document": {
                        "document_type": "Notice",
                        "schema_version": 2,
                        "id": "N-1",
                        "issue_date": "2026-03-01",
                        "reason": "All is delivered and paid.",
                    }
                }
            ]
        },
    )

    document: DocumentJson | None = Field(
        default=None, description="The document that goes with the action, where one does."
    )


async def read_body(request: Request) -> bytes:
    """Give the bytes of a body; refuse JSON that names a field twice.

    Raises
    ------
    RequestInvalid
        If the body is JSON and one of its objects names a field twice.
    """
    body = await request.body()
    if body and media_type_of(request) == JSON_TYPE:
        _require_distinct_names(body)
    return body


def media_type_of(request: Request) -> str:
    """Name the media type of a body, without its parameters; JSON when nothing is said."""
    header = request.headers.get("content-type", JSON_TYPE)
    return header.partition(";")[0].strip().lower()


RawBody = Annotated[bytes, Depends(read_body)]


def _require_distinct_names(body: bytes) -> None:
    try:
        json.loads(body, object_pairs_hook=distinct_names)
    except RecursionError:
        raise RequestInvalid("The body nests too deeply.") from None
    except ValueError:
        # Said better, and with its place, where the body is read.
        return


def distinct_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of JSON, as `json.loads` does.

    Raises
    ------
    RequestInvalid
        If it names a field twice.
    """
    fields = dict(pairs)
    if len(fields) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        finding = Finding("", f"must not name a field twice: {twice[:64]!r}")
        raise RequestInvalid("The body names a field twice.", (finding,))
    return fields
