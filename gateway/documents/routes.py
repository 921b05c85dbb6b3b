"""Reading documents, and serving the sealed blocks behind them."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Response

from gateway.answer import READ_PROBLEMS, problems
from gateway.deps import CallerDep, GatewayDep
from gateway.documents.schemas import BlocksAsked, DocumentView
from gateway.errors import DocumentUnknown
from gateway.naming import hexadecimal, names_of
from gateway.orders.schemas import FindingView
from ledger.queries import DocumentView as LedgerDocument
from ledger.vault.bundle import BUNDLE_TYPE, write_bundle

router = APIRouter(prefix="/v1", tags=["documents"])

BLOCK_TYPE: Final = "application/vnd.ipld.raw"
_COMMITMENT: Final = re.compile(r"0x[0-9a-f]{64}")
_BLOCK: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "content": {BLOCK_TYPE: {"schema": {"type": "string", "format": "binary"}}},
        "description": "The sealed bytes.",
    }
}
_BUNDLE: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "content": {BUNDLE_TYPE: {"schema": {"type": "string", "format": "binary"}}},
        "description": "For each CID in order: one byte (0 here, 1 not held, 2 ask for it by "
        "itself), its length as u32 big-endian, and the sealed bytes.",
    }
}


@router.get("/documents/{commitment}", responses=READ_PROBLEMS | problems(DocumentUnknown=404))
def read_document(gateway: GatewayDep, caller: CallerDep, commitment: str) -> DocumentView:
    """Read a document by its commitment: its content once opened, else how far it has come."""
    found = None
    if _COMMITMENT.fullmatch(commitment):
        digest = bytes.fromhex(commitment[2:])
        found = gateway.queries.document(caller.organisation, digest)
    if found is None:
        raise DocumentUnknown(commitment)
    return _view(found)


@router.get(
    "/blocks/{cid}",
    response_class=Response,
    responses=_BLOCK | problems(BlockMissing=404, BlockCorrupt=409, CidInvalid=422),
)
def read_block(
    gateway: GatewayDep,
    cid: Annotated[str, Path(description="CIDv1 of raw bytes under SHA-256.")],
) -> Response:
    """Serve a sealed block to whoever knows its name; only its recipients can open it."""
    # A block never changes under its name.
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "ETag": f'"{cid}"'}
    return Response(gateway.vault.get(cid), headers=headers, media_type=BLOCK_TYPE)


@router.post(
    "/blocks/fetch",
    response_class=Response,
    responses=_BUNDLE | problems(CidInvalid=422),
)
def read_blocks(gateway: GatewayDep, asked: BlocksAsked) -> Response:
    """Serve many sealed blocks at once, up to a few megabytes; only their recipients open them."""
    return Response(write_bundle(gateway.vault, asked.cids), media_type=BUNDLE_TYPE)


def _view(found: LedgerDocument) -> DocumentView:
    names = names_of(found.kind, found.agreement, found.number, found.order_number)
    return DocumentView(
        commitment=hexadecimal(found.commitment) or "",
        cid=found.cid,
        status=found.status,
        reason=found.reason,
        organisation=found.organisation,
        subject=names.get(found.kind),
        type=found.type,
        body=found.body,
        findings=None
        if found.findings is None
        else [FindingView(**each) for each in found.findings],
    )
