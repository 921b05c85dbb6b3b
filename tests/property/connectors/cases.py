"""Every message type of every standard that is read and written, as one kind of thing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from importlib import import_module
from typing import Any

from gateway.connectors.edi.edifact import envelope as edifact_envelope
from gateway.connectors.edi.edifact import interchange as edifact
from gateway.connectors.edi.edifact.message_type import MESSAGE_TYPES as EDIFACT_TYPES
from gateway.connectors.edi.message import Address
from gateway.connectors.edi.sending import Sending
from gateway.connectors.edi.x12 import envelope as x12_envelope
from gateway.connectors.edi.x12 import interchange as x12
from gateway.connectors.edi.x12.message_type import MESSAGE_TYPES as X12_TYPES
from ledger.document import (
    credit_note,
    despatch_advice,
    invoice,
    order,
    order_cancellation,
    order_change,
    order_response,
    receipt_advice,
)
from ledger.document.part import Document

AT = datetime(2026, 3, 2, 10, 0)  # noqa: DTZ001

XML: dict[str, dict[str, type[Document]]] = {
    "ubl": {
        "order": order.Order,
        "order_response": order_response.OrderResponse,
        "order_change": order_change.OrderChange,
        "order_cancellation": order_cancellation.OrderCancellation,
        "despatch_advice": despatch_advice.DespatchAdvice,
        "receipt_advice": receipt_advice.ReceiptAdvice,
        "invoice": invoice.Invoice,
        "credit_note": credit_note.CreditNote,
    },
    "cxml": {
        "order_request": order.Order,
        "confirmation_request": order_response.OrderResponse,
        "ship_notice_request": despatch_advice.DespatchAdvice,
        "invoice_detail_request": invoice.Invoice,
    },
}


@dataclass(frozen=True)
class Case:
    """A message type and a document that it stands for.

    Parameters
    ----------
    name : str
        Standard, type and document.
    model : type
        The document.
    write : callable
        Writes a document to bytes, whatever it cannot hold left out.
    parse : callable
        Reads those bytes.
    unheld : callable
        Lists pointers to what is left out.
    """

    name: str
    model: type[Document]
    write: Callable[[Any], bytes]
    parse: Callable[[bytes], Any]
    unheld: Callable[[Any], tuple[str, ...]]


def _write(kind: Any, envelope: Any, document: Any) -> bytes:
    message = kind.render(document, is_lossy=True)
    # Documents that name no parties are sent all the same.
    ends = (
        each if each.id else Address("NOBODY")
        for each in (message.envelope.sender, message.envelope.receiver)
    )
    sending = Sending(*ends, 7, AT)
    content: bytes = envelope.write([message], sending)
    return content


def _parse(kind: Any, interchange: Any, content: bytes) -> Any:
    [found] = interchange.read(content)
    [message] = found.messages
    return kind.parse(message)


def _edi() -> Iterator[Case]:
    for syntax, interchange, envelope, kinds in (
        ("x12", x12, x12_envelope, X12_TYPES),
        ("edifact", edifact, edifact_envelope, EDIFACT_TYPES),
    ):
        for name, kind in kinds.items():
            for model in kind.models:
                yield Case(
                    f"{syntax} {name} {model.__name__}",
                    model,
                    partial(_write, kind, envelope),
                    partial(_parse, kind, interchange),
                    kind.unheld,
                )


def _xml() -> Iterator[Case]:
    for standard, names in XML.items():
        for name, model in names.items():
            module = import_module(f"gateway.connectors.{standard}.{name}")
            yield Case(
                f"{standard} {name}",
                model,
                partial(module.render, is_lossy=True),
                module.parse,
                module.unheld,
            )


CASES: tuple[Case, ...] = (*_edi(), *_xml())
