"""References to documents and their lines, in and out.

Source: UNCL 1153; its codes are given by the message that refers.
"""

from __future__ import annotations

from typing import Any

from gateway.connectors.edi.edifact import moment
from gateway.connectors.edi.edifact.part import held
from gateway.connectors.edi.loop import Group
from gateway.connectors.edi.reading import Reading, Writing
from ledger.document.reference import DocumentReference, LineReference


def number_of(reading: Reading, group: Group, *qualifiers: str) -> str | None:
    """Read the number of a reference."""
    rff = group.group("RFF", *qualifiers)
    return reading.identifier(rff.head, 1, 2) if rff is not None else None


def document(reading: Reading, group: Group, *qualifiers: str) -> dict[str, Any] | None:
    """Read the first reference to a document, with its day."""
    return next(iter(documents(reading, group, *qualifiers)), None)


def documents(reading: Reading, group: Group, *qualifiers: str) -> list[dict[str, Any]]:
    """Read all references to documents of a kind, each with its day."""
    found = []
    for rff in group.groups("RFF"):
        number = reading.identifier(rff.head, 1, 2)
        if rff.head.key[1] in qualifiers and number is not None:
            issued = moment.date(reading, rff.first("DTM", "171"))
            found.append(held({"id": number, "issue_date": issued}))
    return found


def write_document(writing: Writing, qualifier: str, found: DocumentReference | None) -> None:
    """Write a reference to a document, with its day."""
    if found is not None:
        writing.add("RFF", (qualifier, found.id))
        moment.write_date(writing, "171", found.issue_date)


def line(
    reading: Reading, group: Group, head: str | None, *qualifiers: str
) -> dict[str, Any] | None:
    """Read a reference to a line; to its document only where that is not the one of the head."""
    rff = group.group("RFF", *qualifiers)
    if rff is None:
        return None
    number = reading.identifier(rff.head, 1, 2)
    line = reading.identifier(rff.head, 1, 3)
    if line is None:
        return None
    return held({"line_id": line, "document_reference": {"id": number} if number != head else None})


def write_line(
    writing: Writing, qualifier: str, found: LineReference | None, head: str | None, own: str = ""
) -> None:
    """Write a reference to a line, unless it is the line of the same number."""
    if found is None or (found.document_reference is None and found.line_id == own):
        return
    number = found.document_reference.id if found.document_reference is not None else head
    writing.add("RFF", (qualifier, number, found.line_id))
