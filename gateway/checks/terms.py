"""What an agreement says of tolerances and policies, as the checks ask for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from gateway.checks.rule import Area, area_of
from gateway.errors import Finding
from gateway.orders.line import ZERO, Line
from ledger.document.agreement_terms import AcceptancePolicy, AgreementTerms, ItemTerms
from ledger.document.part import Document
from ledger.document.party import Party

HOLD: Final[AcceptancePolicy] = "hold"
"""Where an agreement says nothing."""

_ITEM_NUMBERS: Final = (
    "standard_item_identification",
    "buyers_item_identification",
    "sellers_item_identification",
    "manufacturers_item_identification",
)


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms in force when a document was recorded.

    Parameters
    ----------
    content : AgreementTerms, optional
        None where nothing but their commitment is known: then nothing is tolerated, and held.
    """

    content: AgreementTerms | None = None

    @classmethod
    def of(cls, document: Document | None) -> Terms:
        """Read terms; any other document has none."""
        return cls(document if isinstance(document, AgreementTerms) else None)

    @property
    def currency(self) -> str | None:
        """The currency that both trade in."""
        return None if self.content is None else self.content.document_currency_code

    def party(self, role: str) -> Party | None:
        """Give the party that has signed in a role."""
        parties = () if self.content is None else self.content.agreement_party
        return next((each.party for each in parties if each.role == role), None)

    def policy(self, area: Area) -> AcceptancePolicy:
        """Say what is to become of findings of an area."""
        policy: AcceptancePolicy | None = getattr(self.content, f"{area}_policy", None)
        return policy or HOLD

    def judged(self, finding: Finding) -> Finding:
        """Add to a finding what is to become of it."""
        return replace(finding, policy=self.policy(area_of(finding.name)))

    def over(self, line: Line) -> Decimal:
        """How much more of a line than confirmed is tolerated, in its unit."""
        return self._tolerance("tolerance_over_percent", line)

    def under(self, line: Line) -> Decimal:
        """How much less of a line is tolerated, in its unit."""
        return self._tolerance("tolerance_under_percent", line)

    @property
    def price_tolerance(self) -> Decimal:
        """The part of a price by which another may differ: 0.05 for five percent."""
        return _share(getattr(self.content, "tolerance_price_percent", None))

    def days(self, name: str) -> int | None:
        """Give one of the numbers of days that the terms name."""
        days: int | None = getattr(self.content, name, None)
        return days

    def of_item(self, item: Mapping[str, Any] | None) -> ItemTerms | None:
        """Find the terms that one item has of its own."""
        terms = () if self.content is None else self.content.item_terms
        if not terms or not item:
            return None
        numbers = list(_numbers_of(item))
        return next((each for each in terms if _names(each, numbers)), None)

    def _tolerance(self, name: str, line: Line) -> Decimal:
        own = self.of_item(line.terms.get("item"))
        percent = getattr(own, name, None) or getattr(self.content, name, None)
        return (line.confirmed or ZERO) * _share(percent)


def _share(percent: str | None) -> Decimal:
    return Decimal(percent or 0) / 100


def _numbers_of(item: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    for name in _ITEM_NUMBERS:
        number = item.get(name)
        if number:
            yield number["id"], number.get("scheme_id")


def _names(terms: ItemTerms, numbers: list[tuple[str, str | None]]) -> bool:
    named = terms.item_identification
    return any(
        id == named.id and (named.scheme_id is None or scheme in (None, named.scheme_id))
        for id, scheme in numbers
    )
