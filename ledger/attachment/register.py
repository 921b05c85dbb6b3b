"""The rows of attachments: what was uploaded here, and what goes with which document."""

from __future__ import annotations

from base64 import b32encode
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from secrets import token_bytes
from typing import Any, Final

from sqlalchemy import delete, select
from sqlmodel import Session, col

from ledger.attachment.errors import AttachmentUnknown
from ledger.attachment.sealer import SealedFile
from ledger.clock import now_ms
from ledger.database import insert_new
from ledger.document.part import Document, FileDescription
from ledger.document.payload import AttachedFile
from ledger.document.schema import parse_document
from ledger.model import Attachment, AttachmentBlock, Upload
from ledger.model.attachment import AWAITED, HELD
from ledger.vault import CidInvalid, Vault, cid_from_digest, digest_of

_NAMED: Final = "attachment"


def keep_upload(
    session: Session, organisation: int, sealed: SealedFile, file_name: str, mime_code: str
) -> FileDescription:
    """Remember a file that was uploaded; gives what a document is to say of it."""
    upload = Upload(
        id=b32encode(token_bytes(15)).decode().lower(),
        organisation=organisation,
        listing=digest_of(sealed.cid),
        key=sealed.key,
        file_digest=sealed.digest,
        size_bytes=sealed.size_bytes,
        mime_code=mime_code,
        file_name=file_name,
        stored_ms=now_ms(),
    )
    session.add(upload)
    keep_blocks(session, upload.listing, sealed.chunks)
    return _description(upload)


def keep_blocks(session: Session, listing: bytes, chunks: Iterable[str]) -> None:
    """Remember which blocks a file is made of."""
    blocks = dict.fromkeys([listing, *map(digest_of, chunks)])
    insert_new(session, AttachmentBlock, [{"block": each, "listing": listing} for each in blocks])


def attached_to(
    session: Session, organisation: int, content: Document | Mapping[str, Any] | bytes | str
) -> tuple[AttachedFile, ...]:
    """Find the uploaded files that a document names.

    Raises
    ------
    AttachmentUnknown
        If its organisation has not uploaded one, or the document describes it otherwise.
    DocumentInvalid
        If it names files, and breaks its model.
    """
    if not _names_files(content):
        return ()
    document = content if isinstance(content, Document) else parse_document(content)
    asked = select(Upload).where(
        col(Upload.id).in_([each.id for each in document.attachment]),
        col(Upload.organisation) == organisation,
    )
    uploads = {each.id: each for each in session.execute(asked).scalars()}
    files = []
    for each in document.attachment:
        found = uploads.get(each.id)
        described = each.model_copy(update={"description": None})
        if found is None or _description(found) != described:
            raise AttachmentUnknown(
                "The document names a file that was not uploaded, or describes it otherwise.",
                attachment=each.id,
            )
        files.append(AttachedFile(each.id, cid_from_digest(found.listing), found.key))
    return tuple(files)


def attach(session: Session, organisation: int, document_cid: str, ids: Collection[str]) -> None:
    """Note that uploaded files go with a document that was sealed here."""
    if not ids:
        return
    uploads = session.execute(select(Upload).where(col(Upload.id).in_(ids))).scalars()
    described = [(_description(each), each.listing, each.key) for each in uploads]
    _write(session, organisation, document_cid, described, HELD)


def await_files(
    session: Session,
    organisation: int,
    document_cid: str,
    described: Iterable[FileDescription],
    files: Iterable[AttachedFile],
) -> None:
    """Leave the files of a document that arrived to be fetched.

    A file that it does not describe, or that lies at no address, is not there for anybody.

    Parameters
    ----------
    organisation : int
        Who sent it.
    """
    sent = {each.id: each for each in files}
    found = []
    for each in described:
        with suppress(KeyError, CidInvalid):
            file = sent[each.id]
            found.append((each, digest_of(file.cid), file.key))
    _write(session, organisation, document_cid, found, AWAITED)


def forget_attached(session: Session, vault: Vault, document_cid: str) -> None:
    """Erase the files that go with a document and with no other: keys, rows and blocks."""
    of_document = col(Attachment.document) == digest_of(document_cid)
    listings = set(session.execute(select(col(Attachment.listing)).where(of_document)).scalars())
    session.execute(delete(Attachment).where(of_document))
    is_concerned = col(Attachment.listing).in_(listings)
    listings -= set(session.execute(select(col(Attachment.listing)).where(is_concerned)).scalars())
    session.execute(delete(Upload).where(col(Upload.listing).in_(listings)))
    forget_blocks(session, vault, listings)


def forget_blocks(session: Session, vault: Vault, listings: Collection[bytes]) -> None:
    """Erase the blocks of files that nothing names any more."""
    of_these = col(AttachmentBlock.listing).in_(listings)
    blocks = set(session.execute(select(col(AttachmentBlock.block)).where(of_these)).scalars())
    session.execute(delete(AttachmentBlock).where(of_these))
    others = select(col(AttachmentBlock.block)).where(col(AttachmentBlock.block).in_(blocks))
    blocks |= set(listings)
    blocks -= set(session.execute(others).scalars())
    vault.delete_all([cid_from_digest(each) for each in blocks])


def _write(
    session: Session,
    organisation: int,
    document_cid: str,
    files: Sequence[tuple[FileDescription, bytes, bytes]],
    status: str,
) -> None:
    document = digest_of(document_cid)
    rows = [
        {
            "document": document,
            "id": each.id,
            "organisation": organisation,
            "listing": listing,
            "key": key,
            "file_digest": bytes.fromhex(each.digest[2:]),
            "size_bytes": each.size_bytes,
            "mime_code": each.mime_code,
            "file_name": each.file_name,
            "status": status,
            "attempts": 0,
            "next_attempt_ms": 0,
        }
        for each, listing, key in files
    ]
    insert_new(session, Attachment, rows)


def _names_files(content: Document | Mapping[str, Any] | bytes | str) -> bool:
    """Say whether a document may name files, without reading it."""
    if isinstance(content, Document):
        return bool(content.attachment)
    if isinstance(content, Mapping):
        return bool(content.get(_NAMED))
    return (_NAMED.encode() if isinstance(content, bytes) else _NAMED) in content  # type: ignore[operator]


def _description(upload: Upload) -> FileDescription:
    return FileDescription(
        id=upload.id,
        file_name=upload.file_name,
        mime_code=upload.mime_code,
        size_bytes=upload.size_bytes,
        digest="0x" + upload.file_digest.hex(),
    )
