"""The events of EPCIS 2.0, typed; what others add under a prefix of their own rides along.

Notes
-----
Source: GS1 EPCIS 2.0.0, section 7.4; CBV 2.0.0.
"""

from __future__ import annotations

from typing import Any, Final, Literal, Self

from pydantic import Field, model_validator

from gateway.connectors.epcis.part import (
    Action,
    CertificationInfo,
    Closed,
    EpcList,
    Moment,
    Number,
    Offset,
    Open,
    Unit,
    require,
)
from gateway.connectors.epcis.sensor import SensorElement
from gateway.connectors.epcis.vocabulary import (
    BizStep,
    Disposition,
    EndType,
    ErrorReason,
    TransactionType,
    Uri,
    is_uri,
)


class QuantityElement(Closed):
    """How much of a class of goods; without a unit, how many."""

    epc_class: Uri
    quantity: Number | None = None
    uom: Unit | None = None


class BizTransaction(Closed):
    """A document of trade that the event belongs to."""

    type: TransactionType | None = None
    biz_transaction: Uri


class Source(Closed):
    """Where goods come from, or whose they were."""

    type: EndType
    source: Uri


class Destination(Closed):
    """Where goods go, or whose they become."""

    type: EndType
    destination: Uri


class Place(Open):
    """A read point or a business location."""

    id: Uri


class PersistentDisposition(Closed):
    """States that begin or end with the event."""

    set: list[Disposition] | None = Field(default=None, min_length=1)
    unset: list[Disposition] | None = Field(default=None, min_length=1)


class ErrorDeclaration(Open):
    """Says that an earlier event is wrong."""

    declaration_time: Moment
    reason: ErrorReason | None = None
    corrective_event_ids: list[Uri] | None = None


class Event(Open):
    """What every event says."""

    context: Any = None
    type: str
    event_id: Uri | None = None
    event_time: Moment
    event_time_zone_offset: Offset
    record_time: Moment | None = None
    certification_info: CertificationInfo | None = None
    error_declaration: ErrorDeclaration | None = None
    biz_step: BizStep | None = None
    disposition: Disposition | None = None
    read_point: Place | None = None
    biz_location: Place | None = None
    biz_transaction_list: list[BizTransaction] | None = None
    source_list: list[Source] | None = None
    destination_list: list[Destination] | None = None
    sensor_element_list: list[SensorElement] | None = None


class ObjectEvent(Event):
    """Something happened to goods."""

    type: Literal["ObjectEvent"]
    action: Action
    epc_list: EpcList | None = None
    quantity_list: list[QuantityElement] | None = None
    persistent_disposition: PersistentDisposition | None = None
    ilmd: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _names_objects(self) -> Self:
        is_sensed = bool(self.sensor_element_list) and self.read_point is not None
        has_objects = self.epc_list is not None or bool(self.quantity_list)
        require(has_objects or is_sensed, "must name goods in epcList or quantityList")
        require(self.ilmd is None or self.action == "ADD", "must have ilmd only with action ADD")
        _require_prefixes(self.ilmd)
        return self


class AggregationEvent(Event):
    """Goods were put into, or taken out of, a logistic unit."""

    type: Literal["AggregationEvent"]
    action: Action
    parent_id: Uri | None = Field(default=None, alias="parentID")
    child_epcs: list[Uri] | None = None
    child_quantity_list: list[QuantityElement] | None = None

    @model_validator(mode="after")
    def _names_objects(self) -> Self:
        has_objects = bool(self.child_epcs or self.child_quantity_list)
        sentence = "must name goods in childEPCs or childQuantityList"
        require(has_objects or self.action == "DELETE", sentence)
        require(self.parent_id is not None or self.action == "OBSERVE", "must have a parentID")
        return self


class AssociationEvent(AggregationEvent):
    """Something was fixed to an asset, or taken off."""

    type: Literal["AssociationEvent"]  # type: ignore[assignment]
    parent_id: Uri = Field(alias="parentID")


class TransactionEvent(Event):
    """Goods were bound to, or released from, a document of trade."""

    type: Literal["TransactionEvent"]
    action: Action
    biz_transaction_list: list[BizTransaction] = Field(min_length=1)
    parent_id: Uri | None = Field(default=None, alias="parentID")
    epc_list: EpcList | None = None
    quantity_list: list[QuantityElement] | None = None

    @model_validator(mode="after")
    def _names_objects(self) -> Self:
        has_objects = self.epc_list is not None or bool(self.quantity_list)
        sentence = "must name goods in epcList or quantityList"
        require(has_objects or self.action == "DELETE", sentence)
        return self


class TransformationEvent(Event):
    """Goods became other goods."""

    type: Literal["TransformationEvent"]
    input_epc_list: EpcList | None = None
    input_quantity_list: list[QuantityElement] | None = None
    output_epc_list: EpcList | None = None
    output_quantity_list: list[QuantityElement] | None = None
    transformation_id: Uri | None = None
    persistent_disposition: PersistentDisposition | None = None
    ilmd: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _names_objects(self) -> Self:
        goes_in = bool(self.input_epc_list or self.input_quantity_list)
        comes_out = bool(self.output_epc_list or self.output_quantity_list)
        is_part = self.transformation_id is not None and (goes_in or comes_out)
        sentence = "must name what goes in and what comes out, or one of them and transformationID"
        require((goes_in and comes_out) or is_part, sentence)
        _require_prefixes(self.ilmd)
        return self


def _require_prefixes(ilmd: dict[str, Any] | None) -> None:
    for name in ilmd or ():
        require(is_uri(name), f"must have no member {name!r} without a prefix in ilmd")


EPCIS_EVENTS: Final[dict[str, type[Event]]] = {
    model.__name__: model
    for model in (
        ObjectEvent,
        AggregationEvent,
        AssociationEvent,
        TransactionEvent,
        TransformationEvent,
    )
}
"""Every type of event by its name."""
