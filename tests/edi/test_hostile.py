"""Messages meant to harm: read or refused with places, soon, and without network."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from gateway.connectors.message import ConnectorRefused, ForbiddenXml
from gateway.connectors.ubl import order
from gateway.inbox.reading import read

ROOT = Path(__file__).parents[2]
SECONDS_MAX = 1
LAUGHS = '<!ENTITY a0 "lol">' + "".join(
    f'<!ENTITY a{nth + 1} "{f"&a{nth};" * 10}">' for nth in range(9)
)
SUBSETS = {
    "file": ('<!ENTITY x SYSTEM "file:///etc/hostname">', "&x;"),
    "remote": ('<!ENTITY % p SYSTEM "http://127.0.0.1:9/p.dtd"> %p;', ""),
    "laughs": (LAUGHS, "&a9;"),
    "quadratic": (f'<!ENTITY a "{"x" * 100_000}">', "&a;" * 10_000),
    "attribute": ('<!ATTLIST Order a CDATA "x">', ""),
}
TAGS = {
    "ubl": ("Order", 'xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"'),
    "cxml": ("cXML", 'payloadID="1" timestamp="2026-03-01T00:00:00Z"'),
    "epcis": ("e:EPCISDocument", 'xmlns:e="urn:epcglobal:epcis:xsd:2" schemaVersion="2.0"'),
}
INCLUDE = '<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="/etc/hostname" parse="text"/>'
TEXTS = {
    "nested": "<a>" * 50_000,
    "closed": "<a>" * 200 + "</a>" * 200,
    "wide": "<a/>" * 100_000,
    "comments": "<!---->" * 100_000,
    "instructions": "<?a b?>" * 100_000,
    "long": f"<a>{'x' * 9_000_000}</a>",
    "include": INCLUDE,
    "attribute": f'<a b="{"x" * 9_000_000}"/>',
    "attributes": "<a " + " ".join(f"b{nth}=''" for nth in range(50_000)) + "/>",
    "namespaces": "<a " + " ".join(f"xmlns:b{nth}='u:{nth}'" for nth in range(5_000)) + "/>",
}
STARTS = ('{"document_type":"Order","id":', '{"type":"EPCISDocument","id":', '{"line_items":')
VALUES = {
    "arrays": "[" * 100_000,
    "objects": '{"a":' * 100_000,
    "digits": "9" * 1_000_000 + "}",
    "exponent": "1e999999999}",
    "fraction": "0." + "1" * 1_000_000 + "}",
    "surrogate": '"\\ud800"}',
    "zero": '"\\u0000"}',
    "not a number": "NaN}",
    "long": json.dumps("x" * 5_000_000) + "}",
    "many": json.dumps([{}] * 50_000) + "}",
    "twice": '1,"id":2,"id":3}',
}


def _documents() -> Iterator[tuple[str, bytes]]:
    for standard, (root, attributes) in TAGS.items():
        for name, (subset, text) in SUBSETS.items():
            declared = f"<!DOCTYPE {root} [{subset}]>"
            yield f"{standard} {name}", f"{declared}<{root} {attributes}>{text}</{root}>".encode()
        for name, text in TEXTS.items():
            body = "<Request><OrderRequest/></Request>" if standard == "cxml" else ""
            message = f"<{root} {attributes}>{body}{text}</{root}>"
            yield f"{standard} text {name}", message.encode()
        remote = f'<!DOCTYPE {root} SYSTEM "http://127.0.0.1:9/d.dtd">'
        style = '<?xml-stylesheet href="http://127.0.0.1:9/s.xsl" type="text/xsl"?>'
        message = f"{style}{remote}<{root} {attributes}><Request><OrderRequest/></Request></{root}>"
        yield f"{standard} remote", message.encode("utf-16")
    for start in STARTS:
        for name, value in VALUES.items():
            yield f"{start} {name}", (start + value).encode()


HOSTILE = dict(_documents())


def _repeated(old: bytes, new: bytes) -> bytes:
    order = (ROOT / "examples" / "order.xml").read_bytes()
    assert old in order
    return order.replace(old, new + old, 1)


REFERENCE = (
    b"<cac:AdditionalDocumentReference><cbc:ID>1</cbc:ID>"
    + b"<cbc:XPath>x</cbc:XPath>" * 20
    + b"</cac:AdditionalDocumentReference>"
)
HEAVY = {
    "references": _repeated(b"<cac:Contract>", REFERENCE * 200),
    "notes": _repeated(b"<cbc:Note>", b"<cbc:Note>x</cbc:Note>" * 900),
    "instructions": _repeated(b"<cbc:ID>", b"<?a b?>" * 900),
}


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> NoReturn:
        pytest.fail("a message made its reader use the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.mark.parametrize("name", HOSTILE)
def test_message_meant_to_harm_is_refused_soon_with_its_place(name: str) -> None:
    start = time.process_time()
    with pytest.raises(ConnectorRefused) as refused:
        read(HOSTILE[name], "brand")
    seconds = time.process_time() - start
    assert all(each.location.line >= 1 and each.what_to_do for each in refused.value.findings)
    assert "root:" not in str(refused.value)
    assert len(str(refused.value)) < 5_000
    assert seconds < SECONDS_MAX


@pytest.mark.parametrize("name", HEAVY)
def test_order_with_as_much_as_it_may_have_is_read_and_written_soon(name: str) -> None:
    start = time.process_time()
    document = order.parse(HEAVY[name])
    assert order.parse(order.render(document)) == document
    assert time.process_time() - start < SECONDS_MAX


def test_more_instructions_than_it_may_have_are_refused() -> None:
    with pytest.raises(ForbiddenXml, match="processing instructions"):
        order.parse(_repeated(b"<cbc:ID>", b"<?a b?>" * 1_001))
