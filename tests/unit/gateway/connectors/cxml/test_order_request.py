"""cXML orders: in, out, and what cXML cannot hold."""

from __future__ import annotations

import time

import pytest

from gateway.connectors.cxml import order_request
from gateway.connectors.message import (
    ForbiddenXml,
    InvalidCxml,
    MalformedXml,
    UnsupportedDocument,
    UnwritableDocument,
)
from gateway.connectors.ubl import order
from ledger.document.part import Extra
from ledger.document.party import Party
from tests.unit.gateway.connectors.cxml.messages import CONFIRMATION, ORDER, canonical


def test_order_is_read_into_the_fields_of_the_network() -> None:
    document = order_request.parse(ORDER)
    assert (document.id, document.issue_date, document.issue_time) == (
        "FJ-2026-00417",
        "2026-03-02",
        "09:00:00+01:00",
    )
    assert document.buyer_customer_party.name == "Fjellgrat Outdoor"
    assert document.buyer_customer_party.identifications[0].id == "315000001"
    assert document.payment_due_days == 30
    party = document.delivery[0].delivery_party
    assert party is not None
    assert party.postal_address is not None
    assert party.postal_address.country == "NO"
    line = document.order_line[0]
    assert (line.id, line.quantity.value, line.quantity.unit_code) == ("1", "20", "C62")
    assert (line.item.name, line.item.description) == ("Hardshell jacket", ("Jacke",))
    assert line.price is not None
    assert line.price.price_amount.value == "64.5"
    assert line.requested_delivery_period is not None
    assert line.requested_delivery_period.end_date == "2026-07-03"


def test_order_comes_back_as_it_was_sent() -> None:
    document = order_request.parse(ORDER)
    rendered = order_request.render(document)
    assert canonical(rendered) == canonical(ORDER)
    assert order_request.parse(rendered) == document
    assert order_request.unheld(document) == ()


def test_secret_of_the_sender_is_neither_kept_nor_written() -> None:
    document = order_request.parse(ORDER)
    assert "s3cret" not in document.model_dump_json()
    assert b"s3cret" not in order_request.render(document)


def test_line_without_a_number_has_that_of_its_place_and_stays_without() -> None:
    document = order_request.parse(ORDER.replace(b' lineNumber="1"', b""))
    assert document.order_line[0].id == "1"
    assert b"lineNumber" not in order_request.render(document)


def test_order_of_another_standard_names_what_cxml_cannot_hold(example: bytes) -> None:
    document = order.parse(example)
    lost = order_request.unheld(document)
    assert "/contract" in lost
    with pytest.raises(UnwritableDocument, match="no place for this field"):
        order_request.render(document)
    again = order_request.parse(order_request.render(document, is_lossy=True))
    assert [each.id for each in again.order_line] == [each.id for each in document.order_line]
    assert [each.quantity for each in again.order_line] == [
        each.quantity for each in document.order_line
    ]


def test_every_error_is_told_at_once_with_its_place() -> None:
    broken = ORDER.replace(b'"20.0"', b'"many"').replace(b"<UnitOfMeasure>C62</UnitOfMeasure>", b"")
    broken = broken.replace(b'currency="EUR">1290', b'currency="Euro">1290')
    with pytest.raises(InvalidCxml) as refused:
        order_request.parse(broken)
    paths = {each.location.path for each in refused.value.findings}
    assert paths == {
        "/cXML/Request/OrderRequest/OrderRequestHeader/Total/Money",
        "/cXML/Request/OrderRequest/ItemOut",
        "/cXML/Request/OrderRequest/ItemOut/ItemDetail",
    }
    assert all(each.location.line > 1 for each in refused.value.findings)


@pytest.mark.parametrize("kind", [b"update", b"delete"])
def test_change_is_no_new_order(kind: bytes) -> None:
    with pytest.raises(InvalidCxml, match="type new"):
        order_request.parse(ORDER.replace(b'type="new"', b'type="' + kind + b'"'))


def test_time_without_zone_is_no_time_and_comes_back() -> None:
    message = ORDER.replace(
        b'orderDate="2026-03-02T09:00:00+01:00"', b'orderDate="2026-03-02T09:00:00"'
    )
    document = order_request.parse(message)
    assert (document.issue_date, document.issue_time) == ("2026-03-02", None)
    assert canonical(order_request.render(document)) == canonical(message)


@pytest.mark.parametrize(
    ("message", "refusal"),
    [
        (ORDER[:-30], MalformedXml),
        (CONFIRMATION, UnsupportedDocument),
        (b"<cXML/>", UnsupportedDocument),
        (ORDER.replace(b'.dtd">', b".dtd\" [<!ENTITY a 'b'>]>"), ForbiddenXml),
        (
            ORDER.replace(b'.dtd">', b".dtd\" [<!ENTITY % p SYSTEM 'file:///etc/passwd'>%p;]>"),
            ForbiddenXml,
        ),
        (ORDER.replace(b"Jacke<", b"&bomb;<"), ForbiddenXml),
    ],
)
def test_what_is_no_order_is_refused(message: bytes, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        order_request.parse(message)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("cxml:/cXML/Request/OrderRequest/OrderRequestHeader/@orderID", "FORGED"),
        ("cxml:/cXML/Request/OrderRequest/ItemOut/@quantity", "9999"),
        ("cxml:/cXML/Request/OrderRequest/not(ItemOut[1])", ""),
        ("cxml:/cXML/Request/OrderRequest/*[1]", "not xml"),
        ("cxml:/*[1]", ORDER.decode()),
        ("cxml:/cXML/Request/(", "x"),
        ("cxml:/other/@a", "x"),
    ],
)
def test_extra_that_says_what_the_fields_do_not_is_refused(path: str, value: str) -> None:
    document = order_request.parse(ORDER)
    forged = document.model_copy(update={"extras": (Extra(path=path, value=value),)})
    with pytest.raises(UnwritableDocument):
        order_request.render(forged)


def test_order_says_the_same_in_ubl_and_in_cxml() -> None:
    """But for the name of the seller, which cXML has no place for."""
    document = order_request.parse(ORDER).model_copy(update={"extras": ()})
    in_ubl = document.model_copy(update={"payment_due_days": None})
    assert order.parse(order.render(in_ubl)) == in_ubl
    assert order.unheld(document) == ("/payment_due_days",)


def test_hundreds_of_lines_with_residues_are_read_and_written_in_seconds() -> None:
    head, mark, rest = ORDER.partition(b"<ItemOut")
    line, end, tail = rest.partition(b"</OrderRequest>")
    lines = [(mark + line).replace(b'="1"', b'="%d"' % nth) for nth in range(1, 401)]
    message = head + b"".join(lines) + end + tail
    start = time.process_time()
    document = order_request.parse(message)
    assert order_request.parse(order_request.render(document)) == document
    assert time.process_time() - start < 10


@pytest.mark.parametrize("is_lossy", [True, False])
def test_what_cxml_requires_of_an_order_is_named(*, is_lossy: bool) -> None:
    document = order_request.parse(ORDER).model_copy(update={"extras": ()})
    nameless = document.model_copy(update={"seller_supplier_party": Party()})
    with pytest.raises(UnwritableDocument) as refused:
        order_request.render(nameless, is_lossy=is_lossy)
    assert "Credential" in refused.value.findings[0].rule
