"""Agreements in terms of the ledger."""

from __future__ import annotations

from typing import Any, Final

from sqlmodel import Session

from gateway.agreements.schemas import (
    AgreementSummary,
    AgreementView,
    ProposalBody,
    SeatView,
    StepBody,
)
from gateway.answer import Page
from gateway.checks.seat import require_seated
from gateway.deps import Gateway
from gateway.documents.fit import require_fit
from gateway.errors import ActionUnknown, Finding, RequestInvalid
from gateway.naming import hexadecimal, row_spelled
from gateway.organisations.service import name_of
from gateway.page import decode_cursor, encode_cursor
from ledger import lifecycle
from ledger.acceptance import Accepted, Within
from ledger.document import parse_document
from ledger.document.part import Document
from ledger.errors import AgreementTermsDiffer, AgreementUnknown
from ledger.identifier import agreement_id, parse_agreement
from ledger.lifecycle import Row
from ledger.model import Agreement
from ledger.queries import AgreementView as LedgerAgreement

STEPS: Final = frozenset(row.action for row in lifecycle.rows("agreement")) - {"propose"}


def list_agreements(
    gateway: Gateway, organisation: int, cursor: str | None, limit: int
) -> Page[AgreementSummary]:
    """List the agreements in which an organisation has a seat."""
    after = decode_cursor(cursor, 1)
    found = gateway.queries.agreements(organisation, after[0] if after else None, limit)
    items = [AgreementSummary(**_summary(gateway, view)) for view in found]
    last = encode_cursor((found[-1].row.number,)) if len(found) == limit else None
    return Page(items=items, next=last)


def read_agreement(gateway: Gateway, organisation: int, id: str) -> AgreementView:
    """Read an agreement with its terms.

    Raises
    ------
    AgreementUnknown
        If there is none, or the organisation has no seat in it.
    """
    view = require_agreement(gateway, organisation, parse_agreement(id))
    row = view.row
    on_table = _terms(gateway, organisation, row.proposed_terms)
    in_force = _terms(gateway, organisation, row.terms)
    is_new = view.state == "Proposed"
    return AgreementView(
        **_summary(gateway, view),
        terms=on_table if is_new else in_force,
        terms_commitment=hexadecimal(row.proposed_terms if is_new else row.terms),
        proposed_terms=on_table,
        proposed_terms_commitment=hexadecimal(row.proposed_terms),
    )


def require_agreement(gateway: Gateway, organisation: int, number: int) -> LedgerAgreement:
    """Find an agreement in which an organisation has a seat.

    Raises
    ------
    AgreementUnknown
        If there is none; one among others looks the same.
    """
    found = gateway.queries.agreement(organisation, number)
    if found is None:
        raise AgreementUnknown(number)
    return found


async def propose(
    gateway: Gateway, organisation: int, body: ProposalBody, within: Within
) -> Accepted:
    """Hand in a proposal."""
    terms = _parsed("propose", body.terms)
    assert terms is not None, "a proposal has terms"
    content, seats = terms, body.seats.in_order()

    def seated(session: Session, accepted: list[Accepted]) -> None:
        # What the ledger has to say of the seats comes first.
        require_seated(content, seats)
        within(session, accepted)

    return await gateway.ledger.desk.propose(
        organisation,
        seats=seats,
        notice_days=body.notice_days,
        terms=terms,
        within=seated,
    )


async def step(
    gateway: Gateway, organisation: int, id: str, action: str, body: StepBody, within: Within
) -> Accepted:
    """Hand in a step in an agreement's life."""
    row = row_spelled("agreement", action)
    if row.action not in STEPS:
        raise ActionUnknown(action)
    found = require_agreement(gateway, organisation, parse_agreement(id)).row
    is_amending = row.action == "amend"
    if body.terms is not None and not is_amending:
        finding = Finding("/terms", "must be absent: only `amend` brings new terms")
        raise RequestInvalid("The step brings terms that it cannot bring.", (finding,))
    terms = _parsed(row.action, body.terms) if is_amending else None
    on_table = hexadecimal(found.proposed_terms)
    if row.action == "sign" and body.commitment not in (None, on_table):
        signed = bytes.fromhex(body.commitment[2:])
        raise AgreementTermsDiffer(found.number, found.proposed_terms or bytes(32), signed)
    # Who proposed has not necessarily asked its own gateway.
    named = terms if row.action == "amend" else _on_table(gateway, organisation, row, found)
    if named is not None:
        require_seated(named, found.seats)
    return await gateway.ledger.desk.step(
        organisation, found.number, row.action, terms=terms, within=within
    )


def _parsed(action: str, terms: dict[str, Any] | None) -> Document | None:
    document = None if terms is None else parse_document(terms)
    require_fit("agreement", action, document)
    return document


def _on_table(
    gateway: Gateway, organisation: int, row: Row, agreement: Agreement
) -> Document | None:
    """Read the terms that are about to be signed; none when it is not about signing."""
    if row.action != "sign":
        return None
    signed = _terms(gateway, organisation, agreement.proposed_terms)
    return None if signed is None else parse_document(signed)


def _terms(gateway: Gateway, organisation: int, commitment: bytes | None) -> dict[str, Any] | None:
    if commitment is None or not any(commitment):
        return None
    found = gateway.queries.document(organisation, commitment)
    return found.body if found else None


def _summary(gateway: Gateway, view: LedgerAgreement) -> dict[str, Any]:
    row = view.row
    seats = {
        seat: SeatView(
            organisation=holder,
            name=name_of(gateway, holder),
            has_signed=not row.unsigned >> index & 1,
        )
        for index, (seat, holder) in enumerate(zip(lifecycle.SEATS, row.seats, strict=True))
        if holder
    }
    return {
        "id": agreement_id(row.number),
        "state": view.state,
        "seats": seats,
        "own_seats": [seat for seat in lifecycle.SEATS if seat in view.own_seats],
        "allowed_actions": view.allowed_actions,
        "notice_days": row.notice_days,
        "ends_at": row.ends_at or None,
        "changed_at": row.changed_at,
    }
