"""X12 997, 999 and TA1, as they are received: which of our messages were taken.

Source: ASC X12 997, 999 and TA1; data elements 715 to 723, 618, 620, 621, I17 and I18.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gateway.connectors.edi.loop import Group, loop_map
from gateway.connectors.edi.message import Message
from gateway.connectors.edi.receipt import Complaint, Receipt, grown, position, spelled
from gateway.connectors.edi.segment import Segment
from gateway.connectors.edi.x12.interchange import NOTICE
from gateway.connectors.edi.x12.syntax import X12

_LOOPS: Final = {
    "997": loop_map("AK1! (AK2 (AK3 AK4*)* AK5!)* AK9!"),
    "999": loop_map("AK1! (AK2 (IK3 CTX* (IK4 CTX*)*)* IK5!)* AK9!"),
}
_LETTERS: Final = {"997": "A", "999": "I"}
"""With which the segments of a message's answer begin."""

_ACCEPTED: Final = ("A", "E")


def read_receipts(message: Message) -> tuple[Receipt, ...]:
    """Read an acknowledgment: a receipt per message it names, or one for the whole.

    A TA1 names the interchange, the others the group that they answer.

    Raises
    ------
    UnsupportedMessage, InvalidEdiMessage
        If it is no acknowledgment, or a broken one.
    """
    if message.name == NOTICE:
        return (_of_interchange(message.body[0]),)
    name = message.name if message.name in _LOOPS else "997"
    tree, letter = grown(message, name, _LOOPS[name], X12), _LETTERS[name]
    group = tree.need("AK1")
    answers = tuple(
        Receipt(
            group[2],
            each.head[1],
            each.head[2],
            each.need(f"{letter}K5")[1] in _ACCEPTED,
            tuple(_complaints(each, letter)),
        )
        for each in tree.groups("AK2")
    )
    if answers:
        return answers
    return (Receipt(group[2], "", "", tree.need("AK9")[1] in _ACCEPTED),)


def _of_interchange(notice: Segment) -> Receipt:
    is_fine = notice[5].strip("0") == ""
    complaints = () if is_fine else (Complaint(0, "ISA", "", notice[5]),)
    return Receipt(notice[1], "", "", notice[4] in _ACCEPTED, complaints)


def _complaints(answer: Group, letter: str) -> Iterator[Complaint]:
    for code in answer.need(f"{letter}K5").elements[1:]:
        if code:
            yield Complaint(0, "", "", code)
    for wrong in answer.groups(f"{letter}K3"):
        place, tag = position(wrong.head[2]), wrong.head[1]
        inner = list(_elements(wrong, f"{letter}K4"))
        if not inner:
            yield Complaint(place, tag, "", wrong.head[4])
        for each in inner:
            yield Complaint(place, tag, spelled(each[1]), each[3], each[4])


def _elements(wrong: Group, tag: str) -> Iterator[Segment]:
    """Find the elements that are wrong; in a 999 each has a context of its own."""
    yield from wrong.all(tag)
    yield from (each.head for each in wrong.groups(tag))
