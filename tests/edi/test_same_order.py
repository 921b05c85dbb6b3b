"""One order, as six companies would send it, is one canonical order and one commitment input.

Each file of ``same_order`` is written the way its standard has it, with its own spelling of numbers
and days. Where a standard cannot say something, or says more, it is listed here.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from gateway.connectors.profile.choice import Partners
from gateway.conversion.conversion import convert
from gateway.conversion.form import Manner
from gateway.inbox.reading import read
from ledger.document.canonical import canonical_form, leaves_of, split_leaf
from ledger.document.order import Order

FOLDER = Path(__file__).parent / "same_order"
MANNER = Manner(datetime(2026, 3, 2, 9, 14))  # noqa: DTZ001
PARTNERS = Partners.of([(FOLDER / "profile.toml").read_bytes()])
FILES = {
    "json": "order.json",
    "x12": "order.x12",
    "edifact": "order.edifact",
    "ubl": "order.ubl.xml",
    "cxml": "order.cxml",
    "csv": "order.csv",
}

DIFFERENCES = {
    "cxml": {
        # Parties are credentials there: the receiver is not named, and nobody has an endpoint.
        "-/buyer_customer_party/endpoint_id",
        "-/buyer_customer_party/endpoint_scheme",
        "-/seller_supplier_party/endpoint_id",
        "-/seller_supplier_party/endpoint_scheme",
        "-/seller_supplier_party/name",
        # An order is of one type, and always says its total.
        "-/order_type_code",
        "+/anticipated_monetary_total/line_extension_amount/currency_id",
        "+/anticipated_monetary_total/line_extension_amount/value",
    }
}
"""What is committed to in a standard beyond the order (+), or is not (-)."""

RIDING_ALONG = {
    # How numbers were spelled.
    "x12": {"/850/PO1/1/PO1/4", "/850/PO1/1/PO1/2"},
    "edifact": {"/ORDERS/LIN/6/PRI/1", "/ORDERS/LIN/4/QTY/1"},
    "ubl": {"/OrderLine/cac:LineItem/cbc:Quantity"},
    # The envelope of cXML has no place of its own.
    "cxml": {
        "/cXML/@payloadID",
        "/cXML/@timestamp",
        "/cXML/Header[1]/Sender[1]/UserAgent[1]/text()",
        "/cXML/Request[1]/@deploymentMode",
        "/cXML/Request[1]/OrderRequest[1]/OrderRequestHeader[1]/Comments[1]"
        "/@{http://www.w3.org/XML/1998/namespace}lang",
    },
}
"""What is the sender's own, and is committed to as such."""


def _order(standard: str) -> Order:
    taken = read((FOLDER / FILES[standard]).read_bytes(), "fjellgrat", PARTNERS)
    assert (taken.kind.standard, taken.findings) == (standard, ())
    [order] = taken.documents
    assert isinstance(order, Order)
    return order


def _leaves(order: Order) -> set[str]:
    """Give what is committed to, but for what rides along."""
    leaves = leaves_of(canonical_form(order))
    return {each for each in leaves if "extras" not in split_leaf(each)[0].split("/")}


@pytest.mark.parametrize("standard", FILES)
def test_the_same_order_is_the_same_commitment_input_in_every_standard(standard: str) -> None:
    expected, found = _leaves(_order("json")), _leaves(_order(standard))
    differing = {f"-{split_leaf(each)[0]}" for each in expected - found}
    differing |= {f"+{split_leaf(each)[0]}" for each in found - expected}
    assert differing == DIFFERENCES.get(standard, set())
    assert len(expected) == 34


@pytest.mark.parametrize("standard", FILES)
def test_what_rides_along_is_the_senders_own_and_listed(standard: str) -> None:
    order = _order(standard)
    extras = [*order.extras, *(extra for line in order.order_line for extra in line.extras)]
    paths = {each.path.removeprefix(f"{standard}:") for each in extras}
    assert paths == RIDING_ALONG.get(standard, set())


@pytest.mark.parametrize("target", ["x12", "edifact", "ubl", "json"])
@pytest.mark.parametrize("source", FILES)
def test_sent_on_in_another_standard_it_stays_the_same_order(source: str, target: str) -> None:
    content = (FOLDER / FILES[source]).read_bytes()
    [sent] = convert(content, target, MANNER, "fjellgrat", PARTNERS).converted
    [received] = read(sent.content, "").documents
    assert isinstance(received, Order)
    listed = {each.pointer for each in sent.losses if each.reason != "foreign"}
    lost = {split_leaf(each)[0] for each in _leaves(_order(source)) ^ _leaves(received)}
    assert {pointer for pointer in lost if not any(map(pointer.startswith, listed))} == set()
