"""Which document tells a partner of a fact: the one that was recorded with it, or one in its place.

The partner knows the order by its own number and its own names of the parties, so what the document
leaves to the agreement is filled in from the order as the partner sent it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from ledger.document.notice import Notice
from ledger.document.order import Order
from ledger.document.order_change import OrderChange
from ledger.document.order_response import OrderResponse
from ledger.document.part import Document
from ledger.document.party import Party
from ledger.document.reference import DocumentReference
from ledger.document.schema import parse_document

_ACCEPT: Final = "accept_change"
_RESPONSES: Final = {"acknowledge": "AB", "confirm": "AP", _ACCEPT: "AP", "reject": "RE"}
"""Actions that answer an order by themselves, and their codes in UNCL4343."""

_BUYER: Final = ("buyer_customer_party", "delivery_customer_party", "accounting_customer_party")
_SELLER: Final = ("seller_supplier_party", "despatch_supplier_party", "accounting_supplier_party")
_ABOUT_LINES: Final = ("order_line", "despatch_line", "receipt_line")
_ADDRESSES: Final = {"endpoint_id", "endpoint_scheme", "identifications"}


def document_of(
    action: str,
    document: Document | None,
    order: Order | None,
    id: str,
    time: int,
    change: OrderChange | None = None,
) -> Document:
    """Give the document that tells of a fact.

    Parameters
    ----------
    action : str
        Name in the lifecycle table.
    document : Document, optional
        What was recorded with it.
    order : Order, optional
        The order, as it was issued or last revised.
    id : str
        How the network calls the order.
    time : int
        Unix seconds of chain time.
    change : OrderChange, optional
        What the buyer last asked to be changed.
    """
    code = _RESPONSES.get(action)
    if order is not None and code is not None and isinstance(document, Notice | None):
        document = _response(code, action, document, order, id, time)
    if document is None:
        return Notice(
            id=f"{id}-{action}",
            issue_date=_day(time),
            action=action,
            reason=action.replace("_", " ").capitalize() + ".",
            order_reference=DocumentReference(id=order.id if order is not None else id),
        )
    if action == _ACCEPT and change is not None and isinstance(document, OrderResponse):
        document = _naming(document, change)
    return document if order is None else _completed(document, order)


def _response(
    code: str, action: str, notice: Document | None, order: Order, id: str, time: int
) -> Document:
    """Answer an order that was answered by an action alone."""
    said = [notice.reason, *notice.note] if isinstance(notice, Notice) else []
    fields: dict[str, Any] = {
        "document_type": "OrderResponse",
        "schema_version": order.schema_version,
        "id": notice.id if notice is not None else f"{id}-{action}",
        "issue_date": notice.issue_date if notice is not None else _day(time),
        "order_response_code": code,
        "order_reference": {"id": order.id, "issue_date": order.issue_date},
        "note": said,
    }
    return parse_document(fields)


def _naming(response: OrderResponse, change: OrderChange) -> OrderResponse:
    """Let a response name the change that it answers."""
    reference = DocumentReference(id=change.id, issue_date=change.issue_date)
    return response.model_copy(update={"order_change_reference": reference})


def _completed(document: Document, order: Order) -> Document:
    """Call the order what its buyer calls it, and fill in who and what the order names."""
    models = type(document).model_fields
    fields = document.model_dump(exclude_defaults=True)
    if "order_reference" in models:
        own = {"id": order.id, "issue_date": order.issue_date}
        fields["order_reference"] = {**fields.get("order_reference", {}), **own}
    for names, party in (
        (_BUYER, order.buyer_customer_party),
        (_SELLER, order.seller_supplier_party),
    ):
        for name in names:
            if name in models and _is_same(name, fields.get(name), party):
                fields[name] = _party(fields.get(name), party)
    if "document_currency_code" in models and order.document_currency_code is not None:
        fields.setdefault("document_currency_code", order.document_currency_code)
    lines = document.lines_field
    if lines in _ABOUT_LINES:
        fields[lines] = [_line(each, order) for each in fields.get(lines, ())]
    return type(document).model_validate(fields)


def _is_same(field: str, said: Mapping[str, Any] | None, party: Party) -> bool:
    """Tell whether a party is the one of the order; whoever is billed may be another one."""
    is_billing = field.startswith("accounting_")
    return not is_billing or said is None or said.get("name", party.name) == party.name


def _party(said: Mapping[str, Any] | None, party: Party) -> dict[str, Any]:
    """Give a party that is not named as the order has it, and to one that is, its addresses."""
    known = party.model_dump(exclude_defaults=True)
    if said is None:
        return known
    kept = {"identifications"} if "endpoint_id" in said else _ADDRESSES
    return {**{name: known[name] for name in kept & known.keys()}, **said}


def _line(line: dict[str, Any], order: Order) -> dict[str, Any]:
    """Name the item of the order line that a line is about, and the quantity that it answers."""
    number = line.get("order_line_reference", {}).get("line_id")
    is_answer = "line_status_code" in line and not line.get("delivery")
    names = {"item", "quantity"} if is_answer else {"item"}
    for each in order.order_line:
        if each.id == number:
            return {**each.model_dump(include=names, exclude_defaults=True), **line}
    return line


def _day(time: int) -> str:
    return datetime.fromtimestamp(time, UTC).date().isoformat()
