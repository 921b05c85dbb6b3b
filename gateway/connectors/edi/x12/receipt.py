"""X12 997, as it is received: which of our messages were taken.

Source: ASC X12 997; data elements 715 to 723.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gateway.connectors.edi.loop import Group, loop_map
from gateway.connectors.edi.message import Message
from gateway.connectors.edi.receipt import Complaint, Receipt, grown, position, spelled
from gateway.connectors.edi.x12.syntax import X12

_LOOP: Final = loop_map("AK1! (AK2 (AK3 AK4*)* AK5!)* AK9!")
_ACCEPTED: Final = ("A", "E")


def read_receipts(message: Message) -> tuple[Receipt, ...]:
    """Read a 997: a receipt per message it names, or one for the whole group.

    Raises
    ------
    UnsupportedMessage, InvalidEdiMessage
        If it is no 997, or a broken one.
    """
    tree = grown(message, "997", _LOOP, X12)
    group = tree.need("AK1")
    answers = tuple(
        Receipt(group[2], set_.head[1], set_.head[2], _is_accepted(set_), tuple(_complaints(set_)))
        for set_ in tree.groups("AK2")
    )
    if answers:
        return answers
    return (Receipt(group[2], "", "", tree.need("AK9")[1] in _ACCEPTED),)


def _is_accepted(answer: Group) -> bool:
    return answer.need("AK5")[1] in _ACCEPTED


def _complaints(answer: Group) -> Iterator[Complaint]:
    for code in answer.need("AK5").elements[1:]:
        if code:
            yield Complaint(0, "", "", code)
    for ak3 in answer.groups("AK3"):
        place, tag = position(ak3.head[2]), ak3.head[1]
        inner = list(ak3.all("AK4"))
        if not inner:
            yield Complaint(place, tag, "", ak3.head[4])
        for ak4 in inner:
            yield Complaint(place, tag, spelled(ak4[1]), ak4[3], ak4[4])
