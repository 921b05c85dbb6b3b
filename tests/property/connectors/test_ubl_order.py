"""Any order the model allows survives UBL; any damage to a message is refused with a place."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from gateway.connectors.message import ConnectorRefused
from gateway.connectors.ubl import order
from ledger.document.delivery import Delivery, DeliveryTerms
from ledger.document.item import CommodityClassification, Item, ItemProperty
from ledger.document.money import AllowanceCharge, Amount, Price, Quantity, TaxCategory
from ledger.document.order import Order, OrderLine
from ledger.document.party import (
    Address,
    Contact,
    Identification,
    Party,
    PartyLegalEntity,
    PartyTaxScheme,
)
from ledger.document.period import Period
from ledger.document.reference import Attachment, DocumentReference

EXAMPLE = (Path(__file__).parents[3] / "examples" / "order.xml").read_bytes()

XML_CHARACTERS = st.characters(
    codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"
)
TEXTS = st.text(XML_CHARACTERS, min_size=1, max_size=12)
CODES = st.text(st.sampled_from("ABCZaz019-._"), min_size=1, max_size=8)
NUMBERS = st.decimals(0, 10**12, places=4).map(str)
SIGNED = st.decimals(-(10**9), 10**9, places=3).map(str)
CURRENCIES = st.sampled_from(["EUR", "JPY", "KWD", "USD"])
COUNTRIES = st.sampled_from(["DE", "PT", "VN"])
DATES = st.dates(date(1000, 1, 1)).map(lambda day: day.isoformat())
QUANTITIES = st.builds(Quantity, value=NUMBERS, unit_code=st.sampled_from(["C62", "KGM", "XPK"]))
AMOUNTS = st.builds(Amount, value=SIGNED, currency_id=CURRENCIES)


def maybe(strategy: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.none() | strategy


def several(strategy: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.lists(strategy, max_size=2).map(tuple)


IDENTIFICATIONS = st.builds(Identification, id=TEXTS, scheme_id=maybe(CODES))
ADDRESSES = st.builds(
    Address,
    street_name=TEXTS,
    city_name=maybe(TEXTS),
    address_line=several(TEXTS),
    country=maybe(COUNTRIES),
)
PARTIES = st.builds(
    Party,
    name=maybe(TEXTS),
    endpoint_id=TEXTS,
    endpoint_scheme=maybe(CODES),
    identifications=several(IDENTIFICATIONS),
    postal_address=maybe(ADDRESSES),
    party_legal_entity=maybe(
        st.builds(PartyLegalEntity, registration_name=TEXTS, company_id=maybe(IDENTIFICATIONS))
    ),
    party_tax_scheme=several(
        st.builds(PartyTaxScheme, company_id=IDENTIFICATIONS, tax_scheme=maybe(CODES))
    ),
    contact=maybe(st.builds(Contact, name=TEXTS, electronic_mail=maybe(TEXTS))),
)
REFERENCES = st.builds(
    DocumentReference,
    id=TEXTS,
    issue_date=maybe(DATES),
    document_description=several(TEXTS),
    attachment=maybe(st.builds(Attachment, uri=TEXTS)),
)
CATEGORIES = st.builds(TaxCategory, id=CODES, percent=maybe(NUMBERS), tax_scheme=maybe(CODES))
CHARGES = st.builds(
    AllowanceCharge,
    charge_indicator=st.booleans(),
    amount=AMOUNTS,
    base_amount=maybe(AMOUNTS),
    multiplier_factor_numeric=maybe(SIGNED),
    allowance_charge_reason=maybe(TEXTS),
    tax_category=maybe(CATEGORIES),
)
PERIODS = st.builds(Period, end_date=DATES, end_time=st.none() | st.just("10:00:00+02:00"))
DELIVERIES = st.builds(
    Delivery,
    id=TEXTS,
    quantity=maybe(QUANTITIES),
    requested_delivery_period=maybe(PERIODS),
    shipping_priority_level_code=maybe(CODES),
    carrier_party=maybe(PARTIES),
)
ITEMS = st.builds(
    Item,
    name=maybe(TEXTS),
    description=several(TEXTS),
    standard_item_identification=maybe(IDENTIFICATIONS),
    commodity_classification=several(
        st.builds(CommodityClassification, item_classification_code=CODES, list_id=maybe(CODES))
    ),
    classified_tax_category=several(CATEGORIES),
    additional_item_property=several(
        st.builds(ItemProperty, name=TEXTS, value=maybe(TEXTS), value_quantity=maybe(QUANTITIES))
    ),
    origin_country=maybe(COUNTRIES),
    manufacturer_name=maybe(TEXTS),
)
LINES = st.builds(
    OrderLine,
    id=TEXTS,
    item=ITEMS,
    quantity=QUANTITIES,
    price=maybe(
        st.builds(
            Price,
            price_amount=AMOUNTS,
            base_quantity=maybe(QUANTITIES),
            allowance_charge=several(CHARGES),
        )
    ),
    line_extension_amount=maybe(AMOUNTS),
    requested_delivery_period=maybe(PERIODS),
    delivery=several(DELIVERIES),
    partial_delivery_indicator=maybe(st.booleans()),
    allowance_charge=several(CHARGES),
    document_reference=several(REFERENCES),
    note=several(TEXTS),
)
ORDERS = st.builds(
    Order,
    id=TEXTS,
    issue_date=DATES,
    note=several(TEXTS),
    document_currency_code=maybe(CURRENCIES),
    customer_reference=maybe(TEXTS),
    validity_period=maybe(PERIODS),
    buyer_customer_party=PARTIES,
    seller_supplier_party=PARTIES,
    contract=several(REFERENCES.map(lambda each: each.model_copy(update={"attachment": None}))),
    delivery=several(DELIVERIES),
    delivery_terms=maybe(st.builds(DeliveryTerms, id=CODES, special_terms=several(TEXTS))),
    payment_terms=several(TEXTS),
    allowance_charge=several(CHARGES),
    order_line=st.lists(LINES, min_size=1, max_size=3, unique_by=lambda line: line.id).map(tuple),
)

TAG = re.compile(rb"<(c[ab]c:\w+)([^<>]*)>([^<>]*)</\1>")
DAMAGES = [b"", b"-1", b"NaN", b"1e5", b"2020-13-01", b"x" * 300, b"<a/>", b"&#1;", b"9" * 50]


@given(ORDERS)
def test_order_survives_being_written_and_read(document: Order) -> None:
    assert order.parse(order.render(document)) == document


@given(st.data())
def test_damaged_bytes_are_refused_with_a_place_or_read(data: st.DataObject) -> None:
    content = bytearray(EXAMPLE)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=3))
    _accepts_whole_or_refuses(bytes(content))


@given(st.sampled_from(list(TAG.finditer(EXAMPLE))), st.sampled_from(DAMAGES), st.integers(0, 3))
def test_damaged_elements_are_refused_with_a_place_or_read(
    match: re.Match[bytes], damage: bytes, way: int
) -> None:
    start, end = match.span(3) if way < 2 else match.span()
    middle = (damage, damage + match[3], b"", match[0] * 2)[way]
    _accepts_whole_or_refuses(EXAMPLE[:start] + middle + EXAMPLE[end:])


def _accepts_whole_or_refuses(content: bytes) -> None:
    try:
        parsed = order.parse(content)
    except ConnectorRefused as error:
        findings = error.findings
    else:
        findings = ()
        assert order.parse(order.render(parsed)) == parsed
    assert all(each.location.line >= 1 and each.location.column >= 1 for each in findings)
