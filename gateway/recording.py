"""The one way in which a request records something: accepted once, answered once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from fastapi import Response
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from gateway import idempotency
from gateway.errors import GatewayError
from gateway.idempotency import Answer, Ticket
from gateway.naming import names_of
from gateway.problems import MEDIA_TYPE, problem_of
from ledger.catalogue import LedgerError
from ledger.database import reading, writing
from ledger.desk import Accepted, Within
from ledger.document.errors import DocumentError
from ledger.errors import Unreachable
from ledger.queries import IntentView
from ledger.runtime import LedgerRuntime

ACCEPTED: Final = 202
REFUSED: Final = "refused"

Accept = Callable[[Within], Awaitable[Accepted]]
"""Hands a wish to the desk, with what is to be written in the same transaction."""

Guard = Callable[[Session], None]
"""Looks once more, in the accepting transaction, whether the wish still makes sense."""


class _AnsweredBefore(Exception):
    """Another request with the same key was faster."""


@dataclass(frozen=True, slots=True)
class Recording:
    """One request that records something.

    Parameters
    ----------
    ticket : Ticket, optional
        What makes it repeatable; absent when it has no idempotency key.
    wait_s : float
        How long its caller would wait for the outcome.
    """

    ledger: LedgerRuntime
    ticket: Ticket | None
    wait_s: float

    async def run(self, accept: Accept, guard: Guard | None = None) -> Response:
        """Accept a wish, unless it was accepted before, and answer.

        Raises
        ------
        LedgerError, DocumentError, GatewayError
            Why it was not accepted; nothing is kept then.
        """
        answer = await asyncio.to_thread(self._found)
        if answer is None:
            answer = await self._accepted(accept, guard)
        if not answer.is_final and self.wait_s > 0:
            answer = await self._awaited(answer)
        return Response(answer.body, answer.status, answer.headers)

    async def _accepted(self, accept: Accept, guard: Guard | None) -> Answer:
        taken: list[Answer] = []

        def within(session: Session, accepted: list[Accepted]) -> None:
            if guard is not None:
                guard(session)
            (one,) = accepted
            taken.append(self._keep(session, one))

        try:
            await accept(within)
        except (_AnsweredBefore, IntegrityError, GatewayError, LedgerError, DocumentError):
            # A twin of this request may have been accepted meanwhile: its answer is ours.
            found = await asyncio.to_thread(self._found)
            if found is None:
                raise
            return found
        return taken[0]

    def _found(self) -> Answer | None:
        if self.ticket is None:
            return None
        with reading(self.ledger.engine) as session:
            return idempotency.find(session, self.ticket)

    def _keep(self, session: Session, accepted: Accepted) -> Answer:
        names = names_of(accepted.machine, accepted.agreement, accepted.number, accepted.order)
        answer = _answer(accepted.intent, "accepted", names, is_final=self.wait_s == 0)
        if self.ticket is not None:
            if idempotency.find(session, self.ticket) is not None:
                raise _AnsweredBefore
            idempotency.keep(session, self.ticket, answer)
        return answer

    async def _awaited(self, answer: Answer) -> Answer:
        """Wait for the chain's word, and make what is known then the last word."""
        try:
            view = await self.ledger.wait_for(answer.intent, self.wait_s)
        except Unreachable:
            found = await asyncio.to_thread(self.ledger.queries.intent, answer.intent)
            assert found is not None, "what was accepted is never forgotten"
            view = found
        return await asyncio.to_thread(self._settled, _outcome(view, answer))

    def _settled(self, answer: Answer) -> Answer:
        if self.ticket is None:
            return answer
        with writing(self.ledger.engine) as session:
            return idempotency.settle(session, self.ticket, answer)


def _outcome(view: IntentView, answer: Answer) -> Answer:
    if view.refusal is not None:
        problem = problem_of(view.refusal)
        headers = {**answer.headers, **problem.headers, "Content-Type": MEDIA_TYPE}
        return Answer(problem.status, headers, problem.body(), answer.intent, is_final=True)
    body = json.loads(answer.body) | {"status": view.status}
    return replace(answer, body=json.dumps(body).encode(), is_final=True)


def _answer(intent: int, status: str, names: dict[str, Any], *, is_final: bool) -> Answer:
    body = {"intent": str(intent), "status": status, **names}
    headers = {"Content-Type": "application/json", "Location": f"/v1/intents/{intent}"}
    return Answer(ACCEPTED, headers, json.dumps(body).encode(), intent, is_final)
