"""Orders of WooCommerce's interface of before 2016: those of today, in an envelope, by other names.

Notes
-----
Source: WooCommerce REST API documentation, legacy versions 2 and 3, orders.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from gateway.connectors.json.reader import JsonText, Step
from gateway.connectors.message import Location

_ENVELOPE: Final = "order"
_CREATED: Final = "date_created_gmt"
_NAMES: Final = {
    "order_number": "number",
    "created_at": _CREATED,
    "note": "customer_note",
    "billing_address": "billing",
    "shipping_address": "shipping",
}
"""What they call the members of today's orders."""
_OLD: Final = {new: old for old, new in _NAMES.items()}


@dataclass(frozen=True, slots=True)
class Renamed:
    """An older order by today's names, with the places of the older ones.

    Parameters
    ----------
    text : JsonText
        The message.
    value : dict
        The order by today's names.
    """

    text: JsonText
    value: dict[str, Any]

    def locate(self, steps: Iterable[Step]) -> Location:
        """Find where a member of today stands in the older message."""
        return self.text.locate((_ENVELOPE, *(_OLD.get(str(step), step) for step in steps)))


def renamed(text: JsonText) -> JsonText | Renamed:
    """Give an older order by today's names, and everything else as it is."""
    order = text.value.get(_ENVELOPE) if isinstance(text.value, dict) else None
    if not isinstance(order, dict) or len(text.value) > 1 or order.keys() & _OLD.keys():
        return text
    value = {str(_NAMES.get(name, name)): member for name, member in order.items()}
    created = value.get(_CREATED)
    if isinstance(created, str):
        value[_CREATED] = created.removesuffix("Z")
    return Renamed(text, value)


def restored(members: dict[str, Any]) -> dict[str, Any]:
    """Give an order of today as the older one it was."""
    order = {_OLD.get(name, name): member for name, member in members.items()}
    if order.get("created_at"):
        order["created_at"] += "Z"
    return {_ENVELOPE: order}
