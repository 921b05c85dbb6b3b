"""Hostile and broken XML is refused by name and place, quickly and without touching anything."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from gateway.connectors.message import (
    ConnectorRefused,
    ForbiddenXml,
    MalformedXml,
    UnsupportedDocument,
)
from gateway.connectors.ubl import order
from gateway.connectors.ubl.reader import XML_BYTES_MAX, XML_DEPTH_MAX, read_xml, xpath_of

ORDER = "urn:oasis:names:specification:ubl:schema:xsd:Order-2"
BOMB = (
    "".join(f'<!ENTITY a{i + 1} "{f"&a{i};" * 10}">' for i in range(9)),
    "&a9;",
)


def _hostile(internal_subset: str, text: str) -> bytes:
    return (
        f'<?xml version="1.0"?>\n<!DOCTYPE Order [{internal_subset}]>\n'
        f'<Order xmlns="{ORDER}">{text}</Order>'
    ).encode()


@pytest.mark.parametrize(
    "content",
    [
        _hostile('<!ENTITY x SYSTEM "file:///etc/passwd">', "&x;"),
        _hostile('<!ENTITY % p SYSTEM "http://127.0.0.1:9/p.dtd"> %p;', ""),
        _hostile('<!ENTITY a0 "lol">' + BOMB[0], BOMB[1]),
        _hostile('<!ENTITY a "' + "x" * 100_000 + '">', "&a;" * 10_000),
        _hostile("", ""),
        f'<!DOCTYPE Order SYSTEM "http://127.0.0.1:9/o.dtd"><Order xmlns="{ORDER}"/>'.encode(),
        _hostile('<!ENTITY a "x">', "").decode().encode("utf-16"),
    ],
    ids=["file", "parameter", "billion-laughs", "quadratic", "empty-dtd", "remote-dtd", "utf-16"],
)
def test_document_types_and_entities_are_forbidden(content: bytes) -> None:
    tracemalloc.start()
    with pytest.raises(ForbiddenXml) as refused:
        order.parse(content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert refused.value.findings[0].location.line >= 1
    assert "root:" not in str(refused.value)
    assert peak < 20_000_000


def test_place_of_a_document_type_is_named() -> None:
    with pytest.raises(ForbiddenXml) as refused:
        order.parse(_hostile("", ""))
    assert (refused.value.findings[0].location.line, refused.value.findings[0].found) == (
        2,
        "<!DOCTYPE",
    )


def test_deep_nesting_is_forbidden_with_its_place() -> None:
    depth = XML_DEPTH_MAX + 3
    content = f'<Order xmlns="{ORDER}">{"<a>" * depth}{"</a>" * depth}</Order>'
    with pytest.raises(ForbiddenXml) as refused:
        order.parse(content.encode())
    location = refused.value.findings[0].location
    assert location.line == 1
    assert location.path.count("/") == XML_DEPTH_MAX + 1


def test_absurd_nesting_is_refused() -> None:
    with pytest.raises((ForbiddenXml, MalformedXml)):
        order.parse(b"<a>" * 200_000)


def test_oversized_messages_are_forbidden_before_they_are_parsed() -> None:
    with pytest.raises(ForbiddenXml, match="at most"):
        order.parse(b" " * (XML_BYTES_MAX + 1))


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", 1),
        (b"ISA*00*not xml", 1),
        (b"<Order>\n<cbc:ID", 2),
        (b"<a>\n\n</b>", 3),
        (b"<a>&undefined;</a>", 1),
        (b'<a x="1" x="2"/>', 1),
        (b"<a>\xff\xfe</a>", 1),
        (b"<a>\x01</a>", 1),
        (b'<?xml version="1.0" encoding="no-such"?><a/>', 1),
    ],
)
def test_malformed_xml_is_named_and_located(content: bytes, line: int) -> None:
    with pytest.raises(MalformedXml) as refused:
        order.parse(content)
    finding = refused.value.findings[0]
    assert finding.location.line == line
    assert finding.location.column >= 1
    assert finding.what_to_do


def test_truncated_order_is_malformed(example: bytes) -> None:
    for end in range(0, len(example) - 10, 97):
        with pytest.raises(MalformedXml):
            order.parse(example[:end])


@pytest.mark.parametrize(
    "content",
    [
        b"<Order/>",
        b'<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-3"/>',
        b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>',
        f'<envelope><Order xmlns="{ORDER}"/></envelope>'.encode(),
    ],
)
def test_other_roots_are_unsupported(content: bytes) -> None:
    with pytest.raises(UnsupportedDocument) as refused:
        order.parse(content)
    assert refused.value.findings[0].location.line == 1


def test_places_are_exact_behind_comments_cdata_and_instructions() -> None:
    source = read_xml(
        b"<?xml version='1.0'?>\n<!-- <x> -->\n<?p <y> ?>\n"
        b"<a q='>'>\n  <b><![CDATA[<c>]]></b><b/>\n</a>"
    )
    second = source.root[1]
    location = source.locate(second)
    assert (location.line, location.column, location.path) == (5, 25, "/a/b[2]")
    assert xpath_of(source.root) == "/a"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1"])
def test_every_declared_encoding_is_read(example: bytes, encoding: str) -> None:
    declared = {"utf-8-sig": "UTF-8", "utf-16": "UTF-16", "iso-8859-1": "ISO-8859-1"}[encoding]
    text = example.decode().replace('encoding="UTF-8"', f'encoding="{declared}"', 1)
    assert order.parse(text.encode(encoding)) == order.parse(example)
    broken = text.replace('<cbc:Quantity unitCode="C62">1200<', '<cbc:Quantity unitCode="C62">x<')
    with pytest.raises(ConnectorRefused) as refused:
        order.parse(broken.encode(encoding))
    before = broken[: broken.index('<cbc:Quantity unitCode="C62">x<')]
    assert refused.value.findings[0].location.line == before.count("\n") + 1
    assert refused.value.findings[0].location.column == len(before) - before.rindex("\n")


def test_nothing_is_fetched(tmp_path: Path, example: bytes) -> None:
    secret = tmp_path / "secret.xml"
    secret.write_text("<secret/>")
    include = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{secret}"/>'
    content = example.replace(b"<cbc:UBLVersionID>", include.encode() + b"<cbc:UBLVersionID>", 1)
    with pytest.raises(ConnectorRefused) as refused:
        order.parse(content)
    assert "include is no element of Order" in refused.value.findings[0].rule
