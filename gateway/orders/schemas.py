"""What callers are shown of orders."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, ValidationError

from gateway.answer import View
from gateway.body import Body, DocumentJson, described_as
from gateway.errors import Finding, RequestInvalid
from ledger.document.schema import problems_of

OrderJson = Annotated[dict[str, Any], described_as("Order")]

QuantityJson = Annotated[dict[str, Any], described_as("Quantity")]
ItemJson = Annotated[dict[str, Any], described_as("Item")]
PriceJson = Annotated[dict[str, Any], described_as("Price")]
PeriodJson = Annotated[dict[str, Any], described_as("Period")]


class OrderBody(Body):
    """An order to be issued under an agreement."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "agreement": "A1-7",
                    "document": {
                        "document_type": "Order",
                        "schema_version": 2,
                        "id": "PO-4711",
                        "issue_date": "2026-03-01",
                        "document_currency_code": "EUR",
                        "buyer_customer_party": {"name": "Aurora Outdoor"},
                        "seller_supplier_party": {"name": "Tallinn Seamworks"},
                        "order_line": [
                            {
                                "id": "1",
                                "item": {"name": "Zip 60 cm"},
                                "quantity": {"value": "1200", "unit_code": "C62"},
                            }
                        ],
                    },
                }
            ]
        },
    )

    agreement: str
    document: OrderJson

    @classmethod
    def read(cls, body: bytes, agreement: str | None) -> Self:
        """Read a JSON body; the query may name the agreement instead.

        Raises
        ------
        RequestInvalid
            With everything that is wrong.
        """
        try:
            sent = json.loads(body)
            named = {"agreement": agreement} if agreement is not None else {}
            return cls.model_validate(named | sent if isinstance(sent, dict) else sent)
        except ValidationError as error:
            found = tuple(Finding(p.path, p.message) for p in problems_of(error))
            raise RequestInvalid("The body is not an order to be issued.", found) from None
        except ValueError as error:
            finding = Finding("", f"must be JSON: {error}")
            raise RequestInvalid("The body is not JSON.", (finding,)) from None

    @staticmethod
    def named(agreement: str | None) -> str:
        """Take the agreement from the query, where the body cannot name it.

        Raises
        ------
        RequestInvalid
            If the query names none.
        """
        if agreement is None:
            finding = Finding("/query/agreement", "must name the agreement of the order")
            raise RequestInvalid("The order names no agreement.", (finding,))
        return agreement


class HandledView(View):
    """What deliveries did with one line, in the unit of the line."""

    announced: QuantityJson
    despatched: QuantityJson
    received: QuantityJson
    short: QuantityJson = Field(description="Despatched but not arrived.")
    rejected: QuantityJson = Field(description="Part of `received` that was not taken over.")
    refused: QuantityJson
    passed: QuantityJson
    conditional: QuantityJson
    failed: QuantityJson
    returned: QuantityJson
    forgone: QuantityJson = Field(description="Part of `returned` that is not shipped again.")
    invoiced: QuantityJson
    credited: QuantityJson


class LineView(HandledView):
    """A line as both sides agree on it now."""

    id: str
    item: ItemJson | None = None
    price: PriceJson | None = None
    line_extension_amount: dict[str, Any] | None = None
    requested_delivery_period: PeriodJson | None = None
    promised_delivery_period: PeriodJson | None = None
    delivery: list[dict[str, Any]] | None = None
    ordered: QuantityJson = Field(description="What the buyer asked for last.")
    confirmed: QuantityJson | None = Field(description="What the seller is bound to.")


class FindingView(View):
    """Where a recorded document contradicts the order, or the agreement."""

    path: str
    message: str
    name: str | None = Field(default=None, description="The rule, as docs/checks.md lists it.")
    line: str | None = Field(default=None, description="Number of the order line.")
    expected: str | None = None
    found: str | None = None
    policy: Literal["accept", "hold", "dispute"] | None = Field(
        default=None, description="What the agreement says is to become of it."
    )


class UnopenedView(View):
    """A document that is recorded but was not read here yet."""

    action: str
    commitment: str | None
    status: str
    reason: str | None


class OrderSummary(View):
    """An order in a list."""

    model_config = ConfigDict(
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "id": "A1-7-O12",
                    "agreement": "A1-7",
                    "number": 12,
                    "state": "PartiallyFulfilled",
                    "ledger_state": "Confirmed",
                    "buyer": 1,
                    "seller": 2,
                    "allowed_actions": ["request_change", "request_cancel", "fulfil", "dispute"],
                    "issued_at": 1772323200,
                    "changed_at": 1772326800,
                    "etag": '"812-Confirmed"',
                }
            ]
        },
    )

    id: str
    agreement: str
    number: int
    state: str = Field(description="As people see it, derived states included.")
    ledger_state: str = Field(description="As the chain stores it.")
    buyer: int
    seller: int
    allowed_actions: list[str] = Field(description="What the caller may do now.")
    issued_at: int = Field(description="Unix seconds of chain time.")
    changed_at: int = Field(description="Unix seconds of chain time.")
    etag: str = Field(description="Send it as `If-Match` to act on this version only.")


class OrderView(OrderSummary):
    """An order with what both sides agree on now, as far as its documents are opened here."""

    document: DocumentJson | None = Field(description="The last content issued.")
    response: DocumentJson | None = Field(description="The seller's answer that is in force.")
    change: DocumentJson | None = Field(description="The buyer's last change that is in force.")
    proposal: DocumentJson | None = Field(description="What is on the table.")
    lines: list[LineView]
    deliveries: list[str]
    findings: list[FindingView]
    unopened: list[UnopenedView] = Field(description="Documents that were not read here yet.")


class TimelineEntry(View):
    """One fact of an order's life."""

    event: str
    action: str
    machine: str
    order: str
    delivery: str | None
    organisation: int
    organisation_name: str | None
    state: str = Field(description="State that the fact led to.")
    transaction: str | None
    gas_used: int | None = Field(description="This fact's share of the transaction's gas.")
    block: int
    time: int = Field(description="Unix seconds of chain time.")
    commitment: str | None
    document_type: str | None
    document_status: str | None
