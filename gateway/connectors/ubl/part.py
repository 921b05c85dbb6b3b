"""Mapping tables of the aggregates that UBL's messages share."""

from __future__ import annotations

from typing import Final

from gateway.connectors.ubl.mapping import (
    VALUE,
    Attribute,
    Branch,
    Content,
    Leaf,
    code,
    identification,
    identifier,
    one,
    quantity,
    text,
)
from gateway.connectors.ubl.money import TAX_SCHEME
from gateway.connectors.ubl.scalar import (
    CODE,
    COUNTRY,
    DATE,
    IDENTIFIER,
    TIME,
)


def _country(field: str) -> Content:
    return Content("Country", {"IdentificationCode": Leaf(field, COUNTRY)})


PERIOD: Final = Content(
    "Period",
    {
        "StartDate": Leaf("start_date", DATE),
        "StartTime": Leaf("start_time", TIME),
        "EndDate": Leaf("end_date", DATE),
        "EndTime": Leaf("end_time", TIME),
        "Description": text("description", may_repeat=True),
    },
)

ADDRESS: Final = Content(
    "Address",
    {
        "StreetName": text("street_name", may_repeat=True),
        "AdditionalStreetName": text("additional_street_name", may_repeat=True),
        "BuildingNumber": text("building_number"),
        "CityName": text("city_name", may_repeat=True),
        "PostalZone": text("postal_zone", may_repeat=True),
        "CountrySubentity": text("country_subentity", may_repeat=True),
        "AddressLine": Branch(
            "address_line",
            one("AddressLine", "Line", text(VALUE, may_repeat=True)),
            is_many=True,
        ),
        "Country": Branch(None, _country("country")),
    },
)

CONTACT: Final = Content(
    "Contact",
    {
        "ID": identifier("id"),
        "Name": text("name"),
        "Telephone": text("telephone"),
        "ElectronicMail": text("electronic_mail"),
        "Note": text("note", may_repeat=True),
    },
)

PARTY: Final = Content(
    "Party",
    {
        "EndpointID": Leaf(
            "endpoint_id", IDENTIFIER, None, {"schemeID": Attribute("endpoint_scheme", CODE)}
        ),
        "PartyIdentification": Branch(
            "identifications",
            one("PartyIdentification", "ID", identification(VALUE)),
            is_many=True,
        ),
        "PartyName": Branch(None, Content("PartyName", {"Name": text("name")}), may_repeat=True),
        "PostalAddress": Branch("postal_address", ADDRESS),
        "PartyTaxScheme": Branch(
            "party_tax_scheme",
            Content(
                "PartyTaxScheme",
                {
                    "CompanyID": identification("company_id"),
                    "TaxScheme": Branch(None, TAX_SCHEME),
                },
                needed=("company_id",),
            ),
            is_many=True,
        ),
        "PartyLegalEntity": Branch(
            "party_legal_entity",
            Content(
                "PartyLegalEntity",
                {
                    "RegistrationName": text("registration_name"),
                    "CompanyID": identification("company_id"),
                    "RegistrationAddress": Branch("registration_address", ADDRESS),
                },
            ),
            may_repeat=True,
        ),
        "Contact": Branch("contact", CONTACT),
    },
)

CUSTOMER_PARTY: Final = one("CustomerParty", "Party", Branch(VALUE, PARTY))
SUPPLIER_PARTY: Final = one("SupplierParty", "Party", Branch(VALUE, PARTY))

DOCUMENT_REFERENCE: Final = Content(
    "DocumentReference",
    {
        "ID": identifier("id"),
        "IssueDate": Leaf("issue_date", DATE),
        "DocumentTypeCode": code("document_type_code"),
        "DocumentType": text("document_type", may_repeat=True),
        "DocumentDescription": text("document_description", is_many=True),
        "Attachment": Branch(
            "attachment",
            Content(
                "Attachment",
                {
                    "ExternalReference": Branch(
                        None, Content("ExternalReference", {"URI": text("uri")})
                    ),
                },
            ),
        ),
    },
    needed=("id",),
)

CONTRACT: Final = Content(
    "Contract",
    {
        "ID": identifier("id"),
        "IssueDate": Leaf("issue_date", DATE),
        "ContractTypeCode": code("document_type_code"),
        "ContractType": text("document_type"),
        "Description": text("document_description", is_many=True),
    },
    needed=("id",),
)


def plain_reference(type_name: str) -> Content:
    """Map a reference of which documents hold number and date."""
    children: dict[str, Leaf | Branch] = {
        "ID": identifier("id"),
        "IssueDate": Leaf("issue_date", DATE),
    }
    return Content(type_name, children, needed=("id",))


LOCATION: Final = Content(
    "Location",
    {
        "ID": identification("id"),
        "Name": text("name"),
        "Address": Branch("address", ADDRESS),
    },
)

DELIVERY: Final = Content(
    "Delivery",
    {
        "ID": identifier("id"),
        "Quantity": quantity("quantity"),
        "ActualDeliveryDate": Leaf("actual_delivery_date", DATE),
        "ActualDeliveryTime": Leaf("actual_delivery_time", TIME),
        "TrackingID": identifier("tracking_id"),
        "DeliveryLocation": Branch("delivery_location", LOCATION),
        "RequestedDeliveryPeriod": Branch("requested_delivery_period", PERIOD),
        "PromisedDeliveryPeriod": Branch("promised_delivery_period", PERIOD),
        "EstimatedDeliveryPeriod": Branch("estimated_delivery_period", PERIOD),
        "CarrierParty": Branch("carrier_party", PARTY),
        "DeliveryParty": Branch("delivery_party", PARTY, may_repeat=True),
        "Despatch": Branch(
            "despatch",
            Content(
                "Despatch",
                {
                    "RequestedDespatchDate": Leaf("requested_despatch_date", DATE),
                    "RequestedDespatchTime": Leaf("requested_despatch_time", TIME),
                    "EstimatedDespatchDate": Leaf("estimated_despatch_date", DATE),
                    "ActualDespatchDate": Leaf("actual_despatch_date", DATE),
                    "ActualDespatchTime": Leaf("actual_despatch_time", TIME),
                    "DespatchAddress": Branch("despatch_address", ADDRESS),
                },
            ),
        ),
        "Shipment": Branch(
            None,
            Content(
                "Shipment", {"ShippingPriorityLevelCode": code("shipping_priority_level_code")}
            ),
        ),
    },
)

DELIVERY_TERMS: Final = Content(
    "DeliveryTerms",
    {
        "ID": code("id"),
        "SpecialTerms": text("special_terms", is_many=True),
        "DeliveryLocation": Branch("delivery_location", LOCATION),
    },
)

PAYMENT_TERMS: Final = one("PaymentTerms", "Note", text(VALUE, may_repeat=True))
