"""Findings in terms of the ledger, and what a person decides about them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlmodel import Session

from gateway.answer import Page
from gateway.deps import Gateway
from gateway.errors import DocumentHeld, FindingDecided, FindingUnknown
from gateway.naming import hexadecimal, names_of
from gateway.orders.schemas import FindingView
from gateway.page import decode_cursor, encode_cursor
from gateway.policy.disputer import decision_on, document_of, target_of, tell_decision
from gateway.policy.models import ACCEPT, DISPUTE, Decision
from gateway.policy.schemas import ContradictionView, DecisionBody, DecisionView, Status
from ledger.acceptance import Accepted, Within
from ledger.database import in_thread, reading, writing
from ledger.desk import Wish
from ledger.examination import HOLD, POLICIES
from ledger.identifier import OrderId, parse_agreement, parse_order
from ledger.query.trouble import Trouble, contradictions
from ledger.sitting import BLIND

_WAITING: Final = ("held", "disputing")
_STATUS: Final[dict[str, Status]] = {"accept": "noted", HOLD: "held", "dispute": "disputing"}
_DECIDED: Final[dict[str, Status]] = {ACCEPT: "accepted", DISPUTE: "disputed"}


def list_findings(
    gateway: Gateway,
    organisation: int,
    *,
    status: Status | None,
    agreement: str | None,
    order: str | None,
    cursor: str | None,
    limit: int,
) -> Page[ContradictionView]:
    """List documents that contradict what was agreed, in the order in which they came in."""
    about = None if order is None else parse_order(order)
    number = about.agreement if about else parse_agreement(agreement) if agreement else None
    after = decode_cursor(cursor, 1)
    last = after[0] if after else 0
    items: list[ContradictionView] = []
    with reading(gateway.engine) as session:
        while len(items) < limit:
            found = contradictions(
                session,
                organisation,
                agreement=number,
                order=about.number if about else None,
                after=last,
                limit=limit,
            )
            for each in found:
                view = _view(gateway, session, organisation, each)
                if len(items) < limit:
                    last = each.document or 0
                    items += [view] if status in (None, view.status) else []
            if len(found) < limit:
                break
    return Page(items=items, next=encode_cursor((last,)) if len(items) == limit else None)


def read_finding(gateway: Gateway, organisation: int, id: str) -> ContradictionView:
    """Read a document's findings, and what was decided.

    Raises
    ------
    FindingUnknown
        If there is no such document among those of the organisation's orders.
    """
    with reading(gateway.engine) as session:
        found = _require(session, organisation, id)
        return _view(gateway, session, organisation, found)


def accept(gateway: Gateway, organisation: int, id: str, body: DecisionBody) -> ContradictionView:
    """Take a document as it is; what it held up goes on.

    Raises
    ------
    FindingDecided
        If it was decided before.
    """
    with writing(gateway.engine) as session:
        found = _require(session, organisation, id)
        _require_undecided(session, organisation, found, id)
        session.add(
            decision_on(organisation, found, decision=ACCEPT, person=body.by, reason=body.reason)
        )
        session.flush()
        tell_decision(session, organisation, found, "accepted", body.reason)
        return _view(gateway, session, organisation, found)


async def dispute(
    gateway: Gateway, organisation: int, id: str, body: DecisionBody, within: Within
) -> Accepted:
    """Dispute the order or delivery because of a document.

    Raises
    ------
    FindingDecided
        If it was decided before.
    OrderUnexpectedState
        If neither can be disputed where they stand.
    """

    def found() -> Trouble:
        with reading(gateway.engine) as session:
            trouble = _require(session, organisation, id)
            _require_undecided(session, organisation, trouble, id)
            return trouble

    trouble = await in_thread(found)
    # Where nothing can be disputed the ledger says so, and why.
    whole = ("dispute", trouble.agreement, trouble.order_number)
    action, agreement, number = target_of(trouble) or whole

    def both(session: Session, accepted: list[Accepted]) -> None:
        _require_undecided(session, organisation, trouble, id)
        intent = accepted[0].intent
        session.add(
            decision_on(organisation, trouble, person=body.by, reason=body.reason, intent=intent)
        )
        session.flush()
        told = {"action": action, "intent": intent}
        tell_decision(session, organisation, trouble, "disputed", body.reason, **told)
        within(session, accepted)

    document = document_of(trouble, body.reason)
    wish = Wish(agreement=agreement, action=action, number=number, document=document)
    return await gateway.ledger.desk.record(organisation, wish, both)


def require_released(
    gateway: Gateway, organisation: int, order: OrderId, action: str, delivery: int | None
) -> None:
    """Refuse to act on a document that waits for a person's decision, or is about to be disputed.

    Parameters
    ----------
    delivery : int, optional
        The delivery that is acted on: documents of other deliveries do not hold it up.

    Raises
    ------
    DocumentHeld
        Naming what is to be decided first.
    """
    if action in BLIND:
        return
    with reading(gateway.engine) as session:
        held = [
            str(each.document)
            for each in _all_of(session, organisation, order)
            if delivery is None or each.machine == "order" or each.number == delivery
            if _status(gateway, session, organisation, each) in _WAITING
        ]
    if held:
        raise DocumentHeld(held)


def _all_of(session: Session, organisation: int, order: OrderId) -> Iterator[Trouble]:
    after, limit = 0, 500
    while True:
        found = contradictions(
            session,
            organisation,
            agreement=order.agreement,
            order=order.number,
            after=after,
            limit=limit,
        )
        yield from found
        if len(found) < limit:
            return
        after = found[-1].document or 0


def _require(session: Session, organisation: int, id: str) -> Trouble:
    is_number = id.isascii() and id.isdigit() and len(id) < 19
    found = contradictions(session, organisation, document=int(id)) if is_number else []
    if not found:
        raise FindingUnknown(id)
    return found[0]


def _require_undecided(session: Session, organisation: int, found: Trouble, id: str) -> None:
    decision = _decision(session, organisation, found)
    if decision is not None:
        raise FindingDecided(id, decision.decision)


def _decision(session: Session, organisation: int, found: Trouble) -> Decision | None:
    return session.get(Decision, (organisation, found.digest, found.position))


def _status(gateway: Gateway, session: Session, organisation: int, found: Trouble) -> Status:
    decision = _decision(session, organisation, found)
    if decision is not None:
        return _DECIDED[decision.decision]
    return _STATUS[_strictest(gateway, organisation, found.policy or HOLD)]


def _strictest(gateway: Gateway, organisation: int, policy: str) -> str:
    """Give the stricter of what the agreement and the organisation's own settings say."""
    own = next(each for each in gateway.settings.organisation if each.number == organisation)
    wanted = "dispute" if own.dispute_findings else HOLD if own.hold_findings else "accept"
    return max(policy, wanted, key=POLICIES.index)


def _view(
    gateway: Gateway, session: Session, organisation: int, found: Trouble
) -> ContradictionView:
    decision = _decision(session, organisation, found)
    names = names_of(found.machine, found.agreement, found.number, found.order_number)
    return ContradictionView(
        id=str(found.document),
        status=_status(gateway, session, organisation, found),
        organisation=found.sender,
        agreement=names["agreement"],
        order=names["order"],
        delivery=names.get("delivery"),
        commitment=hexadecimal(found.commitment),
        document_type=found.type,
        findings=[FindingView(**each) for each in found.findings or []],
        decision=None if decision is None else _decision_view(decision),
    )


def _decision_view(decision: Decision) -> DecisionView:
    return DecisionView(
        decision="accept" if decision.decision == ACCEPT else "dispute",
        by=decision.person,
        reason=decision.reason,
        intent=None if decision.intent is None else str(decision.intent),
        time=decision.decided_ms // 1000,
    )
