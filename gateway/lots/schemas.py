"""What callers are shown of lots."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from gateway.answer import View


class LotView(View):
    """A lot as it stands."""

    model_config = ConfigDict(
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "id": "L8-1-0",
                    "auction": "L8-1",
                    "state": "InTransit",
                    "ledger_state": "InTransit",
                    "reserve_minor": 331_000,
                    "bid": "L8-1-B1",
                    "carrier": 9,
                    "carrier_name": "Rhône Transport",
                    "allowed_actions": ["deliver", "fail"],
                    "changed_at": 1772326800,
                    "demands": ["A5-1-O1", "A6-1-O1"],
                }
            ]
        },
    )

    id: str
    auction: str
    state: str = Field(description="As people see it, derived states included.")
    ledger_state: str = Field(description="As the chain stores it.")
    reserve_minor: int = Field(description="Highest price; what leaving it uncovered counts.")
    bid: str | None = Field(description="The winning one.")
    carrier: int | None
    carrier_name: str | None
    allowed_actions: list[str] = Field(description="What the caller may do now.")
    changed_at: int = Field(description="Unix seconds of chain time.")
    demands: list[str] | None = Field(
        default=None, description="What it carries; for the pool operator's eyes."
    )
