"""Orders in terms of the ledger."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

from sqlmodel import Session

from gateway.answer import Page
from gateway.checks.judgement import agreed_of, judged
from gateway.checks.rule import is_refused
from gateway.deps import Gateway
from gateway.documents.fit import fit_of
from gateway.errors import DocumentUnfit, Finding, OrderUnknown, VersionStale
from gateway.naming import delivery_id, hexadecimal, order_id
from gateway.orders.agreed import Agreed
from gateway.orders.schemas import (
    FindingView,
    LineView,
    OrderSummary,
    OrderView,
    TimelineEntry,
    UnopenedView,
)
from gateway.orders.step import Step, Unopened
from gateway.page import decode_cursor, encode_cursor
from ledger.document import parse_document
from ledger.document.canonical import canonical_form
from ledger.document.part import Document
from ledger.fault import DocumentBroken, DocumentUnread
from ledger.identifier import OrderId, agreement_id, parse_agreement, parse_order
from ledger.model.parcel import BROKEN
from ledger.queries import OrderKey
from ledger.queries import OrderView as LedgerOrder
from ledger.queries import TimelineEntry as LedgerEntry
from ledger.query import trade
from ledger.query.terms import TermsInForce
from ledger.sitting import BLIND

DOCUMENTS_MAX: Final = 100_000
_UNLISTED: Final = "unlisted"
"""Status of a document whose manifest has not been fetched yet."""

_NO_TERMS: Final = {
    "item": None,
    "price": None,
    "requested_delivery_period": None,
    "promised_delivery_period": None,
}


def list_orders(
    gateway: Gateway,
    organisation: int,
    agreement: str | None,
    state: str | None,
    cursor: str | None,
    limit: int,
) -> Page[OrderSummary]:
    """List an organisation's orders, last changed first."""
    number = None if agreement is None else parse_agreement(agreement)
    after = order_key(cursor)
    found: list[LedgerOrder] = []
    while len(found) < limit:
        page = gateway.queries.orders(
            organisation,
            agreement=number,
            after=after,
            limit=limit,
        )
        found += [view for view in page if state in (None, view.state, view.ledger_state)]
        if len(page) < limit:
            break
        after = page[-1].key
    shown = found[:limit]
    last = encode_cursor(shown[-1].key) if len(shown) == limit else None
    return Page(items=[OrderSummary(**_summary(view)) for view in shown], next=last)


def read_order(gateway: Gateway, organisation: int, id: str) -> OrderView:
    """Read an order as both sides agree on it now.

    Raises
    ------
    OrderUnknown
        If there is none that the organisation may see.
    """
    view = require_order(gateway, organisation, parse_order(id))
    agreed = read_agreed(gateway, organisation, view.agreement, view.number)
    deliveries = gateway.queries.deliveries(organisation, view.agreement, view.number)
    return OrderView(
        **_summary(view),
        document=content_of(agreed.order),
        response=content_of(agreed.response),
        change=content_of(agreed.change),
        proposal=content_of(agreed.proposal),
        lines=[LineView(**(_NO_TERMS | line.as_json())) for line in agreed.lines.values()],
        deliveries=[delivery_id(each.agreement, each.number) for each in deliveries],
        findings=finding_views(agreed.findings),
        unopened=unopened_views(agreed.unopened),
    )


def read_timeline(gateway: Gateway, organisation: int, id: str) -> list[TimelineEntry]:
    """Read what happened to an order, fact by fact.

    Raises
    ------
    OrderUnknown
        If there is none that the organisation may see.
    """
    order = parse_order(id)
    require_order(gateway, organisation, order)
    entries = gateway.queries.timeline(organisation, order.agreement, order.number)
    return [_entry(each) for each in entries]


def require_order(gateway: Gateway, organisation: int, order: OrderId) -> LedgerOrder:
    """Find an order of an agreement in which an organisation has a seat.

    Raises
    ------
    OrderUnknown
        If there is none; one among others looks the same.
    """
    found = gateway.queries.order(organisation, order.agreement, order.number)
    if found is None:
        raise OrderUnknown(order)
    return found


def read_agreed(gateway: Gateway, organisation: int, agreement: int, number: int) -> Agreed:
    """Fold an order's facts, with the documents that the organisation may read."""
    entries = gateway.queries.timeline(organisation, agreement, number)
    documents = gateway.queries.documents(
        organisation, agreement=agreement, order=number, limit=DOCUMENTS_MAX
    )
    bodies = {each.commitment: each.body for each in documents}
    steps = [
        ((entry.block_number, entry.log_index, entry.position), _step(entry, bodies))
        for entry in entries
    ]
    steps += [(each.place, _terms(each)) for each in gateway.queries.terms(organisation, agreement)]
    in_order = [step for _, step in sorted(steps, key=lambda each: each[0])]
    return agreed_of(in_order, order_id(agreement, number))


def parsed(document: dict[str, Any] | None) -> Document | None:
    """Read a document that came with a request."""
    return None if document is None else parse_document(document)


