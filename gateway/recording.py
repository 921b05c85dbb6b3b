"""The one way in which a request records something: accepted once, answered once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, Final

from fastapi import Response
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from gateway import idempotency
from gateway.errors import GatewayError
from gateway.idempotency import Answer, Ticket
from gateway.lines import LINES_TYPE, answered
from gateway.naming import names_of
from gateway.problems import MEDIA_TYPE, problem_of
from ledger.acceptance import Accepted, KeptBefore, Receipt, Within
from ledger.catalogue import LedgerError
from ledger.database import reading, writing
from ledger.document.errors import DocumentError
from ledger.queries import IntentView
from ledger.runtime import LedgerRuntime

ACCEPTED: Final = 202

Accept = Callable[[Within], Awaitable[object]]
"""Hands wishes to the desk, with what is to be written in the same transaction."""

Guard = Callable[[Session], None]
"""Looks once more, in the accepting transaction, whether the wish still makes sense."""

Describe = Callable[[list[Accepted]], dict[str, Any]]
"""Makes the body of the answer; every intent in it stands as `recorded_body` gives it."""


WithinLines = Callable[[Session, Sequence[Accepted | Exception]], None]
"""Keeps the answer to many lines in the transaction that accepts some of them."""

AcceptLines = Callable[[WithinLines], Awaitable[Sequence[Accepted | Exception]]]
"""Hands the wishes of many lines to the desk; gives what became of each line."""


def recorded_body(accepted: Accepted) -> dict[str, Any]:
    """Describe one accepted wish: its intent, its status, and the names of what it is about."""
    names = names_of(accepted.machine, accepted.agreement, accepted.number, accepted.order)
    return {"intent": str(accepted.intent), "status": "accepted", **names}


def _describe_one(accepted: list[Accepted]) -> dict[str, Any]:
    (one,) = accepted
    return recorded_body(one)


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

    async def run(
        self,
        accept: Accept,
        guard: Guard | None = None,
        describe: Describe = _describe_one,
        *,
        is_cheap: bool = False,
    ) -> Response:
        """Accept what a request asks for, unless it was accepted before, and answer.

        Parameters
        ----------
        is_cheap : bool
            Whether nothing is lost when only the accepting transaction finds that it was.

        Raises
        ------
        LedgerError, DocumentError, GatewayError
            Why it was not accepted; nothing is kept then.
        """
        taken: list[Answer] = []

        def fill(accepted: list[Accepted]) -> dict[str, Any] | None:
            answer = self._first_answer(accepted, describe(accepted))
            taken.append(answer)
            return None if self.ticket is None else idempotency.row_of(self.ticket, answer)

        receipt = Receipt(idempotency.ANSWERS, self._key, fill)

        def within(session: Session, accepted: list[Accepted]) -> None:
            if guard is not None:
                guard(session)
            receipt(session, accepted)

        async def accepted() -> Answer:
            await accept(receipt if guard is None else within)
            return taken[0]

        return await self._answered(accepted, is_cheap)

    async def run_lines(self, accept: AcceptLines) -> Response:
        """Accept what the lines of a request ask for; each is answered by itself.

        Raises
        ------
        LedgerError, GatewayError
            Why none of them was even looked at.
        """

        def within(session: Session, outcomes: Sequence[Accepted | Exception]) -> None:
            self._keep(session, self._answer_of_lines(outcomes))

        async def accepted() -> Answer:
            return self._answer_of_lines(await accept(within))

        return await self._answered(accepted)

    async def _answered(
        self, accept: Callable[[], Awaitable[Answer]], is_cheap: bool = False
    ) -> Response:
        answer = None if is_cheap else await self._looked_up()
        if answer is None:
            answer = await self._accepted(accept)
        if not answer.is_final and self.wait_s > 0:
            answer = await self._awaited(answer)
        return Response(answer.body, answer.status, answer.headers)

    async def _accepted(self, accept: Callable[[], Awaitable[Answer]]) -> Answer:
        try:
            return await accept()
        except (KeptBefore, IntegrityError, GatewayError, LedgerError, DocumentError):
            # A twin of this request may have been accepted meanwhile: its answer is ours.
            found = await self._looked_up()
            if found is None:
                raise
            return found

    @property
    def _key(self) -> tuple[int, str] | None:
        return None if self.ticket is None else (self.ticket.organisation, self.ticket.key)

    async def _looked_up(self) -> Answer | None:
        return None if self.ticket is None else await asyncio.to_thread(self._found)

    def _found(self) -> Answer | None:
        if self.ticket is None:
            return None
        with reading(self.ledger.engine) as session:
            return idempotency.find(session, self.ticket)

    def _first_answer(self, accepted: list[Accepted], body: dict[str, Any]) -> Answer:
        intents = tuple(each.intent for each in accepted)
        headers = {"Content-Type": "application/json"}
        if len(intents) == 1:
            headers["Location"] = f"/v1/intents/{intents[0]}"
        is_final = self.wait_s == 0
        return Answer(ACCEPTED, headers, json.dumps(body).encode(), intents, is_final)

    def _answer_of_lines(self, outcomes: Sequence[Accepted | Exception]) -> Answer:
        intents = tuple(each.intent for each in outcomes if isinstance(each, Accepted))
        body = answered(outcomes, recorded_body)
        is_final = self.wait_s == 0 or not intents
        return Answer(HTTPStatus.OK, {"Content-Type": LINES_TYPE}, body, intents, is_final)

    def _keep(self, session: Session, answer: Answer) -> None:
        if self.ticket is None:
            return
        if idempotency.find(session, self.ticket) is not None:
            raise KeptBefore
        idempotency.keep(session, self.ticket, answer)

    async def _awaited(self, answer: Answer) -> Answer:
        """Wait for the chain's word, and make what is known then the last word."""
        outcomes = await self.ledger.outcomes(answer.intents, self.wait_s)
        views = {str(intent): view for intent, view in outcomes.items()}
        return await asyncio.to_thread(self._settled, _last_word(answer, views))

    def _settled(self, answer: Answer) -> Answer:
        if self.ticket is None:
            return answer
        with writing(self.ledger.engine) as session:
            return idempotency.settle(session, self.ticket, answer)


def _last_word(answer: Answer, views: Mapping[str, IntentView]) -> Answer:
    """Put what became of the intents into an answer; a refused only intent is a problem."""
    if answer.headers["Content-Type"] == LINES_TYPE:
        told = [_with_status(json.loads(line), views) for line in answer.body.splitlines()]
        lines = "".join(f"{json.dumps(line)}\n" for line in told)
        return replace(answer, body=lines.encode(), is_final=True)
    refusal = next(iter(views.values())).refusal if len(views) == 1 else None
    if refusal is not None:
        problem = problem_of(refusal)
        headers = {**answer.headers, **problem.headers, "Content-Type": MEDIA_TYPE}
        return Answer(problem.status, headers, problem.body(), answer.intents, is_final=True)
    body = _with_status(json.loads(answer.body), views)
    return replace(answer, body=json.dumps(body).encode(), is_final=True)


def _with_status(node: Any, views: Mapping[str, IntentView]) -> Any:
    """Tell the status of every intent in a body, and why it was refused where it was."""
    if isinstance(node, list):
        return [_with_status(each, views) for each in node]
    if not isinstance(node, dict):
        return node
    told = {name: _with_status(each, views) for name, each in node.items()}
    view = views.get(str(node.get("intent")))
    if view is not None:
        told["status"] = view.status
        if view.refusal is not None:
            told["problem"] = json.loads(problem_of(view.refusal).body())
    return told
