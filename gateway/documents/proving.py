"""Proofs of what a document says and where it was recorded, to be shown to anybody."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import ConfigDict, Field

from gateway.answer import READ_PROBLEMS, View, problems
from gateway.body import Body
from gateway.deps import CallerDep, GatewayDep
from gateway.errors import DocumentUnknown, RequestInvalid
from gateway.naming import read_digest
from ledger.database import in_thread

router = APIRouter(prefix="/v1", tags=["documents"])


class ProofAsked(Body):
    """What is to be proven of a document."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [{"fields": ["/order_line/0/quantity/value"], "block": True}]
        },
    )

    fields: list[str] = Field(
        default=[],
        max_length=65_535,
        description="JSON pointers of the fields to show; one that ends in a slash shows all "
        "fields below it.",
    )
    block: bool = Field(
        default=False, description="Prove as well in which batch and block it was recorded."
    )


class ProofView(View):
    """A proof: whoever has it sees these fields and nothing else."""

    commitment: str = Field(description="What the proof leads to, as recorded on chain.")
    fields: dict[str, Any] = Field(description="What it shows: values by JSON pointer.")
    block_number: int | None = Field(description="The block that it leads to, where it does.")
    block_hash: str | None
    proof: str = Field(description="Its bytes in hexadecimal, for `consign proof verify`.")


@router.post(
    "/documents/{commitment}/proofs",
    responses=READ_PROBLEMS
    | problems(
        BlockMissing=404,
        DocumentUnknown=404,
        DocumentUnrecorded=409,
        FieldUnknown=409,
        RequestInvalid=422,
        Unreachable=503,
    ),
)
async def make_proof(
    gateway: GatewayDep, caller: CallerDep, commitment: str, asked: ProofAsked
) -> ProofView:
    """Prove fields of a document, and where it was recorded; nothing else of it is shown."""
    digest = read_digest(commitment)
    if digest is None:
        raise DocumentUnknown(commitment)
    found = await in_thread(gateway.queries.document, caller.organisation, digest)
    if found is None:
        raise DocumentUnknown(commitment)
    if not asked.fields and not asked.block:
        raise RequestInvalid("There is nothing to prove: name fields, or ask for the block.")
    prover, proven, inclusion = gateway.ledger.prover, None, None
    if asked.fields:
        proven = await in_thread(prover.prove_fields, caller.organisation, found.id, asked.fields)
    if asked.block:
        inclusion = await prover.prove_recorded(gateway.ledger.client, found.id, proven)
    block = inclusion.block if inclusion else None
    proof = inclusion or proven
    assert proof is not None
    return ProofView(
        commitment=commitment,
        fields={each.pointer: each.value for each in proven.fields} if proven else {},
        block_number=block.number if block else None,
        block_hash="0x" + block.hash.hex() if block else None,
        proof="0x" + proof.to_bytes().hex(),
    )
