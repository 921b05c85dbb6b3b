"""Disputes by itself what organisations cannot rely on, where they or their agreements say so.

A document that is recorded but missing or broken for too long is a reason where the organisation
says so; one that contradicts what was agreed, where the agreement says so, too. The reasons are
written in the transaction that accepts the wish to dispute, so that a restart at any moment
disputes nothing twice.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from gateway.naming import hexadecimal, order_id
from gateway.policy.models import DISPUTE, Decision
from gateway.settings import OrganisationSettings
from ledger import lifecycle
from ledger.acceptance import Accepted
from ledger.catalogue import LedgerError
from ledger.clock import now_ms
from ledger.database import in_thread, reading
from ledger.desk import Wish
from ledger.document.errors import DocumentError
from ledger.examination import POLICIES
from ledger.feed import tell
from ledger.query.trouble import FINDINGS, Trouble, troubles
from ledger.runtime import LedgerRuntime

LOOK_AGAIN_S: Final = 2.0

_log = logging.getLogger(__name__)

Target = tuple[str, int, int]
"""Action, agreement, and the order or delivery that it is taken on."""


class Disputer:
    """Disputes for hosted organisations.

    Parameters
    ----------
    organisations : sequence of OrganisationSettings
        The organisations hosted here, with what they add to what their agreements say.
    """

    def __init__(
        self, ledger: LedgerRuntime, organisations: Sequence[OrganisationSettings]
    ) -> None:
        self._ledger = ledger
        self._policies = list(organisations)
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, in the background."""
        if self._policies:
            self._task = asyncio.create_task(self._run(), name="disputer")

    async def stop(self) -> None:
        """Stop; what is overdue waits for the next start."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def look(self) -> int:
        """Dispute once what is to be disputed; gives how many wishes were accepted."""
        count = 0
        for policy in self._policies:
            reasons = await in_thread(self._reasons, policy)
            for target, found in reasons.items():
                count += await self._dispute(policy.number, target, found)
        return count

    async def _run(self) -> None:
        while True:
            try:
                await self.look()
            except LedgerError as problem:
                _log.warning("disputing waits: %s", problem)
            await asyncio.sleep(LOOK_AGAIN_S)

    def _reasons(self, policy: OrganisationSettings) -> dict[Target, list[Trouble]]:
        """Gather what is to be disputed and was not yet, by what disputes it."""
        reasons: dict[Target, list[Trouble]] = defaultdict(list)
        with reading(self._ledger.engine) as session:
            for trouble in troubles(
                session,
                policy.number,
                missing_since_ms=_since_ms(policy.dispute_missing_after_s),
                broken_since_ms=_since_ms(policy.dispute_broken_after_s),
                policies=POLICIES if policy.dispute_findings else (DISPUTE,),
            ):
                target = target_of(trouble)
                if target is not None and not _is_decided(session, policy.number, trouble):
                    reasons[target].append(trouble)
        return reasons

    async def _dispute(self, organisation: int, target: Target, found: Sequence[Trouble]) -> bool:
        action, agreement, number = target

        def within(session: Session, accepted: list[Accepted]) -> None:
            intent = accepted[0].intent
            session.add_all(decision_on(organisation, each, intent=intent) for each in found)
            session.flush()
            told = {"action": action, "intent": intent}
            first = found[0]
            tell_decision(session, organisation, first, "disputed", _reason(first), **told)

        wish = Wish(
            agreement=agreement, action=action, number=number, document=document_of(found[0])
        )
        try:
            await self._ledger.desk.record(organisation, wish, within)
        except IntegrityError:
            return False  # Another process was faster.
        except (LedgerError, DocumentError) as refused:
            # The order has moved on, or waits for something: it is looked at again.
            _log.info("%s of %s waits: %s", action, order_id(agreement, number), refused)
            return False
        self._ledger.news.ring()
        return True


def target_of(trouble: Trouble) -> Target | None:
    """Say what disputes a document now; nothing where the lifecycle does not allow it."""
    seats = frozenset({"buyer" if trouble.is_buyer else "seller"})
    order_state = lifecycle.state_name("order", trouble.order_state)
    if trouble.delivery_state is not None:
        state = lifecycle.state_name("delivery", trouble.delivery_state)
        if "dispute_delivery" in lifecycle.allowed_actions("delivery", state, seats, order_state):
            return "dispute_delivery", trouble.agreement, trouble.number
    if "dispute" in lifecycle.allowed_actions("order", order_state, seats):
        return "dispute", trouble.agreement, trouble.order_number
    return None


def document_of(trouble: Trouble, remark: str | None = None) -> dict[str, Any]:
    """Write why a document is disputed, and what a person has to say to it."""
    commitment = hexadecimal(trouble.commitment)
    named = f"{trouble.digest.hex()[:16]}-{trouble.position}"
    disputed = {"id": named} | ({"commitment": commitment} if commitment else {})
    return {
        "document_type": "DisputeNotice",
        "schema_version": 2,
        "id": f"AUTO-{named}",
        "issue_date": datetime.fromtimestamp(now_ms() / 1000, UTC).date().isoformat(),
        "order_reference": {"id": order_id(trouble.agreement, trouble.order_number)},
        "document_reference": [disputed],
        "reason": _reason(trouble),
        "reason_code": trouble.cause,
        "note": [remark] if remark else [],
    }


def decision_on(
    organisation: int,
    trouble: Trouble,
    *,
    decision: str = DISPUTE,
    person: str | None = None,
    reason: str | None = None,
    intent: int | None = None,
) -> Decision:
    """Write down what is decided about a document; by the gateway itself, unless a person did."""
    return Decision(
        organisation=organisation,
        digest=trouble.digest,
        position=trouble.position,
        cause=trouble.cause,
        decision=decision,
        person=person,
        reason=reason,
        intent=intent,
        decided_ms=now_ms(),
    )


def _reason(trouble: Trouble) -> str:
    if trouble.cause == FINDINGS:
        said = "; ".join(_sentence(each) for each in trouble.findings or [])
        text = f"The document contradicts what was agreed: {said}."
    else:
        text = f"The document is recorded, but {trouble.cause} here: {trouble.reason}."
    return text.replace("\0", "")[:4_000]


def _sentence(finding: Mapping[str, str]) -> str:
    both = [f"{name} {finding[name]}" for name in ("expected", "found") if name in finding]
    compared = f" ({', '.join(both)})" if both else ""
    return f"{finding['path']} {finding['message']}{compared}"


def _since_ms(after_s: int | None) -> int | None:
    return None if after_s is None else now_ms() - 1000 * after_s


def _is_decided(session: Session, organisation: int, trouble: Trouble) -> bool:
    key = (organisation, trouble.digest, trouble.position)
    return session.get(Decision, key) is not None


def tell_decision(
    session: Session, organisation: int, trouble: Trouble, status: str, reason: str, **more: Any
) -> None:
    """Tell an organisation's subscribers what was decided about a document."""
    body = {
        "kind": trouble.machine,
        "number": trouble.number,
        "order": trouble.order_number,
        "status": status,
        "reason": reason,
        "readers": [organisation],
        **more,
    }
    agreement = trouble.agreement
    tell(session, "document", agreement=agreement, organisation=organisation, body=body)
