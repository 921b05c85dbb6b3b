"""Messages of one type that stand for different documents."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.connectors.edi.message import Message
from gateway.connectors.edi.x12.interchange import read
from gateway.connectors.edi.x12.message_type import MESSAGE_TYPES
from gateway.connectors.edi.x12.order import ORDER
from gateway.connectors.message import UnwritableDocument
from ledger.document.order_cancellation import OrderCancellation
from ledger.document.order_change import OrderChange
from ledger.document.part import Extra

HERE = Path(__file__).parents[4] / "edi" / "x12"
CHANGE_REQUEST = MESSAGE_TYPES["860"]


def _message(case: str) -> Message:
    return read((HERE / f"{case}_demo.edi").read_bytes())[0].messages[0]


def test_a_code_decides_which_document_a_message_becomes() -> None:
    assert CHANGE_REQUEST.models == (OrderChange, OrderCancellation)
    assert isinstance(CHANGE_REQUEST.parse(_message("order_change")), OrderChange)
    assert isinstance(CHANGE_REQUEST.parse(_message("order_cancellation")), OrderCancellation)


def test_extras_cannot_turn_a_document_into_another() -> None:
    cancellation = CHANGE_REQUEST.parse(_message("order_cancellation"))
    spelled = Extra(path="x12:/860/0/1/BCH/1", value="04")
    written = CHANGE_REQUEST.render(cancellation.model_copy(update={"extras": (spelled,)}))
    assert written.body[0][1] == "01"
    put_before = Extra(path="x12:/860/0/1", value="BCH*04*SA*1**1*20260302")
    with pytest.raises(UnwritableDocument):
        CHANGE_REQUEST.render(cancellation.model_copy(update={"extras": (put_before,)}))


def test_a_document_that_a_message_never_says_is_refused() -> None:
    order = ORDER.parse(_message("order"))
    with pytest.raises(UnwritableDocument) as refused:
        CHANGE_REQUEST.render(order)
    assert refused.value.findings[0].rule == "860 says OrderChange or OrderCancellation."
    assert refused.value.findings[0].found == "Order"


def test_extras_of_another_standard_are_listed_as_not_held() -> None:
    order = ORDER.parse(_message("order"))
    other = Extra(path="ubl:/Order/x", value="y")
    lines = (order.order_line[0].model_copy(update={"extras": (other,)}), *order.order_line[1:])
    moved = order.model_copy(update={"extras": (other,), "order_line": lines})
    assert set(ORDER.unheld(moved)) == {"/extras/0", "/order_line/0/extras/0"}
