"""References from one document to another, by number and, where known, by commitment."""

from __future__ import annotations

from ledger.document.part import Many, Part
from ledger.document.scalar import Code, Date, Digest, Identifier, Text


class Attachment(Part):
    """A file that goes with a document: where it is, or the digest of its sealed content."""

    file_name: Text | None = None
    mime_code: Code | None = None
    uri: Text | None = None
    digest: Digest | None = None
    cid: Identifier | None = None


class DocumentReference(Part):
    """Another document, by the number its sender gave it."""

    id: Identifier
    issue_date: Date | None = None
    document_type_code: Code | None = None
    document_type: Text | None = None
    document_description: Many[Text] = ()
    commitment: Digest | None = None
    """Its commitment, which makes the reference exact."""
    attachment: Attachment | None = None


class LineReference(Part):
    """A line of another document; without `document_reference`, of the one the head refers to."""

    line_id: Identifier
    document_reference: DocumentReference | None = None