def require_agreeing(agreed: Agreed, step: Step) -> None:
    """Refuse a document that the other side would dispute, or an action on what nobody has read.

    What the agreement lets pass or holds for a person is not refused here: it may be meant so.

    Raises
    ------
    DocumentUnfit
        With every finding.
    DocumentUnread, DocumentBroken
        If what the other side recorded is not opened here.
    """
    if agreed.unopened and step.action not in BLIND:
        raise _unread(agreed.unopened)
    found = [each for each in judged(agreed, step) if is_refused(each)]
    if found:
        located = tuple(replace(each, path=f"/document{each.path}") for each in found)
        raise DocumentUnfit(
            f"The document does not fit the order: {located[0].path} {located[0].message}.",
            located,
            action=step.action,
        )


def etag_of(state: str, changed_block: int) -> str:
    """Name a state of an order or delivery, for `If-Match`."""
    return f'"{changed_block}-{state}"'


def unchanged_order(
    organisation: int, order: OrderId, if_match: str | None
) -> Callable[[Session], None] | None:
    """Make the guard that refuses an action when the order has moved on from what is named."""
    if if_match is None or if_match.strip() == "*":
        return None
    named = if_match

    def guard(session: Session) -> None:
        found = trade.order(session, organisation, order.agreement, order.number)
        current = etag_of(found.ledger_state, found.changed_block) if found else None
        require_match(named, str(order), current)

    return guard


def order_key(cursor: str | None) -> OrderKey | None:
    """Read a cursor of a list of orders."""
    key = decode_cursor(cursor, 3)
    return None if key is None else (key[0], key[1], key[2])


def require_match(if_match: str, id: str, current: str | None) -> None:
    """Refuse what was decided on another version.

    Raises
    ------
    VersionStale
        If none of the ETags named is the current one.
    """
    named = [each.strip() for each in if_match.split(",")]
    if current not in named:
        raise VersionStale(f"{id} has moved on since it was read.", id=id, etag=current)


def finding_views(findings: Sequence[Finding]) -> list[FindingView]:
    """Show where documents contradict the order."""
    return [FindingView(**each.as_json()) for each in findings]


def unopened_views(unopened: Sequence[Unopened]) -> list[UnopenedView]:
    """Show what was not read here yet."""
    return [
        UnopenedView(action=u.action, commitment=u.commitment, status=u.status, reason=u.reason)
        for u in unopened
    ]


def content_of(document: Document | None) -> dict[str, Any] | None:
    """Spell a document as it is committed to."""
    return None if document is None else canonical_form(document)


def _unread(unopened: Sequence[Unopened]) -> DocumentUnread | DocumentBroken:
    first = unopened[0]
    problem = f"the document of `{first.action}` is {first.status}"
    problem += f", {first.reason}" if first.reason else ""
    if first.status == BROKEN:
        return DocumentBroken(problem=problem)
    return DocumentUnread(problem=problem)


def _terms(terms: TermsInForce) -> Step:
    content = None if terms.body is None else parse_document(terms.body)
    unopened = Unopened("sign", None, _UNLISTED, None) if terms.is_awaited else None
    return Step("agreement", "sign", 0, content, unopened)


def _step(entry: LedgerEntry, bodies: dict[bytes, dict[str, Any] | None]) -> Step:
    known = entry.document
    body = bodies.get(known.commitment) if known else None
    document = None if body is None else parse_document(body)
    unopened = None
    if known is not None and document is None:
        commitment = hexadecimal(known.commitment)
        unopened = Unopened(entry.action, commitment, known.status, known.reason)
    elif known is None and fit_of(entry.machine, entry.action).is_required:
        unopened = Unopened(entry.action, None, _UNLISTED, None)
    return Step(entry.machine, entry.action, entry.number, document, unopened, entry.time)


def _summary(view: LedgerOrder) -> dict[str, Any]:
    return {
        "id": order_id(view.agreement, view.number),
        "agreement": agreement_id(view.agreement),
        "number": view.number,
        "state": view.state,
        "ledger_state": view.ledger_state,
        "buyer": view.buyer,
        "seller": view.seller,
        "allowed_actions": view.allowed_actions,
        "issued_at": view.issued_at,
        "changed_at": view.changed_at,
        "etag": etag_of(view.ledger_state, view.changed_block),
    }


def _entry(entry: LedgerEntry) -> TimelineEntry:
    is_delivery = entry.machine == "delivery"
    document = entry.document
    return TimelineEntry(
        event=entry.event,
        action=entry.action,
        machine=entry.machine,
        order=order_id(entry.agreement, entry.order_number or 0),
        delivery=delivery_id(entry.agreement, entry.number) if is_delivery else None,
        organisation=entry.organisation,
        organisation_name=entry.organisation_name,
        state=entry.state,
        transaction=hexadecimal(entry.tx_hash),
        gas_used=entry.gas_used,
        block=entry.block_number,
        time=entry.time,
        commitment=hexadecimal(document.commitment) if document else None,
        document_type=document.type if document else None,
        document_status=document.status if document else None,
    )
