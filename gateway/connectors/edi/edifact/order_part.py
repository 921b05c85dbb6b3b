"""The parts of an order line: what goes to which place, and what comes when, in and out.

Source: UN/EDIFACT ORDERS, the loops of LOC and of SCC; UNCL 3227 (places).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from gateway.connectors.edi.edifact import amount, moment, party
from gateway.connectors.edi.edifact.part import held
from gateway.connectors.edi.loop import Group
from gateway.connectors.edi.reading import Reading, Writing
from ledger.document.delivery import Delivery

_SPLIT: Final = ("11", "21")
"""A part of the whole quantity, or what is ordered; of these, the first is written for a place."""


def parts(reading: Reading, line: Group) -> list[dict[str, Any]]:
    """Read the parts of a line: those for a place, then those for a day."""
    found = [
        _placed(reading, loc)
        for loc in line.groups("LOC")
        if loc.head.key[1] == party.PLACE_OF_DELIVERY
    ]
    for scc in line.groups("SCC"):
        for each in scc.groups("QTY"):
            quantity = amount.quantity_of(reading, each.head)
            due = moment.period(reading, each, *moment.REQUESTED)
            if quantity is not None and due:
                found.append({"quantity": quantity, "requested_delivery_period": due})
    return [each for each in found if "quantity" in each]


def _placed(reading: Reading, loc: Group) -> dict[str, Any]:
    fields = {
        "quantity": amount.quantity(reading, loc, *_SPLIT),
        "delivery_location": party.location(reading, loc.head, 2),
        "requested_delivery_period": moment.period(reading, loc, *moment.REQUESTED),
    }
    return held(fields) if fields["delivery_location"] else {}


def write_places(writing: Writing, deliveries: Iterable[Delivery]) -> None:
    """Write the parts that go to places of their own."""
    for each in deliveries:
        if each.quantity is not None and each.delivery_location is not None:
            writing.add("LOC", party.PLACE_OF_DELIVERY, party.place(each.delivery_location))
            amount.write_quantity(writing, _SPLIT[0], each.quantity)
            moment.write_period(writing, each.requested_delivery_period, *moment.REQUESTED)


def write_days(writing: Writing, deliveries: Iterable[Delivery]) -> None:
    """Write the parts that come on days of their own."""
    days = [each for each in deliveries if each.quantity and each.delivery_location is None]
    if days:
        writing.add("SCC", "1")
    for each in days:
        amount.write_quantity(writing, _SPLIT[1], each.quantity)
        moment.write_period(writing, each.requested_delivery_period, *moment.REQUESTED)
