"""What callers are shown of documents."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from gateway.answer import View
from gateway.body import DocumentJson


class DocumentView(View):
    """A document of the caller: what the chain knows of it, and its content once it is opened."""

    commitment: str = Field(description="Salted Merkle root; the only trace of it on chain.")
    cid: str = Field(description="Content identifier of its sealed block.")
    status: Literal["sealed", "fetched", "opened", "missing", "broken"]
    reason: str | None = Field(description="Why it is missing or broken.")
    organisation: int = Field(description="Who sealed it.")
    subject: str | None = Field(description="Agreement, order, delivery or lot that it is about.")
    type: str | None
    body: DocumentJson | None
