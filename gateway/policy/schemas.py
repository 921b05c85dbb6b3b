"""What callers are shown of documents with findings, and how a person decides."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from gateway.answer import View
from gateway.body import Body
from gateway.orders.schemas import FindingView

Status = Literal["noted", "held", "disputing", "accepted", "disputed"]

_Words = r"^[^\x00]*\S[^\x00]*$"


class DecisionBody(Body):
    """A person's decision about a document."""

    by: Annotated[str, StringConstraints(max_length=200, pattern=_Words)] = Field(
        description="Who decides."
    )
    reason: Annotated[str, StringConstraints(max_length=3_000, pattern=_Words)] = Field(
        description="Why."
    )


class DecisionView(View):
    """What was decided, by whom and why."""

    decision: Literal["accept", "dispute"]
    by: str | None = Field(description="Absent where the gateway decided by itself.")
    reason: str | None
    intent: str | None = Field(description="The wish that disputes.")
    time: int = Field(description="Unix seconds.")


class ContradictionView(View):
    """A document of another that contradicts what was agreed."""

    id: str
    status: Status = Field(
        description="`noted` as the agreement accepts it, `held` for a person, `disputing` by the "
        "gateway as soon as the lifecycle allows it, or what was decided."
    )
    organisation: int = Field(description="Who recorded the document.")
    agreement: str
    order: str
    delivery: str | None
    commitment: str | None
    document_type: str | None
    findings: list[FindingView]
    decision: DecisionView | None
