"""Deliveries and shipments: where goes what, when, in which packages."""

from __future__ import annotations

import re
from typing import Annotated, Final

from pydantic import AfterValidator, StringConstraints

from ledger.document.item import HazardousItem
from ledger.document.money import Quantity
from ledger.document.part import Many, Part
from ledger.document.party import Address, Location, Party
from ledger.document.period import Period
from ledger.document.reference import LineReference
from ledger.document.scalar import Code, Count, Date, Identifier, Text, Time

_is_sscc: Final = re.compile(r"[0-9]{18}").fullmatch


def _has_check_digit(sscc: str) -> str:
    # Runs before the pattern is looked at.
    if not _is_sscc(sscc):
        raise ValueError("must be an SSCC of 18 digits")
    weighted = sum(int(digit) * (3 if i % 2 == 0 else 1) for i, digit in enumerate(sscc[:17]))
    if (10 - weighted % 10) % 10 != int(sscc[17]):
        raise ValueError("must have the check digit of GS1 General Specifications 7.9")
    return sscc


Sscc = Annotated[str, AfterValidator(_has_check_digit), StringConstraints(pattern=r"^[0-9]{18}$")]
"""A serial shipping container code of GS1: 18 digits, the last of them the check digit."""


class DeliveryTerms(Part):
    """Who carries cost and risk to where: an Incoterms code and its place."""

    id: Code | None = None
    special_terms: Many[Text] = ()
    delivery_location: Location | None = None


class Despatch(Part):
    """When and from where goods leave."""

    requested_despatch_date: Date | None = None
    requested_despatch_time: Time | None = None
    estimated_despatch_date: Date | None = None
    actual_despatch_date: Date | None = None
    actual_despatch_time: Time | None = None
    despatch_address: Address | None = None


class Delivery(Part):
    """One delivery, asked for, promised or done; with `quantity`, of that part of a line."""

    id: Identifier | None = None
    quantity: Quantity | None = None
    actual_delivery_date: Date | None = None
    actual_delivery_time: Time | None = None
    tracking_id: Identifier | None = None
    requested_delivery_period: Period | None = None
    promised_delivery_period: Period | None = None
    estimated_delivery_period: Period | None = None
    delivery_location: Location | None = None
    delivery_party: Party | None = None
    carrier_party: Party | None = None
    despatch: Despatch | None = None
    shipping_priority_level_code: Code | None = None


class PackedItem(Part):
    """How much of which despatch line lies in a package."""

    line_reference: LineReference
    quantity: Quantity


class Package(Part):
    """A package: a box, or with its SSCC a logistic unit such as a pallet."""

    id: Identifier
    sscc: Sscc | None = None
    packaging_type_code: Code | None = None
    parent_id: Identifier | None = None
    """The `id` of the package this one lies in."""
    quantity: Count | None = None
    gross_weight_measure: Quantity | None = None
    gross_volume_measure: Quantity | None = None
    length_measure: Quantity | None = None
    width_measure: Quantity | None = None
    height_measure: Quantity | None = None
    shipping_marks: Text | None = None
    hazardous_risk_indicator: bool | None = None
    contents: Many[PackedItem] = ()


class Shipment(Part):
    """What travels together, and how."""

    id: Identifier | None = None
    information: Many[Text] = ()
    gross_weight_measure: Quantity | None = None
    gross_volume_measure: Quantity | None = None
    total_transport_handling_unit_quantity: Count | None = None
    transport_mode_code: Code | None = None
    """Of UN/ECE Recommendation 19."""
    vehicle_id: Identifier | None = None
    bill_of_lading_id: Identifier | None = None
    consignment_id: Identifier | None = None
    delivery: Delivery | None = None
    hazardous_item: Many[HazardousItem] = ()
    package: Many[Package] = ()
