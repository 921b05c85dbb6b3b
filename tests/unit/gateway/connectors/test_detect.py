"""What a message is, is told from how it begins, and nothing is expanded or fetched for it."""

from __future__ import annotations

import pytest

from gateway.connectors.detect import Kind, detect
from gateway.connectors.message import UnsupportedDocument

ISA = b"ISA*00*          *00*          *ZZ*A              *ZZ*B              *260301*1200*U*00401*"
ORDER = '<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"/>'


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (ISA + b"000000001*0*P*>~GS*PO*A*B~ST*850*0001~", Kind("x12", "850")),
        (b"UNA:+.? 'UNB+UNOA:1+A+B'UNH+1+ORDERS:D:96A:UN'", Kind("edifact", "ORDERS")),
        (b"UNB+UNOA:1+A+B'\r\nUNH+M?+1+DESADV:D:96A:UN'", Kind("edifact", "DESADV")),
        (ORDER.encode(), Kind("ubl", "Order")),
        (b"\xef\xbb\xbf  " + ORDER.encode(), Kind("ubl", "Order")),
        (ORDER.encode("utf-16"), Kind("ubl", "Order")),
        (b'<?xml version="1.0"?><!-- <a> -->' + ORDER.encode(), Kind("ubl", "Order")),
        (
            b'<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/cXML.dtd"><cXML><Request><OrderRequest/>',
            Kind("cxml", "OrderRequest"),
        ),
        (
            b'<e:EPCISDocument xmlns:e="urn:epcglobal:epcis:xsd:2"/>',
            Kind("epcis-xml", "EPCISDocument"),
        ),
        (b'{"@context": [], "type": "EPCISDocument"}', Kind("epcis", "EPCISDocument")),
        (b'{"document_type": "Order"}', Kind("json", "Order")),
        (b'{"line_items": [], "name": "#1"}', Kind("shopify", "order")),
        (b'{"line_items": [], "date_created_gmt": "x"}', Kind("woocommerce", "order")),
        (b'{"order": {"view_order_url": "x", "line_items": []}}', Kind("woocommerce", "order")),
        (b"[]", Kind("json")),
        (b"PK\x03\x04...", Kind("excel")),
    ],
)
def test_the_kind_of_a_message_is_told(content: bytes, kind: Kind) -> None:
    assert detect(content) == kind


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"   ", b"<", b"<a/>", b"hello", b"\xff\xfe\x00", b"\x00" * 9),
        b"<a" + b" " * 300_000,
        b'<?xml version="1.0" encoding="UTF-x8"?><a/>',
    ],
)
def test_what_begins_like_nothing_is_refused_with_a_place(content: bytes) -> None:
    with pytest.raises(UnsupportedDocument) as refused:
        detect(content)
    assert refused.value.findings[0].location.line == 1


def test_entities_are_not_expanded_to_find_the_root() -> None:
    laughs = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(12))
    bomb = f'<!DOCTYPE a [<!ENTITY a0 "ha">{laughs}]><a>&a12;</a>'
    with pytest.raises(UnsupportedDocument):
        detect(bomb.encode())
