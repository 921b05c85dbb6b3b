"""What holds for every request of cXML: who sends it, to whom, and that what is read is written."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from lxml import etree

from gateway.connectors.cxml.confirmation_request import CONFIRMATION_REQUEST
from gateway.connectors.cxml.invoice_detail_request import INVOICE_DETAIL_REQUEST
from gateway.connectors.cxml.message_type import MessageType
from gateway.connectors.cxml.order_request import ORDER_REQUEST
from gateway.connectors.cxml.ship_notice_request import SHIP_NOTICE_REQUEST
from gateway.connectors.message import InvalidCxml
from tests.unit.gateway.connectors.cxml.messages import (
    CONFIRMATION,
    INVOICE,
    ORDER,
    SHIP_NOTICE,
    canonical,
)

every_request = pytest.mark.parametrize(
    ("kind", "message"),
    [
        pytest.param(ORDER_REQUEST, ORDER, id="order"),
        pytest.param(CONFIRMATION_REQUEST, CONFIRMATION, id="confirmation"),
        pytest.param(SHIP_NOTICE_REQUEST, SHIP_NOTICE, id="ship-notice"),
        pytest.param(INVOICE_DETAIL_REQUEST, INVOICE, id="invoice"),
    ],
)


def _with_identity(message: bytes, side: str, identity: str | None) -> bytes:
    """Write another number of a side, or none."""
    root = etree.fromstring(message)
    (element,) = root.iterfind(f"Header/{side}/Credential/Identity")
    element.text = identity
    if identity is None:
        _take_away(element)
    return bytes(etree.tostring(root))


def _take_away(element: etree._Element) -> None:
    parent = element.getparent()
    assert parent is not None
    parent.remove(element)


@every_request
@pytest.mark.parametrize("side", ["From", "To"])
@pytest.mark.parametrize("identity", [None, "", "\n   ", "7" * 257])
def test_side_without_a_number_is_refused_where_it_stands(
    kind: MessageType[Any], message: bytes, side: str, identity: str | None
) -> None:
    with pytest.raises(InvalidCxml) as refused:
        kind.parse(_with_identity(message, side, identity))
    (finding,) = refused.value.findings
    assert finding.rule == "A Credential has an Identity, of at most 256 characters."
    assert finding.location.path == f"/cXML/Header/{side}/Credential"
    assert finding.location.line > 1


@every_request
def test_one_number_of_a_side_is_enough(kind: MessageType[Any], message: bytes) -> None:
    more = b'<From><Credential domain="X"><Identity/></Credential>'
    changed = message.replace(b"<From>", more)
    document = kind.parse(changed)
    assert canonical(kind.render(document)) == canonical(changed)


@every_request
@pytest.mark.parametrize("identity", [None, ""])
def test_whoever_hands_a_message_over_need_not_have_a_number(
    kind: MessageType[Any], message: bytes, identity: str | None
) -> None:
    changed = _with_identity(message, "Sender", identity)
    document = kind.parse(changed)
    assert canonical(kind.render(document)) == canonical(changed)


@every_request
def test_unknown_attributes_are_the_same_when_read_again(
    kind: MessageType[Any], message: bytes
) -> None:
    changed = message.replace(b"<cXML payloadID", b'<cXML zone="1" p-payloadID')
    document = kind.parse(changed)
    assert kind.parse(kind.render(document)) == document


@every_request
def test_what_is_read_without_an_element_or_attribute_is_written_again(
    kind: MessageType[Any], message: bytes
) -> None:
    count = 0
    for lacking in _lacking(message):
        try:
            document = kind.parse(lacking)
        except InvalidCxml:
            continue
        count += 1
        assert kind.parse(kind.render(document)) == document
    assert count > 20


def _lacking(message: bytes) -> Iterator[bytes]:
    """Leave out each element below the request, and each attribute, one at a time."""
    root = etree.fromstring(message)
    for nth, element in enumerate(root.iterfind("Request/*//*")):
        for name in element.attrib:
            changed = deepcopy(root)
            del list(changed.iterfind("Request/*//*"))[nth].attrib[name]
            yield etree.tostring(changed)
        changed = deepcopy(root)
        _take_away(list(changed.iterfind("Request/*//*"))[nth])
        yield etree.tostring(changed)
