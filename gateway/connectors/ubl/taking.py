"""Taking what is as it should be: a basic element that its field holds exactly, as most are.

A taker is made for each leaf of a table once, with all that the table says about it at hand. What
it does not take, for whatever reason, is left to `gateway.connectors.ubl.leaf`, which knows what
rides along and what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lxml import etree

from gateway.connectors.ubl.reader import attributes_of
from gateway.connectors.ubl.scalar import Unheld, same

if TYPE_CHECKING:
    from gateway.connectors.ubl.mapping import Leaf

Take = Callable[[etree._Element, dict[str, Any]], bool]
"""Puts an element without children into the fields around it, and tells whether it did."""


def taker_of(leaf: Leaf, field: str) -> Take:
    """Make the taker of a leaf that stands for a field."""
    return _with_attributes(leaf, field) if leaf.attributes else _of_text(leaf, field)


def _of_text(leaf: Leaf, field: str) -> Take:
    is_many, read, write = leaf.is_many, leaf.kind.read, leaf.kind.write

    def take(element: etree._Element, fields: dict[str, Any]) -> bool:
        text = element.text
        if text is None or element.keys():
            return False
        try:
            value = read(text)
        except (Unheld, ValueError):
            return False
        if write is not None and text != (value if write is same else write(value, None)):
            return False
        if is_many:
            fields.setdefault(field, []).append(value)
        else:
            fields[field] = value
        return True

    return take


def _with_attributes(leaf: Leaf, field: str) -> Take:
    nested, is_many, read, write = leaf.nested, leaf.is_many, leaf.kind.read, leaf.kind.write
    slots = {name: (slot.field, slot.kind.read) for name, slot in leaf.attributes.items()}
    required = len(leaf.required_attributes)
    assert required in (0, len(slots)), "as many as are required are all that are required"

    def take(element: etree._Element, fields: dict[str, Any]) -> bool:
        text = element.text
        if text is None:
            return False
        unit, held = None, {}
        try:
            value = read(text)
            for name, raw in attributes_of(element):
                slot, read_attribute = slots[name]
                held[slot] = unit = read_attribute(raw)
                if unit != raw:
                    return False
        except (Unheld, ValueError, KeyError):
            return False
        if write is not None and text != (value if write is same else write(value, unit)):
            return False
        if len(held) < required:
            return False
        if nested is not None:
            held[nested] = value
            value = held
        else:
            fields.update(held)
        if is_many:
            fields.setdefault(field, []).append(value)
        else:
            fields[field] = value
        return True

    return take
