"""From a basic element of UBL, its text and its attributes, to scalars of a document."""

from __future__ import annotations

from typing import Any

from lxml import etree

from gateway.connectors.ubl.extra import Extras, carry, place_of
from gateway.connectors.ubl.mapping import Leaf
from gateway.connectors.ubl.reader import attributes_of
from gateway.connectors.ubl.report import Report
from gateway.connectors.ubl.scalar import Unheld, same

Place = tuple[str, str, int]
"""Path of the aggregate, step of the element, and the how manieth of its name it is."""


def read_leaf(
    report: Report,
    element: etree._Element,
    leaf: Leaf,
    fields: dict[str, Any],
    place: Place,
    extras: Extras,
) -> None:
    """Read a basic element into the fields of the object around it.

    Parameters
    ----------
    report : Report
        Takes what is wrong.
    element : lxml element
        The element.
    leaf : Leaf
        What it stands for.
    fields : dict
        The object around it.
    place : tuple
        Where it stands.
    extras : list
        Takes what no field can hold exactly.
    """
    kind, text = leaf.kind, element.text or ""
    if len(element):
        report.add_children(element)
        return
    if leaf.field is None:
        if text != leaf.filler or element.attrib:
            carry(report, element, place_of(*place), extras)
        return
    try:
        value = kind.read(text)
    except Unheld:
        if leaf.is_required:
            report.add_value(element, kind, text)
        else:
            carry(report, element, place_of(*place), extras)
        return
    except ValueError:
        report.add_value(element, kind, text)
        return
    holder = fields if leaf.nested is None else {leaf.nested: value}
    unit = _read_attributes(report, element, leaf, holder, place, extras)
    write = kind.write
    if write is not None and (value if write is same else write(value, unit)) != text:
        extras.append((place_of(*place), text))
    result = value if leaf.nested is None else holder
    if leaf.is_many:
        fields.setdefault(leaf.field, []).append(result)
    else:
        fields[leaf.field] = result


def _read_attributes(
    report: Report,
    element: etree._Element,
    leaf: Leaf,
    holder: dict[str, Any],
    place: Place,
    extras: Extras,
) -> str | None:
    """Read attributes into fields; return the last one read, the currency or unit if any."""
    value: str | None = None
    slots = leaf.attributes
    for name, raw in attributes_of(element):
        slot = slots.get(name)
        if slot is None:
            extras.append((f"{place_of(*place)}/@{name}", raw))
            continue
        try:
            value = slot.kind.read(raw)
        except Unheld:
            extras.append((f"{place_of(*place)}/@{name}", raw))
            continue
        except ValueError:
            report.add_value(element, slot.kind, f'{name}="{raw}"')
            holder[slot.field] = None
            continue
        holder[slot.field] = value
        if value != raw:
            extras.append((f"{place_of(*place)}/@{name}", raw))
    for name in leaf.required_attributes:
        slot = slots[name]
        if slot.field not in holder:
            rule = f"This element has the attribute {name}."
            report.add(element, rule, element.text or "", slot.kind.what_to_do)
    return value
