"""How and until when an invoice is to be paid, in and out.

Source: UN/EDIFACT PAT, PAI and FII; UNCL 4461 (means of payment), 4451 (free text about payment).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from gateway.connectors.edi.edifact import moment, note, party
from gateway.connectors.edi.edifact.part import held
from gateway.connectors.edi.loop import Group
from gateway.connectors.edi.reading import Reading, Writing
from gateway.connectors.edi.segment import Segment
from ledger.document.payment import FinancialAccount, PaymentMeans

TEXT: Final = "PMT"
"""Free text about payment."""

_TERMS: Final = "1"
_DUE: Final = "13"
_PAYEE: Final = ("BF", "RB", "PE")
"""Whose account it is: the beneficiary's, his bank, the payee's; the first is written."""


def due(reading: Reading) -> str | None:
    """Read the day it is to be paid."""
    days = (pat.first("DTM", _DUE) for pat in reading.tree.groups("PAT"))
    return next((moment.date(reading, dtm) for dtm in days if dtm is not None), None)


def means(reading: Reading) -> list[dict[str, Any]]:
    """Read each way to pay; an account that stands with the seller is that of the first."""
    parents = [reading.tree, *reading.tree.groups("PAT")]
    named = [(pai, parent) for parent in parents for pai in parent.all("PAI") if pai.part(1, 3)]
    seller = party.find(reading, "PE", "SU", "SE")
    found = []
    for place, (pai, parent) in enumerate(named):
        own = [parent] if parent is not reading.tree else []
        holders = [*own, *([seller] if seller is not None and not place else [])]
        fields = {
            "payment_means_code": reading.token(pai, 1, 3),
            "payee_financial_account": _account(reading, holders),
        }
        found.append(held(fields))
    return [each for each in found if "payment_means_code" in each]


def _account(reading: Reading, holders: Sequence[Group]) -> dict[str, Any] | None:
    for fii in (each for holder in holders for each in holder.all("FII")):
        number = reading.identifier(fii, 2, 1)
        if fii[1] in _PAYEE and number:
            return held(
                {
                    "id": {"id": number},
                    "name": reading.text(fii, 2, 2),
                    "financial_institution_branch": _branch(reading, fii),
                }
            )
    return None


def _branch(reading: Reading, fii: Segment) -> dict[str, Any] | None:
    number = reading.identifier(fii, 3, 1)
    return {"id": number} if number else None


def write(writing: Writing, means: Sequence[PaymentMeans], due: str | None) -> None:
    """Write when and how to pay, each way with its account."""
    for place, each in enumerate(means or (None,) * bool(due)):
        writing.add("PAT", _TERMS)
        if not place:
            moment.write_date(writing, _DUE, due)
        if each is not None:
            writing.add("PAI", (None, None, each.payment_means_code))
            _write_account(writing, each.payee_financial_account)


def _write_account(writing: Writing, account: FinancialAccount | None) -> None:
    if account is not None:
        branch = account.financial_institution_branch
        holder = (account.id.id, account.name)
        writing.add("FII", _PAYEE[0], holder, (branch.id,) if branch is not None else None)


def terms(reading: Reading) -> list[dict[str, Any]]:
    """Read what is said in words about payment."""
    texts = note.notes(reading, reading.tree, TEXT)
    return [{"note": texts}] if texts else []
