"""UBL 2.x OrderResponse, in and out.

UBL has the codes of the answer and of its lines optional. A line without one has that of the
whole answer, where all is accepted or all rejected, else it is a changed line: it says what holds.
An answer without one is what its lines are. A line that names no line of the order answers that of
its number.

Notes
-----
Source: OASIS UBL 2.0 to 2.4, OrderResponse; Peppol BIS Ordering 3, transactions T76, T110 and T116.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from gateway.connectors.message import InvalidUblOrderResponse
from gateway.connectors.ubl.extra import Extras, absent, extras_of, is_left_out
from gateway.connectors.ubl.item import ITEM
from gateway.connectors.ubl.line_reference import ORDER_LINE_REFERENCE
from gateway.connectors.ubl.mapping import (
    Branch,
    Content,
    Leaf,
    code,
    filler,
    identifier,
    quantity,
    text,
)
from gateway.connectors.ubl.message_type import MessageType
from gateway.connectors.ubl.money import PRICE, complete_base_unit
from gateway.connectors.ubl.part import (
    CUSTOMER_PARTY,
    DELIVERY,
    DOCUMENT_REFERENCE,
    PERIOD,
    SUPPLIER_PARTY,
    plain_reference,
)
from gateway.connectors.ubl.scalar import CURRENCY, DATE, LINE_STATUS, TIME
from ledger.document.delivery import Delivery
from ledger.document.order_response import (
    LINE_ACCEPTED,
    LINE_CHANGED,
    LINE_REJECTED,
    OrderResponse,
    OrderResponseLine,
)

CONDITIONALLY_ACCEPTED: Final = "CA"
_STATUS: Final = {"AP": LINE_ACCEPTED, "RE": LINE_REJECTED, CONDITIONALLY_ACCEPTED: LINE_CHANGED}
_CODE: Final = {LINE_ACCEPTED: "AP", LINE_REJECTED: "RE"}
_PERIOD_ONLY: Final = {"promised_delivery_period"}


def _finish_line(line: dict[str, Any], extras: Extras, path: str) -> None:
    """Lift the promised period of the whole line, and complete the unit of its base quantity."""
    deliveries = line.get("delivery")
    if deliveries and deliveries[0].keys() == _PERIOD_ONLY:
        line["promised_delivery_period"] = deliveries.pop(0)["promised_delivery_period"]
    complete_base_unit(line, extras, f"{path}/cac:LineItem")
    is_silent = is_left_out(extras, f"{path}/cac:OrderLineReference")
    if "order_line_reference" not in line and "id" in line and is_silent:
        line["order_line_reference"] = {"line_id": line["id"]}
        extras.append((f"{path}/{absent('cac:OrderLineReference')}", ""))
    backorder = line.get("maximum_backorder_quantity")
    if backorder is None or "unit_code" in backorder:
        return
    place = f"{path}/cac:LineItem/cbc:MaximumBackorderQuantity"
    if "unit_code" in line.get("quantity", {}):
        backorder["unit_code"] = line["quantity"]["unit_code"]
        extras.append((f"{place}/@unitCode", ""))
    else:
        extras.append((place, line.pop("maximum_backorder_quantity")["value"]))


def _deliveries(line: OrderResponseLine) -> Iterable[Delivery]:
    if line.promised_delivery_period is not None:
        yield Delivery(promised_delivery_period=line.promised_delivery_period)
    yield from line.delivery


_LINE_ITEM: Final = Content(
    "LineItem",
    {
        "ID": identifier("id", is_required=True),
        "LineStatusCode": Leaf("line_status_code", LINE_STATUS),
        "Quantity": quantity("quantity"),
        "MaximumBackorderQuantity": quantity("maximum_backorder_quantity", is_unit_optional=True),
        "Delivery": Branch(
            "delivery",
            DELIVERY,
            is_many=True,
            gather=_deliveries,
            gathered={"promised_delivery_period": PERIOD},
        ),
        "Price": Branch("price", PRICE),
        "Item": Branch("item", ITEM, is_filled=True),
    },
)

_SUBSTITUTE: Final = Content(
    "LineItem",
    {"ID": filler("1"), "Item": Branch("substituted_item", ITEM)},
)

_LINE: Final = Content(
    "OrderLine",
    {
        "Note": text("note", is_many=True),
        "LineItem": Branch(None, _LINE_ITEM, is_required=True),
        "SellerSubstitutedLineItem": Branch(None, _SUBSTITUTE, may_repeat=True),
        "OrderLineReference": Branch("order_line_reference", ORDER_LINE_REFERENCE, may_repeat=True),
    },
    finish=_finish_line,
)


def _finish(answer: dict[str, Any], extras: Extras, path: str) -> None:
    """Conclude the codes that the sender left out."""
    lines = answer.get("order_line", [])
    status = _STATUS.get(answer.get("order_response_code", ""))
    is_silent = is_left_out(extras, f"{path}/cbc:OrderResponseCode")
    if "order_response_code" not in answer and lines and is_silent:
        found = {line.get("line_status_code") for line in lines}
        status = found.pop() if len(found) == 1 else None
        status = status if status in _CODE else LINE_CHANGED
        answer["order_response_code"] = _CODE.get(status, CONDITIONALLY_ACCEPTED)
        extras.append((f"{path}/{absent('cbc:OrderResponseCode')}", ""))
    for line in lines:
        if "line_status_code" not in line and status is not None:
            line["line_status_code"] = status
            place = f"/OrderLine/cac:LineItem/{absent('cbc:LineStatusCode')}"
            line.setdefault("extras", []).extend(extras_of([(place, "")]))


_PROMISE: Final = Content(
    "Delivery", {"PromisedDeliveryPeriod": Branch("promised_delivery_period", PERIOD)}
)

_ORDER_RESPONSE: Final = Content(
    "OrderResponse",
    {
        "ID": identifier("id", is_required=True),
        "SalesOrderID": identifier("sales_order_id"),
        "IssueDate": Leaf("issue_date", DATE, is_required=True),
        "IssueTime": Leaf("issue_time", TIME),
        "OrderResponseCode": code("order_response_code"),
        "Note": text("note", is_many=True),
        "DocumentCurrencyCode": Leaf("document_currency_code", CURRENCY),
        "CustomerReference": text("customer_reference"),
        "ValidityPeriod": Branch("validity_period", PERIOD, may_repeat=True),
        "OrderReference": Branch(
            "order_reference",
            plain_reference("OrderReference"),
            is_required=True,
            may_repeat=True,
        ),
        "OrderChangeDocumentReference": Branch(
            "order_change_reference", DOCUMENT_REFERENCE, may_repeat=True
        ),
        "SellerSupplierParty": Branch("seller_supplier_party", SUPPLIER_PARTY, is_required=True),
        "BuyerCustomerParty": Branch("buyer_customer_party", CUSTOMER_PARTY, is_required=True),
        "Delivery": Branch(None, _PROMISE, may_repeat=True),
        "OrderLine": Branch("order_line", _LINE, is_many=True, has_extras=True),
    },
    finish=_finish,
)


ORDER_RESPONSE: Final = MessageType(
    _ORDER_RESPONSE, OrderResponse, InvalidUblOrderResponse, "cac:OrderLine/cac:LineItem/cbc:ID"
)
parse, render, unheld = ORDER_RESPONSE.parse, ORDER_RESPONSE.render, ORDER_RESPONSE.unheld
