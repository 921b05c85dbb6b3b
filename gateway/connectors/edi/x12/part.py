"""What many transaction sets share: parties, places, dates, prices and products, in and out.

Source: ASC X12 data elements 66 (identification code), 98 (entity), 235 (product), 374 (date); only
those codes are here that the documents of the network have a field for.
"""

from __future__ import annotations

from typing import Any, Final

from gateway.connectors.edi.loop import Group
from gateway.connectors.edi.message import Address as Endpoint
from gateway.connectors.edi.reading import Reading, Writing
from gateway.connectors.edi.segment import Segment
from ledger.document.delivery import Delivery
from ledger.document.item import Item
from ledger.document.party import Address, Contact, Identification, Location, Party
from ledger.document.period import Period

N1_LOOP: Final = (
    "(N1 N2* IN2* N3* N4* NX2* REF* QTY* PER* SI* DTM* FOB* SCH* TD1* TD5* TD3* TD4* PKG* MSG*)*"
)
"""The loop of a party, with all that any of the transaction sets here has in it."""

SCHEMES: Final = {"1": "0060", "UL": "0088", "91": "91", "92": "92", "ZZ": "ZZZ"}
"""Who numbers parties: D-U-N-S and GLN as in ISO 6523, the others as in UNCL3055."""

QUALIFIERS: Final = {scheme: qualifier for qualifier, scheme in SCHEMES.items()}

_ENDPOINT_SCHEMES: Final = {"01": "0060", "07": "0088", "ZZ": "ZZZ"}

_PRODUCTS: Final = {
    "EN": ("standard_item_identification", "0160"),
    "UP": ("standard_item_identification", "0160"),
    "UK": ("standard_item_identification", "0160"),
    "BP": ("buyers_item_identification", None),
    "IN": ("buyers_item_identification", None),
    "VP": ("sellers_item_identification", None),
    "VN": ("sellers_item_identification", None),
    "MG": ("manufacturers_item_identification", None),
    "MF": ("manufacturers_item_identification", None),
}

_GTIN_QUALIFIERS: Final = {12: "UP", 13: "EN", 14: "UK"}
_PRODUCT_NAME: Final = "08"


def identification(reading: Reading, segment: Segment, element: int) -> dict[str, Any] | None:
    """Read a qualifier and the number after it."""
    scheme = SCHEMES.get(reading.code(segment, element))
    number = reading.identifier(segment, element + 1)
    return {"id": number, "scheme_id": scheme} if scheme and number else None


def endpoint(address: Endpoint) -> dict[str, Any]:
    """Take who sent or receives a message as the endpoint of a party."""
    scheme = _ENDPOINT_SCHEMES.get(address.qualifier, address.qualifier)
    return held({"endpoint_id": address.id or None, "endpoint_scheme": scheme or None})


def party(reading: Reading, group: Group | None, address: Endpoint | None = None) -> dict[str, Any]:
    """Read a party from its loop, and its endpoint from the envelope."""
    fields = endpoint(address) if address is not None else {}
    if group is None:
        return fields
    number = identification(reading, group.head, 3)
    fields |= held(
        {
            "name": reading.text(group.head, 2),
            "identifications": [number] if number else None,
            "postal_address": _address(reading, group),
            "contact": _contact(reading, group.first("PER")),
        }
    )
    return reading.came_from(fields, group.head)


def delivery(reading: Reading, group: Group | None) -> dict[str, Any]:
    """Read whom and where to deliver to: a party's name, a place's number and address."""
    if group is None:
        return {}
    name = reading.text(group.head, 2)
    number, address = identification(reading, group.head, 3), _address(reading, group)
    return held(
        {
            "delivery_party": {"name": name} if name else None,
            "delivery_location": held({"id": number, "address": address}),
        }
    )


def _address(reading: Reading, group: Group) -> dict[str, Any] | None:
    street, town = group.need("N3"), group.need("N4")
    fields = {
        "street_name": reading.text(street, 1),
        "additional_street_name": reading.text(street, 2),
        "city_name": reading.text(town, 1),
        "country_subentity": reading.text(town, 2),
        "postal_zone": reading.text(town, 3),
        "country": reading.country(town, 4),
    }
    return held(fields) or None


def _contact(reading: Reading, per: Segment | None) -> dict[str, Any] | None:
    if per is None:
        return None
    fields = {"name": reading.text(per, 2)}
    for element in (3, 5, 7):
        field = {"TE": "telephone", "EM": "electronic_mail"}.get(reading.code(per, element))
        if field and not fields.get(field):
            fields[field] = reading.text(per, element + 1)
    return held(fields) or None


def write_party(writing: Writing, entity: str, party: Party | None) -> None:
    """Write the loop of a party; one that has nothing but an endpoint is in the envelope."""
    if party is None:
        return
    name = party.name
    if name is None and party.party_legal_entity is not None:
        name = party.party_legal_entity.registration_name
    known = [each for each in party.identifications if each.scheme_id in QUALIFIERS]
    number = known[0] if known else None
    if name is None and number is None:
        return
    writing.add("N1", entity, name, *_qualified(number))
    _write_address(writing, party.postal_address)
    _write_contact(writing, party.contact)


