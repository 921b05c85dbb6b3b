"""The network's own documents as JSON: the canonical models, spelled as a system spells JSON.

Decimals may be numbers or text; both are exact. What the models refuse is told with its place.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gateway.connectors.json.reader import JsonText, Step, has_step, read_json, write_json
from gateway.connectors.message import ConnectorRefused, Finding, Location, shortened
from ledger.document.errors import DocumentInvalid, Problem
from ledger.document.part import Document
from ledger.document.schema import parse_document


class InvalidJsonDocument(ConnectorRefused):
    """The JSON breaks the model that its `document_type` names, or names none."""


def parse(content: bytes) -> Document:
    """Read a document.

    Raises
    ------
    MalformedJson
        If it is not JSON.
    InvalidJsonDocument
        With everything that its model refuses, and where it stands.
    """
    read = read_json(content)
    if not isinstance(read.value, dict):
        at = Location(1, 1)
        raise InvalidJsonDocument([Finding("A document is an object.", at, "", "Send an object.")])
    try:
        return parse_document(read.value)
    except DocumentInvalid as error:
        raise InvalidJsonDocument(_finding(read, each) for each in error.problems) from None


def render(document: Document) -> bytes:
    """Write a document: absent fields are left out."""
    return write_json(as_fields(document))


def as_fields(document: Document) -> dict[str, Any]:
    """Give a document as the object that JSON spells."""
    head = document.model_dump(include={"document_type", "schema_version"})
    return head | document.model_dump(exclude_defaults=True)


def _finding(read: JsonText, problem: Problem) -> Finding:
    steps = _steps(problem.path)
    location = read.locate(steps)
    rule = f"{problem.path or 'The document'} {problem.message}."
    at = Location(location.line, location.column, problem.path)
    return Finding(rule, at, _found(read.value, steps), "Correct the field.")


def _steps(pointer: str) -> list[Step]:
    parts = (each.replace("~1", "/").replace("~0", "~") for each in pointer.split("/")[1:])
    return [int(each) if each.isdecimal() else each for each in parts]


def _found(value: Any, steps: Iterable[Step]) -> str:
    for step in steps:
        if not has_step(value, step):
            return ""
        value = value[step]
    return "" if isinstance(value, dict | list) else shortened(str(value))
