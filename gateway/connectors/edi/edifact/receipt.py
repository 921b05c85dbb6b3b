"""EDIFACT CONTRL, as it is received: which of our messages were taken.

Source: ISO 9735-4; data elements 0083 and 0085.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from gateway.connectors.edi.edifact.syntax import EDIFACT
from gateway.connectors.edi.loop import Group, loop_map
from gateway.connectors.edi.message import Message
from gateway.connectors.edi.receipt import Complaint, Receipt, grown, position, spelled

_MESSAGES: Final = "(UCM (UCS UCD*)*)*"
_LOOP: Final = loop_map(f"UCI! {_MESSAGES} (UCF {_MESSAGES})*")
_REJECTED: Final = "4"


def read_receipts(message: Message) -> tuple[Receipt, ...]:
    """Read a CONTRL: a receipt per message it names, and one for all others.

    Raises
    ------
    UnsupportedMessage, InvalidEdiMessage
        If it is no CONTRL, or a broken one.
    """
    tree = grown(message, "CONTRL", _LOOP, EDIFACT)
    uci = tree.need("UCI")
    others = Receipt(uci[1], "", "", uci[4] != _REJECTED, tuple(_own(0, uci[5])))
    groups = [
        *tree.groups("UCM"),
        *(each for ucf in tree.groups("UCF") for each in ucf.groups("UCM")),
    ]
    return (*(_receipt(uci[1], each) for each in groups), others)


def _receipt(reference: str, answer: Group) -> Receipt:
    ucm = answer.head
    complaints = (*_own(0, ucm[4]), *_complaints(answer))
    return Receipt(reference, ucm.part(2), ucm[1], ucm[3] != _REJECTED, complaints)


def _own(place: int, code: str) -> Iterator[Complaint]:
    if code:
        yield Complaint(place, "", "", code)


def _complaints(answer: Group) -> Iterator[Complaint]:
    for ucs in answer.groups("UCS"):
        place = position(ucs.head[1])
        yield from _own(place, ucs.head[2])
        for ucd in ucs.all("UCD"):
            yield Complaint(place, "", spelled(ucd[2]), ucd[1])
