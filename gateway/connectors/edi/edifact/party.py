"""Parties and places in NAD, in and out.

Source: UNCL 3035 (functions of parties), 3055 (agencies), 3155 (means of communication).
"""

from __future__ import annotations

import re
from typing import Any, Final

from gateway.connectors.edi.edifact.part import held
from gateway.connectors.edi.loop import Group
from gateway.connectors.edi.message import Address as Endpoint
from gateway.connectors.edi.reading import Reading, Writing
from gateway.connectors.edi.segment import Segment
from ledger.document.delivery import Delivery
from ledger.document.party import Address, Contact, Identification, Location, Party

NAD_LOOP: Final = "(NAD LOC* FII* MOA* FTX* GEI* (RFF DTM*)* (DOC DTM*)* (CTA COM*)*)*"
"""The loop of a party, with all that any of the messages here has in it."""

_AGENCIES: Final = {"9": "0088", "16": "0060"}
"""GS1 and Dun & Bradstreet give numbers of ISO 6523; other agencies keep their code."""

_AGENCY_CODES: Final = {scheme: agency for agency, scheme in _AGENCIES.items()}
_ENDPOINTS: Final = {"14": "0088", "1": "0060", "01": "0060", "ZZ": "ZZZ"}
_VAT: Final = "VAT"

PLACE_OF_DELIVERY: Final = "7"
"""Function of LOC (3227)."""

_is_agency = re.compile(r"[A-Z0-9]{1,3}").fullmatch
_is_scheme = re.compile(r"\S{1,64}").fullmatch


def find(reading: Reading, *functions: str) -> Group | None:
    """Find the loop of the first of these functions that is there."""
    return find_in(reading.tree, *functions)


def find_in(group: Group, *functions: str) -> Group | None:
    """Find the loop of the first of these functions that is there, in a loop."""
    return next((nad for each in functions if (nad := group.group("NAD", each))), None)


def party(reading: Reading, group: Group | None, address: Endpoint | None = None) -> dict[str, Any]:
    """Read a party from its loop, and its endpoint from the envelope."""
    fields = _endpoint(address) if address is not None else {}
    if group is None:
        return fields
    number = _identification(reading, group.head)
    fields |= held(
        {
            "name": _name(reading, group.head),
            "identifications": [number] if number else None,
            "postal_address": _address(reading, group.head),
            "party_tax_scheme": _tax_schemes(reading, group),
            "contact": _contact(reading, group.group("CTA")),
        }
    )
    return reading.came_from(fields, group.head)


def optional(reading: Reading, *functions: str) -> dict[str, Any] | None:
    """Read a party that need not be there."""
    group = find(reading, *functions)
    return (party(reading, group) or None) if group is not None else None


def delivery(reading: Reading, group: Group | None) -> dict[str, Any]:
    """Read whom and where to deliver to: a party's name, a place's number and address."""
    if group is None:
        return {}
    name = _name(reading, group.head)
    loc = group.first("LOC", PLACE_OF_DELIVERY)
    place = {
        "id": _identification(reading, group.head),
        "name": reading.text(loc, 2, 4) if loc is not None else None,
        "address": _address(reading, group.head),
    }
    return held(
        {
            "delivery_party": {"name": name} if name else None,
            "delivery_location": held(place),
        }
    )


def location(reading: Reading, segment: Segment, element: int) -> dict[str, Any] | None:
    """Read a place by its number, agency and name."""
    number, agency = reading.identifier(segment, element, 1), reading.token(segment, element, 3)
    own = held({"id": number, "scheme_id": _AGENCIES.get(agency or "", agency)}) if number else None
    return held({"id": own, "name": reading.text(segment, element, 4)}) or None


def place(location: Location) -> tuple[str | None, ...]:
    """Spell a place by its number, agency and name."""
    number = location.id
    if number is None or _agency(number) is None:
        return (None, None, None, location.name)
    return (number.id, None, _agency(number), location.name)


def _endpoint(address: Endpoint) -> dict[str, Any]:
    scheme = _ENDPOINTS.get(address.qualifier, address.qualifier)
    number = address.id.strip()
    return held(
        {
            "endpoint_id": number or None,
            "endpoint_scheme": scheme if number and _is_scheme(scheme) else None,
        }
    )


