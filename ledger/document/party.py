"""Parties, their addresses and the people to talk to."""

from __future__ import annotations

from ledger.document.part import Many, Part
from ledger.document.scalar import Code, CountryCode, DecimalText, Identifier, Text


class Identification(Part):
    """A number somebody has in a scheme, for example a GLN in scheme 0088."""

    id: Identifier
    scheme_id: Code | None = None


class Coordinate(Part):
    """A point on the earth in WGS 84 decimal degrees."""

    latitude_deg: DecimalText
    longitude_deg: DecimalText


class Address(Part):
    """A postal address."""

    street_name: Text | None = None
    additional_street_name: Text | None = None
    building_number: Text | None = None
    city_name: Text | None = None
    postal_zone: Text | None = None
    country_subentity: Text | None = None
    address_line: Many[Text] = ()
    country: CountryCode | None = None
    location_coordinate: Coordinate | None = None


class Contact(Part):
    """A person or desk to talk to."""

    id: Identifier | None = None
    name: Text | None = None
    telephone: Text | None = None
    electronic_mail: Text | None = None
    note: Text | None = None


class PartyLegalEntity(Part):
    """The company as its register knows it."""

    registration_name: Text | None = None
    company_id: Identification | None = None
    registration_address: Address | None = None


class PartyTaxScheme(Part):
    """The number a party has with a tax authority, for example its VAT number."""

    company_id: Identification
    tax_scheme: Code | None = None


class Party(Part):
    """A company or a part of one, as a document names it.

    What the party is called may stand in `name` or in `party_legal_entity`; who it is on the
    network is decided by the agreement, never by these words.
    """

    name: Text | None = None
    endpoint_id: Identifier | None = None
    endpoint_scheme: Code | None = None
    identifications: Many[Identification] = ()
    postal_address: Address | None = None
    party_legal_entity: PartyLegalEntity | None = None
    party_tax_scheme: Many[PartyTaxScheme] = ()
    contact: Contact | None = None

    @property
    def display_name(self) -> str:
        """The best name this document gives for the party."""
        if self.name:
            return self.name
        if self.party_legal_entity and self.party_legal_entity.registration_name:
            return self.party_legal_entity.registration_name
        if self.identifications:
            return self.identifications[0].id
        return self.endpoint_id or "unnamed party"


class Location(Part):
    """A place goods come from or go to."""

    id: Identification | None = None
    name: Text | None = None
    address: Address | None = None
    coordinate: Coordinate | None = None
