"""What callers are shown of files."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from gateway.answer import View


class UploadView(View):
    """A file that was taken: exactly what a document says of it in its list `attachment`."""

    id: str = Field(description="Names the file to the gateway; valid for its own organisation.")
    file_name: str
    mime_code: str
    size_bytes: int
    digest: str = Field(description="SHA-256 of the file; the document commits to it.")


class AttachmentView(View):
    """A file that goes with a document."""

    id: str
    file_name: str
    mime_code: str
    size_bytes: int
    digest: str
    status: Literal["held", "awaited", "missing", "broken"] = Field(
        description="Whether it is here, whole and checked; missing and broken ones are retried."
    )
    reason: str | None = Field(description="Why it is missing or broken.")
