"""What callers send and are shown of agreements."""

from __future__ import annotations

from typing import Annotated, Any, Final

from pydantic import ConfigDict, Field

from gateway.answer import View
from gateway.body import Body, DocumentJson, described_as

Terms = Annotated[dict[str, Any], described_as("AgreementTerms")]

_TERMS_EXAMPLE: Final[dict[str, Any]] = {
    "document_type": "AgreementTerms",
    "schema_version": 2,
    "id": "FRAME-2026-7",
    "issue_date": "2026-03-01",
    "document_currency_code": "EUR",
    "agreement_party": [
        {"organisation_id": 1, "role": "buyer", "party": {"name": "Aurora Outdoor"}},
        {"organisation_id": 2, "role": "seller", "party": {"name": "Tallinn Seamworks"}},
    ],
    "tolerance_over_percent": "3",
}


class SeatsBody(Body):
    """Who sits where; buyer and seller are needed."""

    buyer: int = Field(ge=1, lt=2**32)
    seller: int = Field(ge=1, lt=2**32)
    carrier: int = Field(default=0, ge=0, lt=2**32)
    inspector: int = Field(default=0, ge=0, lt=2**32)
    arbiter: int = Field(default=0, ge=0, lt=2**32)

    def in_order(self) -> tuple[int, int, int, int, int]:
        """Give the seats in the order of the lifecycle table."""
        return (self.buyer, self.seller, self.carrier, self.inspector, self.arbiter)


class ProposalBody(Body):
    """A relationship that is proposed to the other seats."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {"seats": {"buyer": 1, "seller": 2}, "notice_days": 30, "terms": _TERMS_EXAMPLE}
            ]
        },
    )

    seats: SeatsBody
    notice_days: int = Field(ge=0, lt=2**16)
    terms: Terms


class StepBody(Body):
    """What goes with a step: new terms when amending, a reason otherwise."""

    terms: Terms | None = Field(default=None, description="The amended terms.")
    document: DocumentJson | None = Field(default=None, description="A notice with the reason.")
    commitment: str | None = Field(
        default=None,
        pattern=r"^0x[0-9a-f]{64}$",
        description="Of the terms that are signed; those on the table when it is absent.",
    )


class SeatView(View):
    """A seat and who holds it."""

    organisation: int
    name: str | None
    has_signed: bool = Field(description="Whether it has signed what is on the table.")


class AgreementSummary(View):
    """An agreement in a list."""

    id: str
    state: str
    seats: dict[str, SeatView]
    own_seats: list[str]
    allowed_actions: list[str]
    notice_days: int
    ends_at: int | None = Field(description="Unix seconds from which no order may be issued.")
    changed_at: int


class AgreementView(AgreementSummary):
    """An agreement with its terms, where they are opened here."""

    terms: dict[str, Any] | None = Field(
        description="Terms in force; while the agreement is proposed, those on the table."
    )
    terms_commitment: str | None
    proposed_terms: dict[str, Any] | None = Field(description="Terms on the table.")
    proposed_terms_commitment: str | None
