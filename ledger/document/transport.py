"""Transport that is pooled: demand, lot specification, bid terms and share statement.

Measures are integers here, as below in the pooling floor: mass in grams, volume in cubic
centimetres, pallet places counted, money exact with its currency.
"""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from ledger.document.item import HazardousItem
from ledger.document.money import Amount, total
from ledger.document.part import LINES_MAX, Document, Extra, Many, Part, require_distinct
from ledger.document.party import Address, Contact, Coordinate
from ledger.document.period import Window
from ledger.document.reference import DocumentReference
from ledger.document.scalar import Code, Count, Digest, Identifier, Text, Timestamp


class Place(Part):
    """A place to load or unload, with the coordinate that routes are computed from."""

    coordinate: Coordinate
    name: Text | None = None
    address: Address | None = None
    contact: Contact | None = None
    window: Many[Window] = ()
    """When the place is open; always, when empty."""
    service_s: Count | None = None


class Load(Part):
    """What is to be carried, in integers."""

    mass_g: Count
    volume_cm3: Count | None = None
    pallets: Count | None = None
    goods_class: Many[Code] = ()
    """For example ``ambient``, ``chilled``, ``frozen``, ``food``, ``adr``."""
    incompatible_class: Many[Code] = ()
    hazardous_item: Many[HazardousItem] = ()
    description: Text | None = None


class Demand(Document):
    """One order of a small firm waiting to be pooled: what is to be carried from where to where."""

    document_type: Literal["Demand"] = "Demand"
    order_reference: DocumentReference | None = None
    origin: Place
    destination: Place
    load: Load
    alone_price: Amount
    """What the firm would pay to ship alone; it never pays more in a pool."""
    max_price: Amount | None = None


class Stop(Part):
    """One stop of the route."""

    id: Identifier
    place: Place
    lot_number: Count | None = None
    """Which lot of the tender it belongs to; absent where there is one only."""


class LotLoad(Part):
    """What is loaded at one stop and unloaded at a later one; whose it is, is not said."""

    id: Identifier
    pickup_stop: Identifier
    delivery_stop: Identifier
    load: Load
    lot_number: Count | None = None


class LotSpecification(Document):
    """Consolidated shipments as carriers see them: stops in route order, loads, windows.

    A tender of several lots lists the stops of one after those of the other, each with its
    `lot_number`; distance and duration are then sums. It names no firm whose goods travel: carriers
    need places and loads only.
    """

    lines_field: ClassVar[str | None] = "lot_load"

    document_type: Literal["LotSpecification"] = "LotSpecification"
    stop: Many[Stop] = Field(min_length=2, max_length=LINES_MAX)
    lot_load: Many[LotLoad] = Field(min_length=1, max_length=LINES_MAX)
    distance_m: Count | None = None
    duration_s: Count | None = None
    vehicle_requirement: Many[Code] = ()
    reserve_price: Amount | None = None
    plan_digest: Digest | None = None
    """Digest of what the plan was made from, which the operator keeps."""

    @model_validator(mode="after")
    def _loads_follow_the_route(self) -> Self:
        require_distinct("stop", [stop.id for stop in self.stop])
        require_distinct("load", [load.id for load in self.lot_load])
        position = {stop.id: index for index, stop in enumerate(self.stop)}
        lot_of = {stop.id: stop.lot_number for stop in self.stop}
        for load in self.lot_load:
            pickup, delivery = position.get(load.pickup_stop), position.get(load.delivery_stop)
            if pickup is None or delivery is None:
                raise ValueError(f"load {load.id!r} names a stop that is not on the route")
            if pickup >= delivery:
                raise ValueError(f"load {load.id!r} is delivered before it is picked up")
            if {lot_of[load.pickup_stop], lot_of[load.delivery_stop]} != {load.lot_number}:
                raise ValueError(f"load {load.id!r} changes from one lot to another")
        return self


class BidTerms(Document):
    """What a carrier offers for a lot or a bundle of lots, all or none."""

    document_type: Literal["BidTerms"] = "BidTerms"
    auction_id: Count
    lot_number: Many[Count] = Field(min_length=1, max_length=256)
    price: Amount
    valid_until: Timestamp | None = None
    vehicle_type: Code | None = None
    emission_class: Code | None = None
    terms: Many[Text] = ()


class Share(Part):
    """What one demand pays of the price of its lot."""

    demand_reference: DocumentReference
    alone_price: Amount
    share_amount: Amount
    extras: Many[Extra] = ()


class ShareStatement(Document):
    """What each demand of a lot pays; the shares add up to the price exactly.

    Sealed to one firm, it holds that firm's share only, and `price` may then exceed the sum.
    """

    lines_field: ClassVar[str | None] = "share"

    document_type: Literal["ShareStatement"] = "ShareStatement"
    auction_id: Count
    lot_number: Count
    price: Amount
    rule: Code
    """The rule of cost sharing, by its name in the pooling floor."""
    is_complete: bool
    share: Many[Share] = Field(min_length=1, max_length=LINES_MAX)

    @model_validator(mode="after")
    def _shares_add_up(self) -> Self:
        currencies = {each.share_amount.currency_id for each in self.share}
        currencies |= {each.alone_price.currency_id for each in self.share}
        if currencies != {self.price.currency_id}:
            raise ValueError("all amounts of a share statement must have one currency")
        paid = total(each.share_amount.number for each in self.share)
        if self.is_complete and paid != self.price.number:
            raise ValueError("the shares must add up to the price")
        if not self.is_complete and paid > self.price.number:
            raise ValueError("the shares exceed the price")
        return self
