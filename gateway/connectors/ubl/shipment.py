"""Mapping tables of what travels: UBL's Shipment and its handling units.

A handling unit whose number is a serial shipping container code (SSCC) has that code.
"""

from __future__ import annotations

import re
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from gateway.connectors.ubl.extra import Extras
from gateway.connectors.ubl.mapping import (
    Branch,
    Content,
    Leaf,
    code,
    identifier,
    quantity,
    text,
)
from gateway.connectors.ubl.part import DELIVERY
from gateway.connectors.ubl.scalar import COUNT, INDICATOR
from ledger.document.delivery import Sscc

_is_serial = re.compile(r"[0-9]{18}").fullmatch
_SSCC: Final = TypeAdapter(Sscc)


def _finish_unit(unit: dict[str, Any], _extras: Extras, _path: str) -> None:
    if not _is_serial(unit["id"]):
        return
    try:
        unit["sscc"] = _SSCC.validate_python(unit["id"])
    except ValidationError:
        return


_HANDLING_UNIT: Final = Content(
    "TransportHandlingUnit",
    {
        "ID": identifier("id"),
        "TransportHandlingUnitTypeCode": code("packaging_type_code"),
        "HazardousRiskIndicator": Leaf("hazardous_risk_indicator", INDICATOR),
        "TotalPackageQuantity": Leaf("quantity", COUNT),
        "ShippingMarks": text("shipping_marks", may_repeat=True),
    },
    needed=("id",),
    finish=_finish_unit,
    derived={"sscc": "id"},
)

_MEANS: Final = Content(
    "TransportMeans",
    {
        "RoadTransport": Branch(
            None, Content("RoadTransport", {"LicensePlateID": identifier("vehicle_id")})
        ),
    },
)

SHIPMENT: Final = Content(
    "Shipment",
    {
        "ID": identifier("id"),
        "Information": text("information", is_many=True),
        "GrossWeightMeasure": quantity("gross_weight_measure"),
        "GrossVolumeMeasure": quantity("gross_volume_measure"),
        "TotalTransportHandlingUnitQuantity": Leaf("total_transport_handling_unit_quantity", COUNT),
        "Consignment": Branch(
            None, Content("Consignment", {"ID": identifier("consignment_id")}), may_repeat=True
        ),
        "ShipmentStage": Branch(
            None,
            Content(
                "ShipmentStage",
                {
                    "TransportModeCode": code("transport_mode_code"),
                    "TransportMeans": Branch(None, _MEANS),
                },
            ),
            may_repeat=True,
        ),
        "Delivery": Branch("delivery", DELIVERY),
        "TransportHandlingUnit": Branch("package", _HANDLING_UNIT, is_many=True),
    },
)
