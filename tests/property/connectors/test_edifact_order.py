"""Whatever an order says that ORDERS has a place for is the same after writing and reading."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.connectors.edi.edifact.envelope import write
from gateway.connectors.edi.edifact.interchange import read
from gateway.connectors.edi.edifact.order import ORDER
from gateway.connectors.edi.message import Address
from gateway.connectors.edi.sending import Sending
from ledger.document.order import Order

TEXT = st.text("aB9 '+:?*.,-ÄßЖ", min_size=1, max_size=30).map(str.strip).filter(bool)
NUMBER = st.decimals(0, 10**9, places=4).map(lambda value: f"{value:f}")
DAY = st.dates().filter(lambda day: day.year >= 1000).map(lambda day: day.isoformat())
PERIOD = st.fixed_dictionaries({"end_date": DAY})
UNIT = st.sampled_from(["H87", "KGM", "MTR", "C62"])
GLN = st.fixed_dictionaries({"id": st.just("4012345000009"), "scheme_id": st.just("0088")})


def _quantity() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"value": NUMBER, "unit_code": UNIT})


def _amount() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"value": NUMBER, "currency_id": st.just("EUR")})


LINE = st.fixed_dictionaries(
    {
        "quantity": _quantity(),
        "item": st.fixed_dictionaries(
            {"name": TEXT, "sellers_item_identification": st.fixed_dictionaries({"id": TEXT})}
        ),
    },
    optional={
        "price": st.fixed_dictionaries({"price_amount": _amount()}),
        "line_extension_amount": _amount(),
        "requested_delivery_period": PERIOD,
        "note": st.lists(TEXT, max_size=2),
    },
)
PARTY = st.fixed_dictionaries(
    {"name": TEXT, "identifications": st.lists(GLN, min_size=1, max_size=1)}
)
ORDERS = st.fixed_dictionaries(
    {
        "id": TEXT,
        "issue_date": DAY,
        "order_type_code": st.just("220"),
        "document_currency_code": st.just("EUR"),
        "buyer_customer_party": PARTY,
        "seller_supplier_party": PARTY,
        "lines": st.lists(LINE, min_size=1, max_size=3),
    },
    optional={"note": st.lists(TEXT, max_size=7), "payment_due_days": st.integers(0, 3650)},
)


@settings(max_examples=40, deadline=None)
@given(ORDERS)
def test_written_order_is_read_back(fields: dict[str, Any]) -> None:
    lines = [line | {"id": str(number)} for number, line in enumerate(fields.pop("lines"), start=1)]
    order = Order.model_validate(fields | {"order_line": lines})
    sending = Sending(Address("A"), Address("B"), 1, datetime(2026, 11, 1, tzinfo=UTC))
    content = write([ORDER.render(order)], sending)
    back = ORDER.parse(read(content)[0].messages[0])
    for party in ("buyer_customer_party", "seller_supplier_party"):
        read_party = getattr(back, party)
        assert read_party.identifications == getattr(order, party).identifications
        assert read_party.name == getattr(order, party).name
    same = {"buyer_customer_party", "seller_supplier_party", "extras"}
    assert back.model_dump(exclude=same) == order.model_dump(exclude=same)
