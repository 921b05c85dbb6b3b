"""Reading documents, and serving the sealed blocks behind them."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.security import APIKeyHeader

from gateway.answer import READ_PROBLEMS, problems
from gateway.deps import CallerDep, GatewayDep
from gateway.documents.schemas import BlocksAsked, DocumentView
from gateway.errors import DocumentUnknown
from gateway.naming import hexadecimal, names_of
from gateway.orders.schemas import FindingView
from ledger.database import in_thread
from ledger.queries import DocumentView as LedgerDocument
from ledger.vault.bundle import BUNDLE_TYPE

router = APIRouter(prefix="/v1", tags=["documents"])

BLOCK_TYPE: Final = "application/vnd.ipld.raw"
_PROOF: Final = APIKeyHeader(
    name="Authorization",
    scheme_name="MemberSignature",
    auto_error=False,
    description="`Consign endpoint=…, until=…, by=…`: signatures of the members that ask, or "
    "`Bearer` and an API key.",
)
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


async def askers_of(
    request: Request,
    gateway: GatewayDep,
    _: Annotated[object, Depends(_PROOF)],
) -> frozenset[int]:
    """Tell for which organisations blocks are asked: by an API key, or by their signatures."""
    authorization = request.headers.get("authorization", "")
    if authorization[:7].lower() == "bearer ":
        return frozenset({(await gateway.callers.of(authorization)).organisation})
    return await in_thread(gateway.blocks.askers, authorization)


AskersDep = Annotated[frozenset[int], Depends(askers_of)]


@router.get(
    "/blocks/{cid}",
    response_class=Response,
    responses=_BLOCK
    | problems(AskerUnproven=401, BlockMissing=404, BlockCorrupt=409, CidInvalid=422),
)
def read_block(
    gateway: GatewayDep,
    askers: AskersDep,
    cid: Annotated[str, Path(description="CIDv1 of raw bytes under SHA-256.")],
) -> Response:
    """Serve a block to those who may have it; to others it looks as if it were not held."""
    # A block never changes under its name, but not everybody may have it.
    headers = {
        "Cache-Control": "private, max-age=31536000, immutable",
        "ETag": f'"{cid}"',
        "Vary": "Authorization",
    }
    return Response(gateway.blocks.block(askers, cid), headers=headers, media_type=BLOCK_TYPE)


@router.post(
    "/blocks/fetch",
    response_class=Response,
    responses=_BUNDLE | problems(AskerUnproven=401, CidInvalid=422),
)
def read_blocks(gateway: GatewayDep, askers: AskersDep, asked: BlocksAsked) -> Response:
    """Serve many blocks at once, up to a few megabytes, to those who may have them."""
    return Response(gateway.blocks.bundle(askers, asked.cids), media_type=BUNDLE_TYPE)


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
