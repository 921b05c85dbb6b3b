"""What must hold of whatever a partner sends: it is read and comes back, or is refused with places.

It takes about a second at most, asks no network, and what is accepted can be committed to.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from gateway.connectors import detect
from gateway.connectors.edi.edifact import interchange as edifact
from gateway.connectors.edi.edifact.message_type import MESSAGE_TYPES as EDIFACT_TYPES
from gateway.connectors.edi.message import Message
from gateway.connectors.edi.x12 import interchange as x12
from gateway.connectors.edi.x12.message_type import MESSAGE_TYPES as X12_TYPES
from gateway.connectors.message import ConnectorRefused, Finding
from gateway.inbox.reading import Reading, read
from ledger.document.canonical import canonical_bytes, read_canonical

SECONDS_MAX = 1.0
"""Of processor time, and as much again for every further megabyte."""

SIDES: dict[str, tuple[Any, Any]] = {
    detect.X12: (x12, X12_TYPES),
    detect.EDIFACT: (edifact, EDIFACT_TYPES),
}


class NetworkAsked(BaseException):
    """Somebody asked the network while a message was read; no handler of errors may catch it."""


@contextmanager
def no_network() -> Iterator[None]:
    """Let nobody in this process reach a network."""
    names = ("connect", "connect_ex", "sendto")
    kept = {name: getattr(socket.socket, name) for name in names}
    lookup = socket.getaddrinfo

    def asked(*_: Any, **__: Any) -> None:
        raise NetworkAsked

    for name in names:
        setattr(socket.socket, name, asked)
    socket.getaddrinfo = asked  # type: ignore[assignment]
    try:
        yield
    finally:
        for name, method in kept.items():
            setattr(socket.socket, name, method)
        socket.getaddrinfo = lookup


def judge(content: bytes) -> str:
    """Read a message in every way there is, and hold what must hold; says what became of it.

    Raises
    ------
    AssertionError
        If something does not hold.
    Exception
        Whatever a connector crashed with.
    """
    start = time.process_time()
    findings: tuple[Finding, ...]
    try:
        reading: Reading | None = read(content, "a partner")
        assert reading is not None
        findings = reading.findings
        if reading.acknowledge is not None:
            reading.acknowledge(1, 0)
    except ConnectorRefused as refused:
        reading, findings = None, refused.findings
    took = time.process_time() - start
    assert took < SECONDS_MAX * max(1, len(content) / 1e6), f"it took {took:.1f} s"
    for each in findings:
        place = each.location
        assert place.line >= 1 and place.column >= 1, "a finding has a place"
        assert each.rule and each.what_to_do, "a finding says what to do"
    if reading is None:
        return "refused"
    assert reading.documents or reading.receipts or findings, "what became nothing is refused"
    for document in reading.documents:
        sealed = canonical_bytes(document)
        assert read_canonical(sealed)[0] == document, "what is accepted can be committed to"
    _hold_return(content, reading)
    return "read" if reading.documents or reading.receipts else "refused"


def _hold_return(content: bytes, reading: Reading) -> None:
    """Write what was read, and read it again."""
    kind = reading.kind
    if kind.standard in SIDES:
        for message in _messages(content, kind.standard):
            _hold_message(message, kind.standard)
    elif kind.standard in (detect.UBL, detect.CXML) and reading.documents:
        module = import_module(type_module(kind.standard, kind.type))
        [document] = reading.documents
        assert module.parse(module.render(document)) == document, "it comes back as it was"
    elif kind.standard == detect.EPCIS:
        from gateway.connectors.epcis import trade

        again = trade.parse(trade.render(reading.documents))  # type: ignore[arg-type]
        assert again.documents == reading.documents, "it comes back as it was"


def type_module(standard: str, type: str) -> str:
    """Name the module of a message type of UBL or cXML."""
    name = "".join(f"_{each.lower()}" if each.isupper() else each for each in type).strip("_")
    return f"gateway.connectors.{standard}.{name}"


def _messages(content: bytes, standard: str) -> Iterator[Message]:
    for found in SIDES[standard][0].read(content):
        yield from found.messages


def _hold_message(message: Message, standard: str) -> None:
    kind = SIDES[standard][1].get(message.name)
    outcome = kind.examine(message) if kind is not None else None
    if kind is None or outcome is None or outcome.document is None:
        return
    assert message.header is not None and message.trailer is not None
    assert int(message.trailer[1]) == len(message.body) + 2, "no wrong count is accepted"
    reference = message.header[2] if standard == detect.X12 else message.header[1]
    assert message.trailer[2] == reference, "no wrong reference is accepted"
    assert kind.render(outcome.document).body == message.body, "it comes back as it was"
