"""Whether the terms of an agreement name those who sit in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gateway.errors import DocumentUnfit, Finding
from ledger import lifecycle
from ledger.document.agreement_terms import AgreementTerms
from ledger.document.part import Document


def require_seated(terms: Document, seats: Sequence[int]) -> None:
    """Refuse terms that name another organisation in a role than the one that has the seat.

    Parameters
    ----------
    seats : sequence of int
        Organisations in the order of the lifecycle table; zero is empty.

    Raises
    ------
    DocumentUnfit
        With every party that has no such seat.
    """
    found = tuple(_findings(terms, seats)) if isinstance(terms, AgreementTerms) else ()
    if found:
        detail = f"The terms do not fit the seats: {found[0].path} {found[0].message}."
        raise DocumentUnfit(detail, found)


def _findings(terms: AgreementTerms, seats: Sequence[int]) -> Iterator[Finding]:
    holders = dict(zip(lifecycle.SEATS, seats, strict=True))
    for index, each in enumerate(terms.agreement_party):
        holder = holders.get(each.role)
        if holder is not None and holder != each.organisation_id:
            path = f"/terms/agreement_party/{index}/organisation_id"
            message = f"must be the organisation in the {each.role}'s seat"
            expected, found = str(holder), str(each.organisation_id)
            yield Finding(path, message, "SeatOther", None, expected, found)
