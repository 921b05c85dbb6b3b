"""What messages point to is never fetched, neither by Python nor by a library beneath it."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.connectors.message import ConnectorRefused
from gateway.inbox.reading import read

EDI = Path(__file__).parent
EXAMPLE = (EDI.parents[1] / "examples" / "order.xml").read_bytes()
SHIPPED = (EDI / "epcis" / "shipped.jsonld").read_bytes()
CXML = (
    b'<cXML payloadID="1" timestamp="2026-03-01T00:00:00Z">'
    b"<Request><OrderRequest/></Request></cXML>"
)
SCHEMA = b'xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:schemaLocation="u %s/u.xsd" '


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Listen on loopback, where whoever fetches would come."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def _pointing(url: bytes) -> Iterator[bytes]:
    """Point to an address by all means that standards have."""
    external = b'<!DOCTYPE Order SYSTEM "%s/a.dtd">' % url
    entity = b'<!DOCTYPE Order [<!ENTITY %% p SYSTEM "%s/p.dtd"> %%p;]>' % url
    for prolog in (external, entity, b'<?xml-stylesheet href="%s/a.xsl"?>' % url):
        yield _after_declaration(EXAMPLE, prolog)
    yield EXAMPLE.replace(b"<Order ", b"<Order " + SCHEMA % url, 1)
    yield b'<!DOCTYPE cXML SYSTEM "%s/cXML.dtd">' % url + CXML
    yield SHIPPED.replace(b'"@context": [', b'"@context": ["%s/context.jsonld", ' % url)


def _after_declaration(content: bytes, prolog: bytes) -> bytes:
    end = content.index(b"?>") + 2 if content.startswith(b"<?xml") else 0
    return content[:end] + prolog + content[end:]


def test_nothing_that_a_message_points_to_is_fetched(listener: socket.socket) -> None:
    url = b"http://127.0.0.1:%d" % listener.getsockname()[1]
    messages = list(_pointing(url))
    assert all(url in each for each in messages)
    for message in messages:
        with contextlib.suppress(ConnectorRefused):
            read(message, "a partner")
    with pytest.raises(BlockingIOError):
        listener.accept()
