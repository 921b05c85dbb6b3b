"""Finds what partners are to be told, and puts it into the outbox: once each, whoever is killed.

A fact becomes a row in the transaction that moves the place in the feed, and the row is done in the
transaction that writes its message. One process does so: the holder of the lease.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Collection
from typing import Any, Final

from sqlmodel import Session

from gateway.answering import book
from gateway.answering.models import Answer, Conversation
from gateway.answering.refusal import take_back
from gateway.answering.writing import Retracted, Untold, gather, written
from gateway.conversion.conversion import Converted
from gateway.outbox import book as outbox
from ledger.catalogue import LedgerError
from ledger.clock import now_ms
from ledger.database import in_thread, reading, writing
from ledger.lease import Lease, LeaseLost
from ledger.queries import Notice
from ledger.query.timeline import order_timeline
from ledger.runtime import LedgerRuntime

LEASE: Final = "answering"
LOOK_AGAIN_S: Final = 1.0
PAGE: Final = 500
SKIPPED_MAX: Final = 5_000
"""Places that are passed before it is written down, while there is nothing to answer."""

_log = logging.getLogger(__name__)


class Answerer:
    """Answers the partners of hosted organisations.

    Parameters
    ----------
    organisations : collection of int
        The organisations hosted here.
    """

    def __init__(self, ledger: LedgerRuntime, organisations: Collection[int]) -> None:
        self._ledger = ledger
        self._organisations = frozenset(organisations)
        self._lease = Lease(LEASE)
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, in the background."""
        if self._organisations:
            self._task = asyncio.create_task(self._run(), name="answerer")

    async def stop(self) -> None:
        """Stop; what is to be told waits for the next start."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def look(self) -> int:
        """Tell once what is to be told; gives how many messages were written."""
        try:
            if not await in_thread(self._hold):
                return 0
            while await in_thread(self._follow):
                pass
            return await in_thread(self._tell)
        except LeaseLost:
            return 0

    async def _run(self) -> None:
        while True:
            try:
                await self.look()
            except LedgerError as problem:
                _log.warning("answering waits: %s", problem)
            except Exception:
                # A database that is away for a moment must not end all answers.
                _log.exception("what is to be answered cannot be read")
            # Not at every ring: under load, one look a second reads many facts at once.
            await asyncio.sleep(LOOK_AGAIN_S)

    def _hold(self) -> bool:
        if self._lease.is_fresh:
            return True
        with writing(self._ledger.engine) as session:
            return self._lease.take(session)

    def _follow(self) -> bool:
        """Note the facts of a page of the feed that are to be told; tells whether more follow."""
        queries = self._ledger.queries
        # Read first: what is added meanwhile is not skipped.
        first, last = queries.first_sequence(), queries.last_sequence()
        with reading(self._ledger.engine) as session:
            place, is_spoken = book.place(session), book.is_spoken(session)
        if not is_spoken:
            # Whoever is sent no messages need not follow; what is skipped is nobody's answer.
            self._skip(place, last)
            return False
        is_known = place is not None and first - 1 <= place <= last
        if place == last and is_known:
            return False
        notices = queries.notices(None, place, PAGE) if is_known and place is not None else []
        is_full = len(notices) == PAGE
        subjects = _subjects(notices) if is_known else None
        told = [each.body for each in notices if each.topic == "intent"]
        refusals = told if is_known else self._refusals()
        with writing(self._ledger.engine) as session:
            self._lease.require(session)
            take_back(session, refusals)
            for each in book.conversations(session, self._organisations, subjects):
                timeline = order_timeline(session, each.agreement, each.order_number)
                book.add_answers(session, each, timeline)
            book.note_place(session, notices[-1].sequence if is_full else last)
        return is_full

    def _skip(self, place: int | None, last: int) -> None:
        """Move the place on, so that the first message does not have all of the feed read."""
        if place is not None and last - place < SKIPPED_MAX:
            return
        with writing(self._ledger.engine) as session:
            self._lease.require(session)
            book.note_place(session, last)

    def _refusals(self) -> list[dict[str, Any]]:
        """List the refused intents of documents, where the feed does not reach back to them."""
        with reading(self._ledger.engine) as session:
            numbers = book.recording(session)
        return [
            {"intent": each.id, "error": each.refusal.name}
            for each in self._ledger.queries.decided(numbers)
            if each.refusal is not None
        ]

    def _tell(self) -> int:
        """Write what can be written."""
        count, after = 0, 0
        while True:
            with reading(self._ledger.engine) as session:
                page = book.waiting(session, after, PAGE)
                session.expunge_all()
            for answer, conversation in page:
                try:
                    count += self._tell_one(answer, conversation)
                except (LedgerError, LeaseLost):
                    raise
                except Exception:
                    # One answer that fails in an unforeseen way must not hold up all others.
                    _log.exception("answer %s is not written", answer.id)
            if len(page) < PAGE:
                return count
            after = page[-1][0].id or 0

    def _tell_one(self, answer: Answer, conversation: Conversation) -> bool:
        try:
            with reading(self._ledger.engine) as session:
                material = gather(session, conversation, answer)
        except Retracted:
            with writing(self._ledger.engine) as session:
                self._lease.require(session)
                session.delete(answer)
            return False
        if material is None:
            return False
        assert answer.id is not None, "it was stored"
        told = material if isinstance(material, Untold) else written(material, answer.id, now_ms())
        with writing(self._ledger.engine) as session:
            self._lease.require(session)
            return put_answer(session, conversation, answer.id, told)


def _subjects(notices: Collection[Notice]) -> set[book.Subject]:
    """Name the orders of which notices tell facts."""
    return {
        (body["agreement"], body["order_number"])
        for body in (each.body for each in notices if each.topic == "event")
        if body.get("agreement") is not None and body.get("order_number") is not None
    }


def put_answer(
    session: Session, conversation: Conversation, number: int, told: Converted | Untold
) -> bool:
    """Put what is told into the outbox, and note that it is."""
    row = session.get(Answer, number, with_for_update=True)
    if row is None or row.outbox is not None:
        return False
    organisation, partner = conversation.organisation, conversation.partner
    if isinstance(told, Untold):
        row.outbox = outbox.put_unwritable(
            session,
            organisation,
            partner,
            told.findings,
            key=f"answer:{number}",
            standard=told.standard,
            type=told.type,
            source=conversation.message,
        )
    else:
        row.outbox = outbox.put(
            session,
            organisation,
            partner,
            told.content,
            key=f"answer:{number}",
            standard=told.form.standard,
            type=told.form.type,
            media_type=told.form.media_type,
            source=conversation.message,
        )
        row.losses = [each.as_json() for each in told.losses]
    session.add(row)
    return True
