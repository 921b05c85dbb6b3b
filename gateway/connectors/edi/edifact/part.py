"""What many messages share: parties, quantities, prices, products and texts, in and out.

Source: UNCL 3055 (agencies), 7143 (product numbers), 5125 (prices), 6063 (quantities), 1153
(references); only those codes are here that the documents of the network have a field for.
"""

from __future__ import annotations

from typing import Any, Final

from gateway.connectors.edi.edifact import moment
from gateway.connectors.edi.loop import Group
from gateway.connectors.edi.reading import Reading, Writing
from gateway.connectors.edi.segment import Segment
from ledger.document.delivery import Delivery, DeliveryTerms
from ledger.document.item import Item
from ledger.document.money import Price, Quantity
from ledger.document.period import Period
from ledger.document.reference import DocumentReference, LineReference

NO_UNIT: Final = "C62"
"""A quantity without unit counts the product itself, one by one."""

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
_NOTES: Final = ("AAI", "GEN", "PUR")
_NOTE_LINES_MAX: Final = 5


def held(fields: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is not there."""
    return {name: value for name, value in fields.items() if value not in (None, {}, [])}


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


def quantity(reading: Reading, group: Group, *qualifiers: str) -> dict[str, Any] | None:
    """Read the first quantity of a qualifier, in the order of these."""
    parents = [group, *group.groups("QTY")]
    for qualifier in qualifiers:
        for parent in parents:
            qty = parent.first("QTY", qualifier)
            if qty is not None:
                return amount_of(reading, qty)
    return None


def amount_of(reading: Reading, qty: Segment) -> dict[str, Any] | None:
    """Read a quantity and its unit."""
    value = reading.decimal(qty, 1, 2)
    unit = reading.unit(qty, 1, 3) if qty.part(1, 3) else NO_UNIT
    return {"value": value, "unit_code": unit} if value is not None and unit else None


def write_quantity(writing: Writing, qualifier: str, quantity: Quantity | None) -> None:
    """Write a quantity and its unit."""
    if quantity is not None:
        unit = writing.unit(quantity.unit_code)
        writing.add("QTY", (qualifier, quantity.value, unit))


def currency(reading: Reading) -> str | None:
    """Read the currency of a message, or that of its sender."""
    return named_currency(reading) or reading.profile.currency or None


def named_currency(reading: Reading) -> str | None:
    """Read the currency that a message names."""
    cux = reading.tree.group("CUX")
    return reading.currency(cux.head, 1, 2) if cux is not None else None


def write_currency(writing: Writing, currency: str | None, use: str) -> None:
    """Write the currency of a message: of an order (9), or of an invoice (4)."""
    if currency:
        writing.add("CUX", ("2", currency, use))


def price(reading: Reading, group: Group, currency: str | None) -> dict[str, Any] | None:
    """Read the net price of a line, or the gross one from which nothing is taken off."""
    kinds = ("AAA", "INV") if any(group.groups("ALC")) else ("AAA", "INV", "AAB", "CAL")
    found = next((each for kind in kinds if (each := group.group("PRI", kind))), None)
    if found is None:
        return None
    pri = found.head
    cux = found.first("CUX")
    currency = (reading.currency(cux, 1, 2) if cux is not None else None) or currency
    value = reading.decimal(pri, 1, 2, is_signed=True)
    if value is None:
        return None
    if currency is None:
        advice = "Send CUX, or name the currency in the partner's profile."
        reading.warn(pri, 1, "A price has a currency.", advice)
        return None
    fields: dict[str, Any] = {"price_amount": {"value": value, "currency_id": currency}}
    base = reading.decimal(pri, 1, 5)
    if base and base != "0":
        unit = reading.unit(pri, 1, 6) or (quantity(reading, group, *_COUNTED) or {}).get(
            "unit_code", NO_UNIT
        )
        fields["base_quantity"] = {"value": base, "unit_code": unit}
    return fields


_COUNTED: Final = ("21", "47", "12", "1")


def write_price(writing: Writing, price: Price | None) -> None:
    """Write a net price."""
    if price is None:
        return
    base = price.base_quantity
    basis = (base.value, writing.unit(base.unit_code)) if base is not None else ()
    writing.add("PRI", ("AAA", price.price_amount.value, *((None, None) if base else ()), *basis))


def money(
    reading: Reading, group: Group, currency: str | None, *qualifiers: str
) -> dict[str, Any] | None:
    """Read the first amount of a qualifier, in the order of these."""
    parents = [group, *group.groups("MOA")]
    for qualifier in qualifiers:
        for parent in parents:
            moa = parent.first("MOA", qualifier)
            if moa is not None and moa.part(1, 2):
                value = reading.decimal(moa, 1, 2, is_signed=True)
                own = reading.currency(moa, 1, 3) or currency
                return {"value": value, "currency_id": own} if value and own else None
    return None


def reference(reading: Reading, group: Group, *qualifiers: str) -> str | None:
    """Read the number of a reference."""
    rff = group.group("RFF", *qualifiers)
    return reading.identifier(rff.head, 1, 2) if rff is not None else None


def document(reading: Reading, group: Group, *qualifiers: str) -> dict[str, Any] | None:
    """Read a reference to a document, with its day."""
    rff = group.group("RFF", *qualifiers)
    number = reading.identifier(rff.head, 1, 2) if rff is not None else None
    if rff is None or number is None:
        return None
    issued = moment.date(reading, rff.first("DTM", "171"))
    return held({"id": number, "issue_date": issued})


def write_document(writing: Writing, qualifier: str, found: DocumentReference | None) -> None:
    """Write a reference to a document, with its day."""
    if found is not None:
        writing.add("RFF", (qualifier, found.id))
        moment.write_date(writing, "171", found.issue_date)


def line_reference(
    reading: Reading, group: Group, head: str | None, *qualifiers: str
) -> dict[str, Any] | None:
    """Read a reference to a line; to its document only where that is not the one of the head."""
    rff = group.group("RFF", *qualifiers)
    if rff is None:
        return None
    number = reading.identifier(rff.head, 1, 2)
    line = reading.identifier(rff.head, 1, 3)
    if line is None:
        return None
    return held({"line_id": line, "document_reference": {"id": number} if number != head else None})


def write_line_reference(
    writing: Writing, qualifier: str, found: LineReference | None, head: str | None, own: str = ""
) -> None:
    """Write a reference to a line, unless it is the line of the same number."""
    if found is None or (found.document_reference is None and found.line_id == own):
        return
    number = found.document_reference.id if found.document_reference is not None else head
    writing.add("RFF", (qualifier, number, found.line_id))


def notes(reading: Reading, group: Group) -> list[str]:
    """Read free text, one note of each FTX."""
    texts = []
    for ftx in group.all("FTX"):
        lines = [line for line in ftx.parts(4) if line]
        if reading.code(ftx, 1) in _NOTES and lines:
            texts.append("\n".join(lines))
    return texts


def write_notes(writing: Writing, notes: tuple[str, ...]) -> None:
    """Write free text."""
    for text in notes:
        lines = text.split("\n")
        for start in range(0, len(lines), _NOTE_LINES_MAX):
            part = lines[start : start + _NOTE_LINES_MAX]
            writing.add("FTX", _NOTES[0], None, None, part)


def terms(reading: Reading) -> dict[str, Any] | None:
    """Read the terms of delivery."""
    tod = reading.tree.group("TOD")
    term = reading.token(tod.head, 3) if tod is not None else None
    return {"id": term} if term else None


def write_terms(writing: Writing, terms: DeliveryTerms | None) -> None:
    """Write the terms of delivery."""
    if terms is not None and terms.id is not None:
        writing.add("TOD", "3", None, terms.id)


def due_days(reading: Reading) -> int | None:
    """Read how many days after the invoice it is to be paid."""
    for pat in reading.tree.groups("PAT"):
        if pat.head[1] in ("1", "3") and pat.head.part(3, 3) == "D":
            days = reading.count(pat.head, 3, 4)
            if days is not None and days <= 3650 and pat.head.part(3, 2) in ("", "3"):
                return days
    return None


def number(reading: Reading) -> str | None:
    """Read the number of a message."""
    bgm = reading.tree.first("BGM")
    if bgm is not None and not bgm.part(2):
        reading.missing(bgm, 2, "A message has a number.")
    return reading.identifier(bgm, 2, 1) if bgm is not None else None


def check_lines(reading: Reading, count: int) -> None:
    """Hold the number of lines in CNT against those that are there."""
    cnt = reading.tree.first("CNT", "2")
    if cnt is not None and reading.count(cnt, 1, 2) not in (None, count):
        reading.refuse_count(cnt, 1, f"CNT+2 is the number of lines: {count}.")


def check_function(reading: Reading, allowed: tuple[str, ...], what: str) -> None:
    """Refuse a message whose function makes it something else."""
    bgm = reading.tree.need("BGM")
    if bgm[3] and bgm[3] not in allowed:
        rule = f"{what} has one of the functions {', '.join(allowed)}."
        reading.refuse_value(bgm, 3, rule, "Send the message that is meant for this function.")


def first_delivery(deliveries: tuple[Delivery, ...]) -> Delivery | None:
    """Give the delivery of the whole, if there is one."""
    return next((each for each in deliveries if each.quantity is None), None)


def last_day(due: Period | None) -> str | None:
    """Give the last day of a period that names one."""
    return (due.end_date or due.start_date) if due is not None else None
