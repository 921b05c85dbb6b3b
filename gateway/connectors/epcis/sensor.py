"""What sensors report in events."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from gateway.connectors.epcis.part import Moment, Number, Open, require
from gateway.connectors.epcis.vocabulary import Uri


class SensorMetadata(Open):
    """When and by which device was measured."""

    time: Moment | None = None
    start_time: Moment | None = None
    end_time: Moment | None = None
    device_id: Uri | None = None
    device_metadata: Uri | None = None
    raw_data: Uri | None = None
    data_processing_method: Uri | None = None
    biz_rules: Uri | None = None


class SensorReport(SensorMetadata):
    """One thing that was measured, or an exception of the sensor."""

    start_time: None = None
    end_time: None = None
    type: str | None = None
    exception: str | None = None
    microorganism: Uri | None = None
    chemical_substance: Uri | None = None
    coordinate_reference_system: Uri | None = None
    component: str | None = None
    value: Number | None = None
    min_value: Number | None = None
    max_value: Number | None = None
    mean_value: Number | None = None
    s_dev: Number | None = None
    perc_rank: Number | None = None
    perc_value: Number | None = None
    string_value: str | None = None
    boolean_value: bool | None = None
    hex_binary_value: Annotated[str, StringConstraints(pattern=r"^[A-Fa-f0-9]+$")] | None = None
    uri_value: Uri | None = None
    uom: str | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        is_said = self.type is not None or self.exception is not None
        require(is_said, "must have a type of measurement, or an exception")
        return self


class SensorElement(Open):
    """What sensors reported."""

    sensor_metadata: SensorMetadata | None = None
    sensor_report: list[SensorReport] = Field(min_length=1)
