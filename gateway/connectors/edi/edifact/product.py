"""What a line is about: numbers and words of a product, in and out.

Source: UNCL 7143 (product numbers), 7077 (how a product is described).
"""

from __future__ import annotations

from typing import Any, Final

from gateway.connectors.edi.edifact.part import held
from gateway.connectors.edi.loop import Group
from gateway.connectors.edi.reading import Reading, Writing
from gateway.connectors.edi.segment import Segment
from ledger.document.item import Item

_NUMBERS: Final = {
    "EN": ("standard_item_identification", "0160"),
    "SRV": ("standard_item_identification", "0160"),
    "UP": ("standard_item_identification", "0160"),
    "IB": ("standard_item_identification", "ISBN"),
    "IN": ("buyers_item_identification", None),
    "BP": ("buyers_item_identification", None),
    "SA": ("sellers_item_identification", None),
    "VN": ("sellers_item_identification", None),
    "VP": ("sellers_item_identification", None),
    "MF": ("manufacturers_item_identification", None),
    "MP": ("manufacturers_item_identification", None),
}


_STANDARD_TYPES: Final = {"0160": "EN", "ISBN": "IB"}


_SUBSTITUTE: Final = "3"


def item(reading: Reading, group: Group) -> dict[str, Any]:
    """Read what a line is about: numbers from LIN and PIA, words from IMD."""
    fields = numbers(reading, [(group.head, 3), *_pia(group, "1", "5")])
    for text in _words(reading, group):
        if "name" not in fields:
            fields["name"] = text
        else:
            fields.setdefault("description", []).append(text)
    return fields


def substitute(reading: Reading, group: Group) -> dict[str, Any] | None:
    """Read what is delivered instead, from PIA+3."""
    return numbers(reading, _pia(group, _SUBSTITUTE)) or None


def write_substitute(writing: Writing, item: Item | None) -> None:
    """Write what is delivered instead."""
    pairs = _pairs(item)
    if pairs:
        writing.add("PIA", _SUBSTITUTE, *pairs)


def numbers(reading: Reading, places: list[tuple[Segment, int]]) -> dict[str, Any]:
    """Read the numbers of a product from elements of LIN and PIA."""
    fields: dict[str, Any] = {}
    for segment, element in places:
        field, scheme = _NUMBERS.get(reading.code(segment, element, 2), ("", None))
        number = reading.identifier(segment, element, 1)
        if field and number and field not in fields:
            fields[field] = held({"id": number, "scheme_id": scheme})
    return fields


def _pia(group: Group, *uses: str) -> list[tuple[Segment, int]]:
    found = (pia for pia in group.all("PIA") if pia[1] in uses)
    return [(pia, element) for pia in found for element in range(2, len(pia.elements) + 1)]


def _pairs(item: Item | None) -> list[tuple[str, str]]:
    """Spell the numbers of a product that have a type here, the standard one first."""
    if item is None:
        return []
    standard = item.standard_item_identification
    kind = _STANDARD_TYPES.get(standard.scheme_id or "", "") if standard is not None else ""
    numbered = (
        (standard if kind else None, kind),
        (item.sellers_item_identification, "SA"),
        (item.buyers_item_identification, "IN"),
        (item.manufacturers_item_identification, "MF"),
    )
    return [(each.id, code) for each, code in numbered if each is not None]


def _words(reading: Reading, group: Group) -> list[str]:
    parents = [group, *group.groups("IMD")]
    texts = []
    for imd in (each for parent in parents for each in parent.all("IMD")):
        text = reading.text(imd, 3, 4)
        if text and imd[1] in ("", "F", "E", "A") and imd.part(2) in ("", "ANM", "DSC"):
            more = reading.text(imd, 3, 5)
            texts += [text, more] if more else [text]
    return texts


def write_lin(writing: Writing, number: str, action: str | None, item: Item | None) -> None:
    """Write LIN, PIA and IMD of a line."""
    pairs = _pairs(item)
    main = pairs.pop(0) if pairs and pairs[0][1] in _STANDARD_TYPES.values() else None
    writing.add("LIN", number, action, main)
    if pairs:
        writing.add("PIA", "1" if main else "5", *pairs)
    if item is None:
        return
    for text in (*((item.name,) if item.name else ()), *item.description):
        writing.add("IMD", "F", None, (None, None, None, text))
