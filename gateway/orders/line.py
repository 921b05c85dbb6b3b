"""One line of an order and what became of it, in exact numbers."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any, Final

ZERO: Final = Decimal(0)


@dataclass(slots=True)
class Handled:
    """What deliveries did with one line, in the unit of the line.

    Parameters
    ----------
    rejected : Decimal
        Part of `received` that was not taken over on receipt.
    short : Decimal
        Despatched but not arrived; not part of `received`.
    forgone : Decimal
        Part of `returned` that is not to be shipped again.
    """

    announced: Decimal = ZERO
    despatched: Decimal = ZERO
    received: Decimal = ZERO
    short: Decimal = ZERO
    rejected: Decimal = ZERO
    refused: Decimal = ZERO
    passed: Decimal = ZERO
    conditional: Decimal = ZERO
    failed: Decimal = ZERO
    returned: Decimal = ZERO
    forgone: Decimal = ZERO
    invoiced: Decimal = ZERO
    credited: Decimal = ZERO

    @property
    def shipped(self) -> Decimal:
        """What counts towards what is confirmed: what was not taken over may be shipped again."""
        lost = self.short + self.rejected + self.refused + self.failed
        return self.despatched - lost + self.forgone

    @property
    def accepted(self) -> Decimal:
        """What is to be paid: what passed, less what of it went back all the same."""
        unaccepted = self.refused + self.rejected + self.failed
        return self.passed + self.conditional - max(self.returned - unaccepted, ZERO)

    def as_json(self, unit_code: str) -> dict[str, Any]:
        """Spell every quantity with its unit."""
        return {
            each.name: quantity(getattr(self, each.name), unit_code) for each in fields(Handled)
        }


@dataclass(slots=True)
class Line:
    """A line as both sides agree on it now.

    Parameters
    ----------
    ordered : Decimal
        What the buyer asked for last.
    confirmed : Decimal, optional
        What the seller is bound to; absent before confirmation.
    terms : dict
        Item, price and periods, as documents spell them.
    """

    id: str
    unit_code: str
    ordered: Decimal
    confirmed: Decimal | None = None
    terms: dict[str, Any] = field(default_factory=dict)
    handled: Handled = field(default_factory=Handled)

    def as_json(self) -> dict[str, Any]:
        """Spell the line for callers."""
        confirmed = None if self.confirmed is None else quantity(self.confirmed, self.unit_code)
        return {
            "id": self.id,
            **self.terms,
            "ordered": quantity(self.ordered, self.unit_code),
            "confirmed": confirmed,
            **self.handled.as_json(self.unit_code),
        }


def quantity(number: Decimal, unit_code: str) -> dict[str, str]:
    """Spell a quantity as documents do."""
    return {"value": plain(number), "unit_code": unit_code}


def plain(number: Decimal) -> str:
    """Spell a number as documents do, but with as many digits as sums and shares of theirs need."""
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text
