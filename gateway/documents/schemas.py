"""What callers are shown of documents, and how gateways ask for blocks."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from gateway.answer import View
from gateway.body import Body, DocumentJson
from gateway.orders.schemas import FindingView
from ledger.vault.bundle import CIDS_MAX


class DocumentView(View):
    """A document of the caller: what the chain knows of it, and its content once it is opened."""

    commitment: str = Field(description="Salted Merkle root; the only trace of it on chain.")
    cid: str = Field(description="Content identifier of its sealed block.")
    status: Literal["sealed", "fetched", "opened", "missing", "broken", "shredded"]
    reason: str | None = Field(description="Why it is missing or broken.")
    organisation: int = Field(description="Who sealed it.")
    subject: str | None = Field(description="Agreement, order, delivery or lot that it is about.")
    type: str | None
    body: DocumentJson | None
    findings: list[FindingView] | None = Field(
        description="Where it contradicts what was agreed before it; null while that is not known."
    )


class BlocksAsked(Body):
    """Which sealed blocks are asked for."""

    cids: list[str] = Field(min_length=1, max_length=CIDS_MAX)
