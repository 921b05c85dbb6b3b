"""Periods of time, closed on both sides, as documents name them."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from pydantic import model_validator

from ledger.document.part import Part
from ledger.document.scalar import Date, Text, Time, Timestamp


class Period(Part):
    """From a day to a day, both included; either end may be open."""

    start_date: Date | None = None
    start_time: Time | None = None
    end_date: Date | None = None
    end_time: Time | None = None
    description: Text | None = None

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.start_date and self.end_date and self.end_date < self.start_date:
            raise ValueError("the period ends before it starts")
        return self


class Window(Part):
    """From a moment to a moment, for example when a ramp is open."""

    start: Timestamp
    end: Timestamp

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if datetime.fromisoformat(self.end) <= datetime.fromisoformat(self.start):
            raise ValueError("the window ends before it starts")
        return self
