"""What callers send and are shown of demands."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Field

from gateway.answer import View
from gateway.body import Body, described_as

DemandJson = Annotated[dict[str, Any], described_as("Demand")]


class DemandBody(Body):
    """A demand under the caller's agreement with a pool operator."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "agreement": "A6-1",
                    "document": {
                        "document_type": "Demand",
                        "schema_version": 2,
                        "id": "TD-1",
                        "issue_date": "2026-03-01",
                        "origin": {
                            "name": "Ghent",
                            "coordinate": {"latitude_deg": "51.0543", "longitude_deg": "3.7174"},
                            "window": [
                                {"start": "2026-03-02T06:00:00Z", "end": "2026-03-02T14:00:00Z"}
                            ],
                        },
                        "destination": {
                            "name": "Lyon",
                            "coordinate": {"latitude_deg": "45.7485", "longitude_deg": "4.8467"},
                        },
                        "load": {"mass_g": 3_600_000, "pallets": 8, "goods_class": ["ambient"]},
                        "alone_price": {"value": "1180", "currency_id": "EUR"},
                    },
                }
            ]
        },
    )

    agreement: str
    document: DemandJson


class DemandView(View):
    """A demand as it stands."""

    id: str = Field(description="Identifier of its order.")
    agreement: str
    organisation: int = Field(description="The firm that asks.")
    pool: int = Field(description="The pool operator that is asked.")
    state: str
    allowed_actions: list[str] = Field(description="What the caller may do; see /v1/orders.")
    issued_at: int = Field(description="Unix seconds of chain time.")
    changed_at: int = Field(description="Unix seconds of chain time.")
    document: DemandJson | None = Field(description="Absent until it is opened here.")


class StatementView(View):
    """What a demand pays of the price of its lot."""

    demand: str
    share_minor: int | None = Field(description="Absent until the statement has arrived.")
    alone_price_minor: int | None = Field(
        default=None,
        description="What the firm would pay alone, or its own highest price where that is lower.",
    )
    saving_minor: int | None = None
    currency: str | None = None
    lot: str | None = None
    lot_price_minor: int | None = Field(default=None, description="What all in the lot pay.")
    rule: str | None = Field(default=None, description="Name of the rule of cost sharing.")
    why: str | None = Field(default=None, description="The reasoning, in minor units.")
    commitment: str | None = Field(default=None, description="What the ledger holds of it.")
