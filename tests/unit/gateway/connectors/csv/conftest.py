"""A small partner and its profile."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from gateway.connectors.csv.profile import Profile, read_profile
from gateway.connectors.csv.reader import RowOutcome, read

PROFILE = b"""
name = "mill"
version = 1
title = "Orders of a weaving mill"
delimiter = ";"
key = ["PO", "Pos"]
absent = ["", "-"]
despatch_when = "Shipped"
receipt_when = "Arrived"

[[field]]
to = ["order.id", "despatch.order_reference.id", "receipt.order_reference.id"]
template = "{PO}/{Pos}"
is_required = true

[[field]]
to = ["order.issue_date"]
columns = ["Date", "Wanted"]
kind = "date"
dates = ["%d.%m.%Y", "%Y-%m-%d"]
is_required = true
fallback_note = "Dated by {column}."

[[field]]
to = "order.buyer_customer_party.name"
constant = "Mill"
is_always = true

[[field]]
to = "order.seller_supplier_party.name"
column = "Vendor"
is_required = true

[[field]]
to = "order.order_line[0].item.name"
column = "Item"
is_required = true

[[field]]
to = [
  "order.order_line[0].id",
  "despatch.despatch_line[0].id",
  "despatch.despatch_line[0].order_line_reference.line_id",
  "receipt.receipt_line[0].id",
  "receipt.receipt_line[0].order_line_reference.line_id",
]
constant = "1"
is_always = true

[[field]]
to = [
  "order.order_line[0].quantity.value",
  "despatch.despatch_line[0].delivered_quantity.value",
  "receipt.receipt_line[0].received_quantity.value",
]
column = "Qty"
kind = "decimal"
minimum = "1"
is_required = true

[[field]]
to = [
  "order.order_line[0].quantity.unit_code",
  "despatch.despatch_line[0].delivered_quantity.unit_code",
  "receipt.receipt_line[0].received_quantity.unit_code",
]
column = "Unit"
values = { "m" = "MTR", "pc" = "C62" }
is_required = true

[[field]]
to = "order.order_line[0].price.price_amount.value"
column = "Price"
kind = "decimal"
absent = ["on request"]
absent_pattern = 'see PO \\d+'

[[field]]
to = "order.order_line[0].price.price_amount.currency_id"
constant = "EUR"

[[field]]
to = "order.order_line[0].requested_delivery_period.start_date"
column = "Wanted from"
kind = "date"
dates = ["%d.%m.%Y"]

[[field]]
to = "order.order_line[0].requested_delivery_period.end_date"
column = "Wanted"
kind = "date"
dates = ["%d.%m.%Y"]

[[field]]
to = "order.delivery_terms.id"
column = "Terms"
kind = "code"

[[field]]
to = ["despatch.id", "receipt.despatch_document_reference.id"]
template = "{PO}/{Pos}-1"

[[field]]
to = "despatch.issue_date"
column = "Shipped"
kind = "date"
dates = ["%d.%m.%Y"]

[[field]]
to = "receipt.id"
template = "{PO}/{Pos}-1-R"

[[field]]
to = ["receipt.issue_date", "receipt.actual_delivery_date"]
column = "Arrived"
kind = "date"
dates = ["%d.%m.%Y"]
"""
HEADER = "PO;Pos;Date;Vendor;Item;Qty;Unit;Price;Wanted from;Wanted;Terms;Shipped;Arrived;Remark"


@pytest.fixture(scope="session")
def profile() -> Profile:
    """The profile of the mill."""
    return read_profile(PROFILE)


@pytest.fixture
def read_lines(profile: Profile) -> Callable[..., list[RowOutcome]]:
    """Read lines below the header of the mill."""

    def run(*lines: str | bytes, header: str = HEADER) -> list[RowOutcome]:
        every = [header, *lines]
        content = b"\n".join(each.encode() if isinstance(each, str) else each for each in every)
        return list(read(profile, io.BytesIO(content)))

    return run
