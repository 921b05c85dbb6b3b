"""UBL 2.x OrderResponse, in and out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from gateway.connectors.message import (
    Finding,
    InvalidUblOrderResponse,
    Location,
    UnwritableDocument,
)
from gateway.connectors.ubl.item import ITEM
from gateway.connectors.ubl.mapping import (
    Branch,
    Content,
    Leaf,
    code,
    identifier,
    quantity,
    text,
)
from gateway.connectors.ubl.parser import Extras, Parse, parse_source
from gateway.connectors.ubl.part import (
    CUSTOMER_PARTY,
    DELIVERY,
    DOCUMENT_REFERENCE,
    PERIOD,
    PRICE,
    SUPPLIER_PARTY,
    complete_base_unit,
    plain_reference,
)
from gateway.connectors.ubl.reader import CAC, CBC, read_ubl
from gateway.connectors.ubl.renderer import render_document
from gateway.connectors.ubl.scalar import CURRENCY, DATE, TIME
from ledger.document.delivery import Delivery
from ledger.document.order_response import OrderResponse, OrderResponseLine

_PERIOD_ONLY: Final = {"promised_delivery_period"}


def _finish_line(line: dict[str, Any], extras: Extras, path: str) -> None:
    """Lift the promised period of the whole line, and complete the unit of its base quantity."""
    deliveries = line.get("delivery")
    if deliveries and deliveries[0].keys() == _PERIOD_ONLY:
        line["promised_delivery_period"] = deliveries.pop(0)["promised_delivery_period"]
    complete_base_unit(line, extras, path)
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
        "LineStatusCode": code("line_status_code", is_required=True),
        "Quantity": quantity("quantity"),
        "MaximumBackorderQuantity": quantity("maximum_backorder_quantity", is_unit_optional=True),
        "Delivery": Branch("delivery", DELIVERY, is_many=True, gather=_deliveries),
        "Price": Branch("price", PRICE),
        "Item": Branch("item", ITEM),
    },
)

_LINE_REFERENCE: Final = Content(
    "OrderLineReference", {"LineID": identifier("line_id")}, needed=("line_id",)
)

_LINE: Final = Content(
    "OrderLine",
    {
        "Note": text("note", is_many=True),
        "LineItem": Branch(None, _LINE_ITEM, is_required=True),
        "OrderLineReference": Branch(
            "order_line_reference", _LINE_REFERENCE, is_required=True, may_repeat=True
        ),
    },
    finish=_finish_line,
)

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
        "OrderResponseCode": code("order_response_code", is_required=True),
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
        "SellerSupplierParty": Branch("seller_supplier_party", SUPPLIER_PARTY),
        "BuyerCustomerParty": Branch("buyer_customer_party", CUSTOMER_PARTY),
        "Delivery": Branch(None, _PROMISE, may_repeat=True),
        "OrderLine": Branch("order_line", _LINE, is_many=True, has_extras=True),
    },
)


def parse(content: bytes) -> OrderResponse:
    """Read a UBL 2.x OrderResponse.

    Parameters
    ----------
    content : bytes
        The XML, in any encoding it declares.

    Returns
    -------
    OrderResponse
        The typed answer; what it has no field for is in its `extras` and those of its lines.

    Raises
    ------
    MalformedXml, ForbiddenXml, UnsupportedDocument
        If this is no UBL order response at all.
    InvalidUblOrderResponse
        With everything wrong, each with line, column and XPath.

    Notes
    -----
    Source: OASIS UBL 2.0 to 2.4, OrderResponse; Peppol BIS Ordering 3, transaction T76.
    """
    source = read_ubl(content, "OrderResponse")
    return parse_source(
        source, _ORDER_RESPONSE, OrderResponse, InvalidUblOrderResponse, _check_lines
    )


def render(response: OrderResponse) -> bytes:
    """Write a UBL 2.x OrderResponse.

    Raises
    ------
    UnwritableDocument
        If the answer has what UBL's cannot hold: a substituted item, a reason as a code, no
        parties; or as for orders.
    """
    findings = [
        Finding(rule, Location(1, 1, path), "", "Say it in a note, or use another standard.")
        for rule, path in _unheld(response)
    ]
    if findings:
        raise UnwritableDocument(findings)
    return render_document(response, _ORDER_RESPONSE, "OrderResponse", parse)


def _unheld(response: OrderResponse) -> Iterable[tuple[str, str]]:
    if response.seller_supplier_party is None or response.buyer_customer_party is None:
        yield "A UBL order response names seller and buyer.", "/OrderResponse"
    for nth, line in enumerate(response.order_line, 1):
        path = f"/OrderResponse/cac:OrderLine[{nth}]"
        if line.substituted_item is not None:
            yield "Substituted items are not written to UBL yet.", path
        if line.status_reason_code is not None:
            yield "UBL has no code for the reason of a line's status.", path


def _check_lines(parse: Parse) -> None:
    seen: set[str] = set()
    path = f"{{{CAC}}}OrderLine/{{{CAC}}}LineItem/{{{CBC}}}ID"
    for element in parse.source.root.iterfind(path):
        number = element.text or ""
        if number in seen:
            rule = "Every line of an order response has a number of its own."
            parse.report.add(element, rule, number, "Give the line another number.")
        seen.add(number)
