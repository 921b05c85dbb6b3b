"""What every document and every part of a document has in common.

A document is frozen, knows all its fields, and has exactly one canonical form: absent fields are
left out, so the default of every field is ``None`` or ``()`` (``document_type`` and
``schema_version`` apart, which are always written). Field names are those of UBL 2.x in snake case.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Final, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    StringConstraints,
)
from pydantic_core import CoreSchema

from ledger.document.scalar import (
    TEXT_CHARS_MAX,
    Count,
    Date,
    Digest,
    FileName,
    Identifier,
    MimeCode,
    Text,
    Time,
)

SCHEMA_VERSION: Final = 2
"""Version of every model; earlier ones are read through `ledger.document.migration`."""

T = TypeVar("T")

Many = Annotated[tuple[T, ...], Field(strict=False)]
"""Zero or more of something, in order; lists are accepted and become tuples."""

LINES_MAX = 10_000
ATTACHMENTS_MAX = 100


class Part(BaseModel):
    """A part of a document: frozen, strict, and without unknown fields."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        hide_input_in_errors=True,
        use_attribute_docstrings=False,
    )

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: type[Any], handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Hold fields in the order of their names, which is that of the canonical form."""
        schema = handler(source)
        inner: Any = handler.resolve_ref_schema(schema)
        while inner["type"] != "model-fields":
            inner = inner["schema"]
        inner["fields"] = dict(sorted(inner["fields"].items()))
        return schema


class Extra(Part):
    """One element of the sender's own format that no field here stands for.

    Connectors carry such elements along unread, so that a document translated and translated back
    is the same. Its meaning belongs to the connector named by the prefix of the path.
    """

    path: Identifier
    """Where it stood, for example ``ubl:/Order/AccountingCost`` or ``csv:Vendor INCO Term``."""
    value: Annotated[str, StringConstraints(max_length=TEXT_CHARS_MAX, pattern=r"^[^\x00]*$")]
    """Its text, as it stood."""


class FileDescription(Part):
    """A file that goes with a document, which so commits to every byte of it.

    The file itself travels beside the document, encrypted in blocks of its own.
    """

    id: Identifier
    """Names the file within the document."""
    file_name: FileName
    mime_code: MimeCode
    size_bytes: Count
    digest: Digest
    """SHA-256 of the plain file."""
    description: Text | None = None


def require_distinct(noun: str, ids: list[Any]) -> None:
    """Refuse two parts with one number.

    Raises
    ------
    ValueError
        Naming the first number that stands twice.
    """
    if len(set(ids)) == len(ids):
        return
    seen: set[Any] = set()
    for number in ids:
        if number in seen:
            raise ValueError(f"{noun} {number!r} stands twice")
        seen.add(number)


def _distinct_files(files: tuple[FileDescription, ...]) -> tuple[FileDescription, ...]:
    require_distinct("attachment", [each.id for each in files])
    return files


class Document(Part):
    """The head that every document has.

    Parameters
    ----------
    id : str
        The sender's own number of this document.
    issue_date : str
        The day it was issued, ``YYYY-MM-DD``.
    issue_time : str, optional
        The time it was issued, with its zone.
    note : tuple of str
        Free text about the whole document.
    extras : tuple of Extra
        Elements of the sender's own format that no field stands for.
    attachment : tuple of FileDescription
        Files that go with it.
    """

    lines_field: ClassVar[str | None] = None
    """Name of the field that holds the lines, where the document has lines."""

    schema_version: Literal[2] = SCHEMA_VERSION
    id: Identifier
    issue_date: Date
    issue_time: Time | None = None
    note: Many[Text] = ()
    extras: Many[Extra] = ()
    attachment: Annotated[
        Many[FileDescription], Field(max_length=ATTACHMENTS_MAX), AfterValidator(_distinct_files)
    ] = ()
