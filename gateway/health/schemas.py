"""What callers are told of a gateway's health."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from gateway.answer import View


class HealthView(View):
    """The process lives."""

    status: Literal["alive"] = "alive"


class CheckView(View):
    """One thing that the gateway needs."""

    is_ready: bool
    detail: str


class ReadinessView(View):
    """Whether the gateway can do its work, and what is missing where not."""

    status: Literal["ready", "not ready"]
    missing: list[str] = Field(description="Names of the checks that fail.")
    checks: dict[str, CheckView] = Field(description="chain, database, vault, lag, workers.")
    organisations: list[int] = Field(description="Organisations hosted here.")
