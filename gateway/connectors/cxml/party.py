"""Parties of cXML: credentials of the header, and addresses.

The side that sends is told by its credentials, the name of a buyer by the address it is billed at.
"""

from __future__ import annotations

from typing import Any

from lxml import etree

from gateway.connectors.cxml.reading import Reading
from gateway.connectors.cxml.writing import add, moment
from gateway.connectors.ubl.scalar import CODE, COUNTRY, IDENTIFIER, TEXT
from ledger.document.part import Document
from ledger.document.party import Address, Party


def read_side(reading: Reading, root: etree._Element, side: str) -> dict[str, Any]:
    """Read who sends (``From``) or receives (``To``)."""
    header = reading.need(root, f"Header/{side}")
    credential = None if header is None else reading.need(header, "Credential")
    if header is None or credential is None:
        return {}
    found = [
        reading.own(
            each,
            id=reading.text(each, "Identity", IDENTIFIER),
            scheme_id=reading.attribute(each, "domain", CODE),
        )
        for each in header.iterfind("Credential")
    ]
    identifications = [each for each in found if "id" in each]
    if not identifications:
        rule = "A Credential has an Identity, of at most 256 characters."
        identity = credential.findtext("Identity", "").strip()
        reading.report.add(credential, rule, identity, "Write the number of the party there.")
    return reading.own(header, identifications=identifications)


def read_address(reading: Reading, holder: etree._Element | None) -> dict[str, Any]:
    """Read the party of an ``Address``."""
    address = holder.find("Address") if holder is not None else None
    if address is None:
        return {}
    number = reading.attribute(address, "addressID", IDENTIFIER)
    scheme = reading.attribute(address, "addressIDDomain", CODE)
    identification = reading.own(address, id=number, scheme_id=scheme) if number else None
    return reading.own(
        address,
        name=reading.text(address, "Name", TEXT),
        identifications=[identification] if identification else [],
        postal_address=read_postal(reading, address.find("PostalAddress")),
        contact=reading.own(address, electronic_mail=reading.text(address, "Email", TEXT)),
    )


def read_postal(reading: Reading, postal: etree._Element | None) -> dict[str, Any]:
    """Read a ``PostalAddress``."""
    if postal is None:
        return {}
    streets = [" ".join((each.text or "").split()) for each in postal.iterfind("Street")]
    streets = [each for each in streets if each]
    return reading.own(
        postal,
        street_name=streets[0] if streets else None,
        additional_street_name=streets[1] if len(streets) > 1 else None,
        address_line=streets[2:],
        city_name=reading.text(postal, "City", TEXT),
        country_subentity=reading.text(postal, "State", TEXT),
        postal_zone=reading.text(postal, "PostalCode", TEXT),
        country=reading.attribute(postal.find("Country"), "isoCountryCode", COUNTRY),
    )


def write_root(document: Document, sender: Party, receiver: Party) -> etree._Element:
    """Write the envelope; give its root, whose ``Request`` is still empty."""
    root = etree.Element("cXML")
    root.set("payloadID", f"{document.id}@{document.issue_date}")
    root.set("timestamp", moment(document.issue_date, document.issue_time or "00:00:00Z"))
    header = add(root, "Header")
    for side, party in (("From", sender), ("To", receiver), ("Sender", sender)):
        element = add(header, side)
        for each in party.identifications:
            credential = add(element, "Credential", domain=each.scheme_id or "PrivateID")
            add(credential, "Identity", each.id)
    add(header.find("Sender"), "UserAgent", "Consign")
    add(root, "Request")
    return root


def write_address(parent: etree._Element, tag: str, party: Party) -> None:
    """Write a party as the ``Address`` of an element."""
    address = add(add(parent, tag), "Address")
    if party.identifications:
        number = party.identifications[0]
        address.set("addressID", number.id)
        if number.scheme_id is not None:
            address.set("addressIDDomain", number.scheme_id)
    add(address, "Name", name_of(party), lang="en")
    if party.postal_address is not None:
        write_postal(address, party.postal_address)
    if party.contact is not None and party.contact.electronic_mail is not None:
        add(address, "Email", party.contact.electronic_mail)


def name_of(party: Party) -> str:
    """Give the name of a party, which cXML may have empty."""
    entity = party.party_legal_entity
    return party.name or (entity.registration_name if entity is not None else None) or ""


def write_postal(parent: etree._Element, address: Address) -> None:
    """Write a ``PostalAddress``."""
    postal = add(parent, "PostalAddress")
    for street in (address.street_name, address.additional_street_name, *address.address_line):
        if street is not None:
            add(postal, "Street", street)
    add(postal, "City", address.city_name or "")
    if address.country_subentity is not None:
        add(postal, "State", address.country_subentity)
    if address.postal_zone is not None:
        add(postal, "PostalCode", address.postal_zone)
    add(postal, "Country", "", isoCountryCode=address.country)