def write_delivery(writing: Writing, entity: str, delivery: Delivery) -> None:
    """Write the loop of whom and where to deliver to."""
    party, place = delivery.delivery_party, delivery.delivery_location
    write_location(writing, entity, place or Location(), party.name if party is not None else None)


def write_location(writing: Writing, entity: str, place: Location, name: str | None = None) -> None:
    """Write the loop of a place, under a name of its own or another."""
    number = place.id
    if number is not None and number.scheme_id not in QUALIFIERS:
        number = None
    name = name or place.name
    if name is None and number is None:
        return
    writing.add("N1", entity, name, *_qualified(number))
    _write_address(writing, place.address)


def _qualified(number: Identification | None) -> tuple[str, ...]:
    return (QUALIFIERS[number.scheme_id or ""], number.id) if number is not None else ()


def _write_address(writing: Writing, address: Address | None) -> None:
    if address is None:
        return
    if address.street_name:
        writing.add("N3", address.street_name, address.additional_street_name)
    town = (address.city_name, address.country_subentity, address.postal_zone, address.country)
    if any(town):
        writing.add("N4", *town)


def _write_contact(writing: Writing, contact: Contact | None) -> None:
    if contact is None:
        return
    numbers: list[str] = []
    for qualifier, number in (("TE", contact.telephone), ("EM", contact.electronic_mail)):
        if number:
            numbers += [qualifier, number]
    if contact.name or numbers:
        writing.add("PER", "IC", contact.name, *numbers)


def period(reading: Reading, group: Group, on: str, after: str, before: str) -> dict[str, Any]:
    """Read when something is due: on a day, or not before and not after; empty if never."""
    days = {
        field: reading.date(segment, 2)
        for field, qualifier in (("start_date", after), ("end_date", before))
        if (segment := group.first("DTM", qualifier)) is not None
    }
    due = group.first("DTM", on)
    if not days and due is not None:
        found = reading.date(due, 2)
        days = {"end_date": found}
    return held(days)


def write_period(writing: Writing, due: Period | None, on: str, after: str, before: str) -> None:
    """Write when something is due."""
    if due is None:
        return
    if due.end_date and due.start_date in (None, due.end_date):
        writing.add("DTM", on, writing.day(due.end_date))
        return
    for qualifier, found in ((after, due.start_date), (before, due.end_date)):
        if found:
            writing.add("DTM", qualifier, writing.day(found))


def clock(time: str | None) -> str | None:
    """Write a time in the clock of its own zone, which X12 does not name."""
    return time[:8].replace(":", "") if time else None


def quantity(
    reading: Reading, segment: Segment, element: int, *, is_signed: bool = False
) -> dict[str, Any] | None:
    """Read a quantity and the unit after it."""
    value = reading.decimal(segment, element, is_signed=is_signed)
    unit = reading.unit(segment, element + 1)
    return {"value": value, "unit_code": unit} if value is not None and unit else None


def item(reading: Reading, group: Group, element: int) -> dict[str, Any]:
    """Read what is ordered: numbers from pairs of elements on, words from PID."""
    fields: dict[str, Any] = {}
    head = group.head
    for at in range(element, len(head.elements), 2):
        field, scheme = _PRODUCTS.get(reading.code(head, at), ("", None))
        number = reading.identifier(head, at + 1)
        if field and number and field not in fields:
            fields[field] = held({"id": number, "scheme_id": scheme})
    for each in group.groups("PID"):
        text = reading.text(each.head, 5)
        if text is None or each.head[1] != "F" or each.head[2] not in ("", _PRODUCT_NAME):
            continue
        if "name" not in fields:
            fields["name"] = text
        else:
            fields.setdefault("description", []).append(text)
    return fields


def product(reading: Reading, lin: Segment, *qualifiers: str) -> str | None:
    """Read a number among those of a product, as of a lot or a line of an order."""
    for at in range(2, len(lin.elements), 2):
        if lin[at] in qualifiers:
            return reading.identifier(lin, at + 1)
    return None


def item_elements(item: Item | None) -> list[str]:
    """Write the numbers of an item, as pairs."""
    if item is None:
        return []
    standard = item.standard_item_identification
    pairs = [
        (_GTIN_QUALIFIERS.get(len(standard.id), "") if standard else "", standard),
        ("BP", item.buyers_item_identification),
        ("VP", item.sellers_item_identification),
        ("MG", item.manufacturers_item_identification),
    ]
    return [text for code, each in pairs if code and each is not None for text in (code, each.id)]


def write_item(writing: Writing, item: Item | None) -> None:
    """Write the words of an item, its name first."""
    if item is None:
        return
    if item.name:
        writing.add("PID", "F", None, None, None, item.name)
    for text in item.description:
        writing.add("PID", "F", None, None, None, text)


def reference(reading: Reading, group: Group, *qualifiers: str) -> str | None:
    """Read the number of a reference."""
    ref = group.first("REF", *qualifiers)
    return reading.identifier(ref, 2) if ref is not None else None


def check_lines(reading: Reading, count: int) -> None:
    """Hold the number of lines in CTT against those that are there."""
    summary = reading.tree.group("CTT")
    if summary is not None and reading.count(summary.head, 1) not in (None, count):
        reading.refuse_count(summary.head, 1, f"CTT01 is the number of lines: {count}.")


def held(fields: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is not there."""
    return {name: value for name, value in fields.items() if value is not None and value != {}}
