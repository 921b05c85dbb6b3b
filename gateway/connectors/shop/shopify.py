"""Orders of Shopify, as its webhooks and its REST API send them.

Prices with tax inside keep that word in `price_type`: no net price is computed. What no field
stands for rides along, for the order under ``shopify:order``, for its lines under ``shopify:line``.

Notes
-----
Source: Shopify Admin REST API, Order resource.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import Field

from gateway.connectors.json.reader import JsonText, read_json, write_json
from gateway.connectors.json.residue import from_extras, residue, restore, to_extras
from gateway.connectors.shop.part import (
    ONE,
    UNITS_MAX,
    Money,
    Number,
    ShopPart,
    Words,
    Zoned,
    amount,
    charge,
    day_and_clock,
    full_name,
    order_of,
    typed,
    unsupported,
)
from ledger.document.money import EXACT, total
from ledger.document.order import Order, OrderLine

ORDER: Final = "shopify:order"
LINE: Final = "shopify:line"
SCHEME: Final = "shopify"
GROSS: Final = "tax included"


class ShopifyAddress(ShopPart):
    """Where goods or bills go."""

    first_name: Words = None
    last_name: Words = None
    company: Words = None
    address1: Words = None
    address2: Words = None
    city: Words = None
    province: Words = None
    zip: Words = None
    country_code: Words = None
    phone: Words = None


class ShopifyCustomer(ShopPart):
    """Who orders."""

    id: Number
    first_name: Words = None
    last_name: Words = None


class ShopifyLine(ShopPart):
    """One line of an order."""

    id: Number
    title: str
    variant_title: Words = None
    sku: Words = None
    quantity: Annotated[int, Field(ge=0, le=UNITS_MAX)]
    price: Money


class ShopifyShipping(ShopPart):
    """What the shop asks for shipping."""

    title: Words = None
    price: Money


class ShopifyOrder(ShopPart):
    """An order as Shopify has it."""

    id: Number
    name: str
    created_at: Zoned
    currency: str
    note: Words = None
    email: Words = None
    phone: Words = None
    po_number: Words = None
    cancelled_at: Words = None
    taxes_included: bool = False
    total_price: Money
    total_tax: Money | None = None
    total_discounts: Money = Decimal(0)
    line_items: list[ShopifyLine]
    shipping_lines: list[ShopifyShipping] = Field(default_factory=list)
    customer: ShopifyCustomer | None = None
    billing_address: ShopifyAddress | None = None
    shipping_address: ShopifyAddress | None = None


def parse(content: bytes, shop: str) -> Order:
    """Read an order.

    Parameters
    ----------
    content : bytes
        The body of a webhook, or ``{"order": ...}`` of the API.
    shop : str
        Domain of the shop, which sells.

    Raises
    ------
    MalformedJson
        If it is not JSON.
    UnsupportedDocument
        If it is something else, or an order that was cancelled.
    InvalidShopOrder
        With everything that is wrong, and where it stands.
    """
    source = read_json(content)
    inside = _inside(source)
    read = typed(ShopifyOrder, source, inside)
    if read.cancelled_at:
        rule = "The order is not cancelled; a cancellation is an action on the order."
        raise unsupported(source, rule, read.name)
    order = order_of(_fields(read, shop), source, inside)
    whole = source.value[inside[0]] if inside else source.value
    return _with_rest(order, whole)


def render(order: Order) -> bytes:
    """Write an order as a webhook brings it."""
    lines = [
        restore(_line_members(line), from_extras(line.extras, LINE, {}))
        for line in order.order_line
    ]
    whole = restore(_members(order), from_extras(order.extras, ORDER, {}))
    return write_json({**whole, "line_items": lines})


def _inside(source: JsonText) -> tuple[str, ...]:
    value = source.value
    if isinstance(value, dict) and isinstance(value.get("order"), dict):
        return ("order",)
    if isinstance(value, dict) and "line_items" in value and "name" in value:
        return ()
    found = ", ".join(list(value)[:5]) if isinstance(value, dict) else ""
    raise unsupported(source, "The message is one order of Shopify.", found)


def _fields(read: ShopifyOrder, shop: str) -> dict[str, Any]:
    day, clock = day_and_clock(read.created_at)
    currency = read.currency
    billing, shipping = read.billing_address, read.shipping_address
    discount = charge(-read.total_discounts, currency, "discount")
    charges = [charge(each.price, currency, each.title or "") for each in read.shipping_lines]
    lines = total(_sum_of(each) for each in read.line_items)
    return {
        "id": read.name,
        "issue_date": day,
        "issue_time": clock,
        "note": [read.note] if read.note else [],
        "document_currency_code": currency,
        "customer_reference": read.po_number,
        "buyer_customer_party": _buyer(read),
        "seller_supplier_party": {"name": shop, "identifications": [_scheme(shop)]},
        "accounting_customer_party": _party(billing),
        "delivery": [
            {
                "delivery_party": _party(shipping),
                "delivery_location": {"address": _address(shipping)},
            }
        ],
        "allowance_charge": [each for each in (discount, *charges) if each],
        "tax_total": {"tax_amount": _amount(read.total_tax, currency)},
        "anticipated_monetary_total": {
            "line_extension_amount": amount(lines, currency),
            "tax_inclusive_amount": amount(read.total_price, currency),
            "payable_amount": amount(read.total_price, currency),
        },
        "order_line": [_line(each, read) for each in read.line_items],
    }


def _line(line: ShopifyLine, read: ShopifyOrder) -> dict[str, Any]:
    price = {
        "price_amount": amount(line.price, read.currency),
        "price_type": GROSS if read.taxes_included else None,
    }
    return {
        "id": line.id,
        "item": {
            "name": line.title,
            "description": [line.variant_title] if line.variant_title else [],
            "sellers_item_identification": {"id": line.sku} if line.sku else None,
        },
        "quantity": {"value": line.quantity, "unit_code": ONE},
        "price": price,
        "line_extension_amount": amount(_sum_of(line), read.currency),
    }


def _sum_of(line: ShopifyLine) -> Decimal:
    return EXACT.multiply(line.price, line.quantity)


def _buyer(read: ShopifyOrder) -> dict[str, Any]:
    billing, customer = read.billing_address, read.customer
    named = full_name(customer.first_name, customer.last_name, None) if customer else ""
    company = billing.company if billing else None
    person = full_name(billing.first_name, billing.last_name, None) if billing else ""
    return {
        "name": company or named or person or read.email or "guest",
        "identifications": [_scheme(customer.id)] if customer else [],
        "contact": {"telephone": read.phone, "electronic_mail": read.email},
    }


def _scheme(number: str) -> dict[str, str]:
    return {"id": number, "scheme_id": SCHEME}


def _party(address: ShopifyAddress | None) -> dict[str, Any] | None:
    if address is None:
        return None
    return {
        "name": full_name(address.first_name, address.last_name, address.company),
        "contact": {"telephone": address.phone},
    }


def _address(address: ShopifyAddress | None) -> dict[str, Any] | None:
    if address is None:
        return None
    return {
        "street_name": address.address1,
        "additional_street_name": address.address2,
        "city_name": address.city,
        "postal_zone": address.zip,
        "country_subentity": address.province,
        "country": address.country_code,
    }


def _amount(value: Decimal | None, currency: str) -> dict[str, Any] | None:
    return None if value is None else amount(value, currency)


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
    delivery = order.delivery[0] if order.delivery else None
    address = (
        delivery.delivery_location.address if delivery and delivery.delivery_location else None
    )
    contact, tax = order.buyer_customer_party.contact, order.tax_total
    totals = order.anticipated_monetary_total
    members: dict[str, Any] = {
        "name": order.id,
        "created_at": f"{order.issue_date}T{order.issue_time}" if order.issue_time else None,
        "currency": order.document_currency_code,
        "note": order.note[0] if order.note else None,
        "email": contact.electronic_mail if contact else None,
        "phone": contact.telephone if contact else None,
        "po_number": order.customer_reference,
        "total_price": totals.payable_amount.value if totals and totals.payable_amount else None,
        "total_tax": tax.tax_amount.value if tax else None,
    }
    if address is not None:
        members["shipping_address"] = {
            "address1": address.street_name,
            "address2": address.additional_street_name,
            "city": address.city_name,
            "province": address.country_subentity,
            "zip": address.postal_zone,
            "country_code": address.country,
        }
    return members


def _line_members(line: OrderLine) -> dict[str, Any]:
    sku = line.item.sellers_item_identification
    number = line.quantity.number
    return {
        "id": int(line.id) if line.id.isascii() and line.id.isdecimal() else line.id,
        "title": line.item.name,
        "variant_title": line.item.description[0] if line.item.description else None,
        "sku": sku.id if sku else None,
        "quantity": int(number) if number == number.to_integral_value() else number,
        "price": line.price.price_amount.value if line.price else None,
    }
