"""Files up into the vault and down again, streamed; never shown by a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse

from gateway.answer import READ_PROBLEMS, problems
from gateway.attachments.intake import take_in
from gateway.attachments.schemas import AttachmentView, UploadView
from gateway.body import media_type_of
from gateway.deps import CallerDep, Gateway, GatewayDep
from gateway.errors import DocumentUnknown
from gateway.naming import hexadecimal
from ledger.attachment.chunk import FileCipher
from ledger.attachment.errors import AttachmentAwaited, AttachmentUnknown
from ledger.attachment.kind import KINDS
from ledger.attachment.name import safe_name
from ledger.attachment.reader import read_file
from ledger.queries import AttachmentView as Held

router = APIRouter(prefix="/v1", tags=["attachments"])

_COMMITMENT: Final = re.compile(r"0x[0-9a-f]{64}")
_INERT: Final = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
"""What keeps browsers from showing or running a file."""
_FILE: Final[dict[str, Any]] = {"schema": {"type": "string", "format": "binary"}}
_UPLOAD: Final[dict[str, Any]] = {
    "requestBody": {"required": True, "content": dict.fromkeys(KINDS, _FILE)}
}
_UNKNOWN: Final = READ_PROBLEMS | problems(DocumentUnknown=404)


@router.post(
    "/attachments",
    status_code=201,
    openapi_extra=_UPLOAD,
    responses=problems(
        AuthenticationMissing=401,
        ApiKeyUnknown=401,
        BodyTooLarge=413,
        AttachmentTooLarge=413,
        AttachmentEmpty=422,
        AttachmentTypeUntaken=422,
        AttachmentTypeMismatch=422,
        AttachmentActive=422,
        FileNameInvalid=422,
        RequestInvalid=422,
    ),
)
async def upload_attachment(
    request: Request,
    gateway: GatewayDep,
    caller: CallerDep,
    file_name: Annotated[str, Query(max_length=1024, examples=["certificate.pdf"])],
) -> UploadView:
    """Put a file into the vault, for a document to name; the body is the file itself."""
    mime_code = media_type_of(request)
    described = await take_in(gateway, caller.organisation, request.stream(), file_name, mime_code)
    return UploadView(**described.model_dump(exclude={"description"}))


@router.get("/documents/{commitment}/attachments", responses=_UNKNOWN)
def list_attachments(
    gateway: GatewayDep, caller: CallerDep, commitment: str
) -> list[AttachmentView]:
    """List the files that go with a document, and whether they are here."""
    return [
        AttachmentView(
            id=each.id,
            file_name=each.file_name,
            mime_code=each.mime_code,
            size_bytes=each.size_bytes,
            digest=hexadecimal(each.digest) or "",
            status=each.status,
            reason=each.reason,
        )
        for each in _attachments(gateway, caller.organisation, commitment)
    ]


@router.get(
    "/documents/{commitment}/attachments/{id}",
    response_class=Response,
    responses=_UNKNOWN
    | {200: {"content": {"application/octet-stream": _FILE}, "description": "The file."}}
    | problems(AttachmentUnknown=404, AttachmentDamaged=409, AttachmentAwaited=503),
)
def download_attachment(
    gateway: GatewayDep, caller: CallerDep, commitment: str, id: str
) -> StreamingResponse:
    """Read a file that goes with a document."""
    for each in _attachments(gateway, caller.organisation, commitment):
        if each.id == id:
            return _answer(gateway, each)
    raise AttachmentUnknown("The document has no such attachment.", attachment=id)


def _attachments(gateway: Gateway, organisation: int, commitment: str) -> list[Held]:
    found = None
    if _COMMITMENT.fullmatch(commitment):
        found = gateway.queries.attachments(organisation, bytes.fromhex(commitment[2:]))
    if found is None:
        raise DocumentUnknown(commitment)
    return found


def _answer(gateway: Gateway, file: Held) -> StreamingResponse:
    if file.status != "held":
        raise AttachmentAwaited(
            "The file has not arrived yet, or not whole.", status=file.status, reason=file.reason
        )
    listed = FileCipher(file.key).open_list(gateway.vault.get(file.cid))
    content: Iterator[bytes] = read_file(gateway.vault, file.key, listed)
    # What cannot be read at all is told by a status, not by an answer that breaks off.
    first = next(content)
    # Names that were not made here are made safe again.
    name = safe_name(file.file_name, file.mime_code)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Length": str(listed.size_bytes),
        "Cache-Control": "private, no-store",
        **_INERT,
    }
    return StreamingResponse(chain([first], content), headers=headers, media_type=file.mime_code)