def _identification(reading: Reading, nad: Segment) -> dict[str, Any] | None:
    number, agency = reading.identifier(nad, 2, 1), reading.token(nad, 2, 3)
    if not number:
        return None
    return held({"id": number, "scheme_id": _AGENCIES.get(agency or "", agency)})


def _name(reading: Reading, nad: Segment) -> str | None:
    return reading.text(nad, 4, 1) or reading.text(nad, 3, 1)


def _address(reading: Reading, nad: Segment) -> dict[str, Any] | None:
    fields = {
        "street_name": reading.text(nad, 5, 1),
        "additional_street_name": reading.text(nad, 5, 2),
        "address_line": [text for at in (3, 4) if (text := reading.text(nad, 5, at))],
        "city_name": reading.text(nad, 6),
        "country_subentity": reading.text(nad, 7, 1),
        "postal_zone": reading.text(nad, 8),
        "country": reading.country(nad, 9),
    }
    return held(fields) or None


def _tax_schemes(reading: Reading, group: Group) -> list[dict[str, Any]] | None:
    rff = group.group("RFF", "VA")
    number = reading.identifier(rff.head, 1, 2) if rff is not None else None
    return [{"company_id": {"id": number}, "tax_scheme": _VAT}] if number else None


def _contact(reading: Reading, group: Group | None) -> dict[str, Any] | None:
    if group is None:
        return None
    fields = {"id": reading.identifier(group.head, 2, 1), "name": reading.text(group.head, 2, 2)}
    for com in group.all("COM"):
        # In later directories one segment holds several.
        for element in range(1, len(com.elements) + 1):
            field = {"TE": "telephone", "EM": "electronic_mail"}.get(reading.code(com, element, 2))
            if field and not fields.get(field):
                fields[field] = reading.text(com, element, 1)
    return held(fields) or None


def write_party(writing: Writing, function: str, party: Party | None) -> None:
    """Write the loop of a party; one that has nothing but an endpoint is in the envelope."""
    if party is None:
        return
    name = party.name
    if name is None and party.party_legal_entity is not None:
        name = party.party_legal_entity.registration_name
    number = next((each for each in party.identifications if _agency(each) is not None), None)
    if name is None and number is None:
        return
    _write_nad(writing, function, number, name, party.postal_address)
    for scheme in party.party_tax_scheme:
        if scheme.tax_scheme == _VAT:
            writing.add("RFF", ("VA", scheme.company_id.id))
    _write_contact(writing, party.contact)


def write_delivery(writing: Writing, function: str, delivery: Delivery | None) -> None:
    """Write the loop of whom and where to deliver to."""
    if delivery is None:
        return
    party, place = delivery.delivery_party, delivery.delivery_location
    name = party.name if party is not None else None
    number = place.id if place is not None else None
    if number is not None and _agency(number) is None:
        number = None
    address = place.address if place is not None else None
    called = place.name if place is not None else None
    if any(each is not None for each in (name, number, address, called)):
        _write_nad(writing, function, number, name, address)
    if called is not None:
        writing.add("LOC", PLACE_OF_DELIVERY, (None, None, None, called))


def _agency(number: Identification) -> str | None:
    """Name the agency of a number, empty when it has none; None if EDIFACT has no code for it."""
    scheme = number.scheme_id or ""
    agency = _AGENCY_CODES.get(scheme, scheme)
    return agency if not agency or _is_agency(agency) else None


def _write_nad(
    writing: Writing,
    function: str,
    number: Identification | None,
    name: str | None,
    address: Address | None,
) -> None:
    own = (number.id, None, _agency(number)) if number is not None else None
    if address is None:
        writing.add("NAD", function, own, None, name)
        return
    writing.add(
        "NAD",
        function,
        own,
        None,
        name,
        (address.street_name, address.additional_street_name, *address.address_line[:2]),
        address.city_name,
        address.country_subentity,
        address.postal_zone,
        address.country,
    )


def _write_contact(writing: Writing, contact: Contact | None) -> None:
    if contact is None:
        return
    writing.add("CTA", "IC", (contact.id, contact.name))
    for code, number in (("TE", contact.telephone), ("EM", contact.electronic_mail)):
        if number:
            writing.add("COM", (number, code))
