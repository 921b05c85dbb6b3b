"""Mapping tables of references to lines of other documents."""

from __future__ import annotations

from typing import Final

from gateway.connectors.ubl.mapping import Branch, Content, identifier
from gateway.connectors.ubl.part import DOCUMENT_REFERENCE, plain_reference

ORDER_LINE_REFERENCE: Final = Content(
    "OrderLineReference",
    {
        "LineID": identifier("line_id"),
        "OrderReference": Branch("document_reference", plain_reference("OrderReference")),
    },
    needed=("line_id",),
)

LINE_REFERENCE: Final = Content(
    "LineReference",
    {
        "LineID": identifier("line_id"),
        "DocumentReference": Branch("document_reference", DOCUMENT_REFERENCE),
    },
    needed=("line_id",),
)
