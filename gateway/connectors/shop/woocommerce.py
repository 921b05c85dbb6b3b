"""Orders of WooCommerce, as its webhooks and all versions of its REST API send them.

Times are taken where the shop gives them in GMT; its local ones have no zone and ride along. The
sum of a line is the shop's own `total`, after discounts. What no field stands for rides along, for
the order under ``woocommerce:order``, for its lines under ``woocommerce:line``.

Notes
-----
Source: WooCommerce REST API documentation, orders.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import Field, StringConstraints

from gateway.connectors.json.reader import read_json, write_json
from gateway.connectors.json.report import Source
from gateway.connectors.json.residue import from_extras, residue, restore, to_extras
from gateway.connectors.shop.part import (
    ONE,
    Money,
    Number,
    ShopPart,
    Words,
    amount,
    charge,
    full_name,
    order_of,
    typed,
    unsupported,
)
from gateway.connectors.shop.woocommerce_legacy import Renamed, renamed, restored
from ledger.document.money import EXACT, total
from ledger.document.order import Order, OrderLine
from ledger.document.scalar import exact

ORDER: Final = "woocommerce:order"
LINE: Final = "woocommerce:line"
LEGACY: Final = "woocommerce:legacy"
SCHEME: Final = "woocommerce"
GROSS: Final = "tax included"

_ENDED: Final = frozenset(("cancelled", "refunded", "failed", "trash"))

Gmt = Annotated[
    str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}$")
]


class WooAddress(ShopPart):
    """Where goods or bills go."""

    first_name: Words = None
    last_name: Words = None
    company: Words = None
    address_1: Words = None
    address_2: Words = None
    city: Words = None
    state: Words = None
    postcode: Words = None
    country: Words = None
    email: Words = None
    phone: Words = None


class WooLine(ShopPart):
    """One line of an order."""

    id: Number
    name: str
    sku: Words = None
    quantity: Money
    price: Money | None = None
    total: Money


class WooCharge(ShopPart):
    """What the shop asks beside the goods: shipping, fees."""

    method_title: Words = None
    name: Words = None
    total: Money


class WooOrder(ShopPart):
    """An order as WooCommerce has it."""

    number: Number
    status: str
    date_created_gmt: Gmt
    currency: str
    prices_include_tax: bool = False
    total: Money
    total_tax: Money
    customer_id: int = 0
    customer_note: Words = None
    billing: WooAddress
    shipping: WooAddress | None = None
    line_items: list[WooLine]
    shipping_lines: list[WooCharge] = Field(default_factory=list)
    fee_lines: list[WooCharge] = Field(default_factory=list)


def parse(content: bytes, shop: str) -> Order:
    """Read an order.

    Parameters
    ----------
    content : bytes
        The body of a webhook, or of the API.
    shop : str
        Address of the shop, which sells.

    Raises
    ------
    MalformedJson
        If it is not JSON.
    UnsupportedDocument
        If it is something else, or an order that has ended.
    InvalidShopOrder
        With everything that is wrong, and where it stands.
    """
    source = renamed(read_json(content))
    _require_order(source)
    read = typed(WooOrder, source, ())
    if read.status in _ENDED:
        rule = "The order is open; its end is an action on the order."
        raise unsupported(source, rule, read.status)
    order = _with_rest(order_of(_fields(read, shop), source, ()), source.value)
    if not isinstance(source, Renamed):
        return order
    return order.model_copy(update={"extras": (*order.extras, *to_extras(LEGACY, True))})


def render(order: Order) -> bytes:
    """Write an order as a webhook brings it."""
    lines = [
        restore(_line_members(line), from_extras(line.extras, LINE, {}))
        for line in order.order_line
    ]
    whole = restore(_members(order), from_extras(order.extras, ORDER, {}))
    members = {**whole, "line_items": lines}
    is_old = from_extras(order.extras, LEGACY, False)
    return write_json(restored(members) if is_old else members)


def _require_order(source: Source) -> None:
    value = source.value
    is_order = isinstance(value, dict) and {"line_items", "billing", "number"} <= value.keys()
    if not is_order:
        found = ", ".join(list(value)[:5]) if isinstance(value, dict) else ""
        raise unsupported(source, "The message is one order of WooCommerce.", found)


def _fields(read: WooOrder, shop: str) -> dict[str, Any]:
    currency, billing = read.currency, read.billing
    charges = [
        charge(each.total, currency, each.method_title or each.name or "")
        for each in (*read.shipping_lines, *read.fee_lines)
    ]
    return {
        "id": read.number,
        "issue_date": read.date_created_gmt[:10],
        "issue_time": f"{read.date_created_gmt[11:]}Z",
        "note": [read.customer_note] if read.customer_note else [],
        "document_currency_code": currency,
        "buyer_customer_party": _buyer(read),
        "seller_supplier_party": {"name": shop, "identifications": [_scheme(shop)]},
        "accounting_customer_party": {
            "name": _name(billing),
            "postal_address": _address(billing),
            "contact": {"telephone": billing.phone, "electronic_mail": billing.email},
        },
        "delivery": [
            {
                "delivery_party": {"name": _name(read.shipping)},
                "delivery_location": {"address": _address(read.shipping)},
            }
        ],
        "allowance_charge": [each for each in charges if each],
        "tax_total": {"tax_amount": amount(read.total_tax, currency)},
        "anticipated_monetary_total": {
            "line_extension_amount": amount(total(x.total for x in read.line_items), currency),
            "tax_exclusive_amount": amount(EXACT.subtract(read.total, read.total_tax), currency),
            "tax_inclusive_amount": amount(read.total, currency),
            "payable_amount": amount(read.total, currency),
        },
        "order_line": [_line(each, read) for each in read.line_items],
    }


def _line(line: WooLine, read: WooOrder) -> dict[str, Any]:
    price = None
    if line.price is not None:
        gross = GROSS if read.prices_include_tax else None
        price = {"price_amount": amount(line.price, read.currency), "price_type": gross}
    return {
        "id": line.id,
        "item": {
            "name": line.name,
            "sellers_item_identification": {"id": line.sku} if line.sku else None,
        },
        "quantity": {"value": line.quantity, "unit_code": ONE},
        "price": price,
        "line_extension_amount": amount(line.total, read.currency),
    }


def _buyer(read: WooOrder) -> dict[str, Any]:
    known = [_scheme(str(read.customer_id))] if read.customer_id else []
    return {"name": _name(read.billing) or read.billing.email or "guest", "identifications": known}


def _scheme(number: str) -> dict[str, str]:
    return {"id": number, "scheme_id": SCHEME}


def _name(address: WooAddress | None) -> str:
    return full_name(address.first_name, address.last_name, address.company) if address else ""


def _address(address: WooAddress | None) -> dict[str, Any] | None:
    if address is None:
        return None
    return {
        "street_name": address.address_1,
        "additional_street_name": address.address_2,
        "city_name": address.city,
        "postal_zone": address.postcode,
        "country_subentity": address.state,
        "country": address.country,
    }


def _with_rest(order: Order, whole: dict[str, Any]) -> Order:
    lines = tuple(
        line.model_copy(
            update={"extras": tuple(to_extras(LINE, residue(_line_members(line), members)))}
        )
        for line, members in zip(order.order_line, whole["line_items"], strict=True)
    )
    head = {name: value for name, value in whole.items() if name != "line_items"}
    extras = tuple(to_extras(ORDER, residue(_members(order), head)))
    return order.model_copy(update={"extras": extras, "order_line": lines})


def _members(order: Order) -> dict[str, Any]:
    """Give what the document says of an order, without its lines."""
    totals, tax = order.anticipated_monetary_total, order.tax_total
    is_gmt = order.issue_time is not None and order.issue_time.endswith("Z")
    clock = (order.issue_time or "").removesuffix("Z")
    place = order.delivery[0].delivery_location if order.delivery else None
    address = place.address if place else None
    members: dict[str, Any] = {
        "number": order.id,
        "date_created_gmt": f"{order.issue_date}T{clock}" if is_gmt else None,
        "currency": order.document_currency_code,
        "customer_note": order.note[0] if order.note else "",
        "total": totals.payable_amount.value if totals and totals.payable_amount else None,
        "total_tax": tax.tax_amount.value if tax else None,
    }
    if address is not None:
        members["shipping"] = {
            "address_1": address.street_name,
            "address_2": address.additional_street_name,
            "city": address.city_name,
            "state": address.country_subentity,
            "postcode": address.postal_zone,
            "country": address.country,
        }
    return members


def _line_members(line: OrderLine) -> dict[str, Any]:
    sku, number, amount_ = line.item.sellers_item_identification, line.quantity.number, None
    if line.line_extension_amount is not None:
        amount_ = exact(line.line_extension_amount.number)
    return {
        "id": int(line.id) if line.id.isascii() and line.id.isdecimal() else line.id,
        "name": line.item.name,
        "sku": sku.id if sku else "",
        "quantity": int(number) if number == number.to_integral_value() else number,
        "price": line.price.price_amount.number if line.price else None,
        "total": amount_,
    }
