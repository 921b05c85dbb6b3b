"""What orders of all shops have in common: typed parts, addresses, and how they come back."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Final, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, PlainValidator, ValidationError

from gateway.connectors.json.absence import without_absent
from gateway.connectors.json.report import Source, findings_of
from gateway.connectors.message import ConnectorRefused, Finding, Location, UnsupportedDocument
from ledger.document.errors import Problem
from ledger.document.order import Order
from ledger.document.scalar import exact
from ledger.document.schema import problems_of

ADVICE: Final = "Correct the order in the shop, and have it sent again."
ONE: Final = "C62"

MONEY_CHARS_MAX: Final = 24
UNITS_MAX: Final = 10**9
"""With these, no product and no sum has more digits than a decimal of a document may have."""

M = TypeVar("M", bound=BaseModel)


class InvalidShopOrder(ConnectorRefused):
    """The order breaks the shop's own format, or cannot be held by the model of the network."""


class ShopPart(BaseModel):
    """A part of a shop's order: what is mapped is typed, the rest rides along."""

    model_config = ConfigDict(frozen=True, extra="allow", strict=True, hide_input_in_errors=True)


def _money(value: object) -> Decimal:
    if isinstance(value, Decimal | int | str) and not isinstance(value, bool):
        text = exact(value)
        if len(text) <= MONEY_CHARS_MAX:
            return Decimal(text)
    raise ValueError("must be an exact amount, such as 12.50")


def _number(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str) and value:
        return value
    raise ValueError("must be a number")


def _moment(text: str) -> str:
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("must be a moment, such as 2026-03-01T12:30:00+01:00") from None
    if parsed.tzinfo is None or len(text) < len("2026-03-01T12:30:00Z"):
        raise ValueError("must be a moment with its zone")
    return text


Money = Annotated[Decimal, PlainValidator(_money)]
Number = Annotated[str, PlainValidator(_number)]
Zoned = Annotated[str, AfterValidator(_moment)]
Words = str | None
"""A text; shops send both null and the empty text for none."""


def typed(model: type[M], source: Source, inside: tuple[str | int, ...]) -> M:
    """Type a part of a message.

    Raises
    ------
    InvalidShopOrder
        With everything that breaks the shop's format.
    """
    value = source.value
    for step in inside:
        value = value[step]
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise InvalidShopOrder(findings_of(error, source, ADVICE, (), inside)) from None


def order_of(fields: dict[str, Any], source: Source, inside: tuple[str | int, ...]) -> Order:
    """Make the order.

    Raises
    ------
    InvalidShopOrder
        With everything that the model of the network refuses.
    """
    try:
        return Order.model_validate(without_absent(fields))
    except ValidationError as error:
        at = source.locate(inside)
        raise InvalidShopOrder(_refused(each, at) for each in problems_of(error)) from None


def _refused(problem: Problem, at: Location) -> Finding:
    return Finding(f"The order's {problem.path} {problem.message}.", at, "", ADVICE)


def unsupported(source: Source, rule: str, found: str) -> UnsupportedDocument:
    """Refuse a message that is none of a shop's orders."""
    advice = "Subscribe this address to webhooks of orders only."
    return UnsupportedDocument([Finding(rule, source.locate(()), found, advice)])


def day_and_clock(moment: str) -> tuple[str, str]:
    """Part a moment with its zone into day and time."""
    return moment[:10], moment[11:]


def amount(value: Decimal, currency: str) -> dict[str, Any]:
    """Give the fields of an amount."""
    return {"value": exact(value), "currency_id": currency}


def charge(value: Decimal, currency: str, reason: str) -> dict[str, Any] | None:
    """Give a charge, or for a negative amount an allowance; nothing for zero."""
    if not value:
        return None
    is_charge = value > 0
    return {
        "charge_indicator": is_charge,
        "amount": amount(abs(value), currency),
        "allowance_charge_reason": reason,
    }


def full_name(first: Words, last: Words, company: Words) -> str:
    """Name whoever orders: the company, else the person."""
    return company or " ".join(part for part in (first, last) if part)
