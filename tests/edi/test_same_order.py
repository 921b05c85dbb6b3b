"""One order in two standards is one canonical order, but for what is listed as unheld."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from gateway.connectors.edi.edifact import envelope, interchange
from gateway.connectors.edi.edifact.message_type import MESSAGE_TYPES as EDIFACT_TYPES
from gateway.connectors.edi.sending import Sending
from gateway.connectors.edi.x12.interchange import read
from gateway.connectors.edi.x12.message_type import MESSAGE_TYPES as X12_TYPES
from ledger.document.order import Order

DEMO = Path(__file__).parent / "x12" / "order_demo.edi"
AT = datetime(2026, 3, 2, 9, 14)  # noqa: DTZ001


def _without_extras(order: Order) -> Order:
    lines = tuple(line.model_copy(update={"extras": ()}) for line in order.order_line)
    return order.model_copy(update={"extras": (), "order_line": lines})


def test_an_x12_order_sent_on_in_edifact_is_the_same_order() -> None:
    order = _without_extras(X12_TYPES["850"].parse(read(DEMO.read_bytes())[0].messages[0]))
    kind = EDIFACT_TYPES["ORDERS"]
    assert kind.unheld(order) == ("/order_line/0/allowance_charge", "/payment_terms")
    first = order.order_line[0].model_copy(update={"allowance_charge": ()})
    held = order.model_copy(
        update={"payment_terms": (), "order_line": (first, *order.order_line[1:])}
    )
    message = kind.render(held)
    sending = Sending(message.envelope.sender, message.envelope.receiver, 417, AT)
    [received] = interchange.read(envelope.write([message], sending))
    assert _without_extras(kind.parse(received.messages[0])) == held
