"""What is known of files that go with documents."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from ledger.database import portions
from ledger.model import Attachment, AttachmentBlock
from ledger.vault import Cid, cid_from_digest, digest_of


@dataclass(frozen=True, slots=True)
class AttachmentView:
    """A file that goes with a document.

    Parameters
    ----------
    cid : Cid
        Of the list of its chunks.
    key : bytes
        Opens list and chunks.
    digest : bytes
        SHA-256 of the plain file.
    status : str
        ``held``, ``awaited``, ``missing`` or ``broken``.
    reason : str, optional
        Why it is missing or broken.
    """

    id: str
    file_name: str
    mime_code: str
    size_bytes: int
    digest: bytes
    cid: Cid
    key: bytes
    status: str
    reason: str | None


def attachments_of(session: Session, document_cid: str) -> list[AttachmentView]:
    """List the files that go with a document."""
    asked = select(Attachment).where(col(Attachment.document) == digest_of(document_cid))
    return [
        AttachmentView(
            each.id,
            each.file_name,
            each.mime_code,
            each.size_bytes,
            each.file_digest,
            cid_from_digest(each.listing),
            each.key,
            each.status,
            each.reason,
        )
        for each in session.execute(asked.order_by(col(Attachment.id))).scalars()
    ]


def documents_naming(session: Session, cids: Iterable[str]) -> dict[str, set[str]]:
    """Find the documents that blocks of files go with, by the CIDs of both."""
    found: dict[str, set[str]] = {}
    for part in portions([digest_of(cid) for cid in cids]):
        asked = (
            select(col(AttachmentBlock.block), col(Attachment.document))
            .join(Attachment, col(Attachment.listing) == col(AttachmentBlock.listing))
            .where(col(AttachmentBlock.block).in_(part))
        )
        for block, document in session.execute(asked):
            found.setdefault(cid_from_digest(block), set()).add(cid_from_digest(document))
    return found
