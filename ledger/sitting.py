"""One transaction of the acceptor: what its callers want, judged and written by the set."""

import asyncio
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session

from ledger import outbox
from ledger.acceptance import Accepted, Book, KeptBefore, Numbers, Receipt, acceptance_of
from ledger.backlog import Backlog
from ledger.catalogue import LedgerError
from ledger.clock import now_ms
from ledger.counter import INTENT, take
from ledger.database import portions
from ledger.document.errors import DocumentError
from ledger.errors import IntentExpired, IntentReplayed, LedgerOrderUnexpected
from ledger.forecast import Ask, Forecast
from ledger.model import SignedIntent
from ledger.model.table import table_of
from ledger.outbox import DocumentReference, Entry
from ledger.prediction import Permissions
from ledger.role import Permission
from ledger.unread import Unread

BLIND: Final = frozenset(
    {"reject", "withdraw", "dispute", "dispute_delivery", "refuse", "withdraw_announcement"}
)
"""Actions that need nobody to have read the other side's document."""

Refusal = LedgerError | DocumentError
Outcome = Accepted | Refusal

Within = Callable[[Session, list[Outcome]], None]
"""Adds a caller's rows in the transaction that accepts something of it; raising undoes that."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A wish that is ready to be judged: its document is sealed.

    Parameters
    ----------
    key : str, optional
        Address of the key that signs it; none when only the chain can judge the signature.
    signed : dict, optional
        Columns of the signed intent, where the organisation has signed already.
    """

    ask: Ask
    key: str | None
    document: DocumentReference | None = None
    signed: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """What one caller hands in, and where it waits for the outcome."""

    organisation: int
    candidates: Sequence[Candidate | Refusal]
    within: Within | Receipt | None
    future: asyncio.Future[list[Outcome]]

    @property
    def receipt(self) -> Receipt | None:
        """What the caller wants kept, if that is all that it adds."""
        return self.within if isinstance(self.within, Receipt) else None

    @property
    def wanted(self) -> list[Candidate]:
        """Give the wishes that are not refused already."""
        return [each for each in self.candidates if isinstance(each, Candidate)]


class Sitting:
    """One transaction of the acceptor: all that its jobs touch, and what was accepted so far."""

    def __init__(
        self,
        session: Session,
        jobs: Sequence[Job],
        hosted: frozenset[int],
        numbers: Numbers,
        backlog: Backlog,
    ) -> None:
        wanted = [candidate for job in jobs for candidate in job.wanted]
        self.entries: list[Entry] = []
        self._kept: dict[Book, list[Any]] = {}
        self._taken = _taken(session, jobs)
        self._session = session
        self._hosted = hosted
        self._numbers = numbers
        self._backlog = backlog
        self._forecast = Forecast(session, [candidate.ask for candidate in wanted])
        self._unread = Unread(session, self._orders(wanted))
        self._permissions = Permissions(session, {job.organisation for job in jobs})
        self._known = _known_digests(session, wanted)
        self._next = take(session, INTENT, len(wanted)) if wanted else 0
        self._now_ms = now_ms()

    def outcome_of(self, job: Job) -> list[Outcome] | Exception:
        """Judge a caller's wishes; what refuses all of them leaves nothing behind."""
        before = len(self.entries)
        try:
            if job.receipt is not None and job.receipt.key in self._taken:
                raise KeptBefore
            self._backlog.require_room(job.organisation, before, len(job.wanted))
            outcomes = [self._judged(job.organisation, each) for each in job.candidates]
            if len(self.entries) > before:
                self._add(job, outcomes)
        except DBAPIError as broken:
            # Anything but a row that is there already concerns the database, and so everybody.
            if not isinstance(broken, IntegrityError):
                raise
            return self._undone(before, broken)
        except Exception as refused:
            return self._undone(before, refused)
        self._forecast.keep()
        return outcomes

    def write(self) -> None:
        """Write down what was accepted, and what callers keep of it."""
        outbox.write(self._session, self.entries)
        for book, rows in self._kept.items():
            book.keep(self._session, rows)

    def _add(self, job: Job, outcomes: list[Outcome]) -> None:
        """Let a caller add what is its own to what was accepted of it."""
        if isinstance(job.within, Receipt):
            row = job.within.fill([each for each in outcomes if isinstance(each, Accepted)])
            if job.within.key is not None:
                self._taken.add(job.within.key)
                self._kept.setdefault(job.within.book, []).append(row)
        elif job.within is not None:
            with self._session.begin_nested():
                job.within(self._session, outcomes)

    def _judged(self, organisation: int, candidate: Candidate | Refusal) -> Outcome:
        if not isinstance(candidate, Candidate):
            return candidate
        try:
            return self._accepted(organisation, candidate)
        except LedgerError as refused:
            return refused

    def _accepted(self, organisation: int, candidate: Candidate) -> Accepted:
        ask = candidate.ask
        row = ask.row
        if candidate.signed is not None and self._permissions.now >= candidate.signed["deadline"]:
            raise IntentExpired(candidate.signed["deadline"], self._permissions.now)
        if candidate.key is not None:
            self._permissions.require(organisation, candidate.key, Permission.RECORD)
        if candidate.signed is not None:
            self._require_new(organisation, ask, candidate.signed)
        order = self._forecast.require_action(organisation, ask)
        if order is not None and _is_guarded(candidate):
            self._unread.require_read(organisation, ask.agreement, order)
        number = ask.number
        if number is None:
            free = self._forecast.free_number(row.machine, ask.agreement)
            number = self._numbers.take((row.machine, ask.agreement), free)
        return self._entered(organisation, candidate, number, number if order is None else order)

    def _entered(
        self, organisation: int, candidate: Candidate, number: int, order: int
    ) -> Accepted:
        ask = candidate.ask
        self._forecast.take(ask, number, order)
        if candidate.signed is not None:
            self._known.add(candidate.signed["digest"])
        entry = Entry(
            id=self._next,
            organisation=organisation,
            machine=ask.row.machine,
            action=ask.row.action,
            agreement=ask.agreement,
            number=number,
            order=order,
            document=self._document(candidate),
            signed=candidate.signed,
            accepted_ms=self._now_ms,
        )
        self._next += 1
        self.entries.append(entry)
        return acceptance_of(entry)

    def _document(self, candidate: Candidate) -> DocumentReference | None:
        """Let every hosted party read what was sealed elsewhere."""
        document = candidate.document
        if document is None or document.cid is None or document.body is not None:
            return document
        parties = self._forecast.parties(candidate.ask.agreement)
        return replace(document, readers=tuple(self._hosted.intersection(parties)))

    def _require_new(self, organisation: int, ask: Ask, signed: dict[str, Any]) -> None:
        if ask.order and not ask.row.opens:
            raise LedgerOrderUnexpected(ask.agreement, ask.number or 0, ask.order)
        if signed["digest"] in self._known:
            raise IntentReplayed(organisation, int.from_bytes(signed["nonce"]))

    def _undone(self, before: int, problem: Exception) -> Exception:
        for entry in self.entries[before:]:
            if entry.signed is not None:
                self._known.discard(entry.signed["digest"])
        del self.entries[before:]
        self._forecast.undo()
        return problem

    def _orders(self, wanted: Iterable[Candidate]) -> set[tuple[int, int]]:
        """Name the existing orders whose documents have to be read first."""
        asks = [each.ask for each in wanted if _is_guarded(each)]
        orders = ((ask.agreement, self._forecast.order_of(ask)) for ask in asks)
        return {(agreement, order) for agreement, order in orders if order is not None}


def _taken(session: Session, jobs: Iterable[Job]) -> set[Hashable]:
    """Find the callers' receipts that are kept already."""
    keys: dict[Book, list[Hashable]] = {}
    for job in jobs:
        if job.receipt is not None and job.receipt.key is not None:
            keys.setdefault(job.receipt.book, []).append(job.receipt.key)
    return {key for book, some in keys.items() for key in book.taken(session, some)}


def _is_guarded(candidate: Candidate) -> bool:
    """Whether what was not read here stands in the way; who signs elsewhere reads elsewhere."""
    return candidate.signed is None and candidate.ask.row.action not in BLIND


def _known_digests(session: Session, wanted: Iterable[Candidate]) -> set[bytes]:
    """Find which of the signed intents were accepted before."""
    digests = [each.signed["digest"] for each in wanted if each.signed is not None]
    table = table_of(SignedIntent)
    found: set[bytes] = set()
    for some in portions(digests):
        known = select(table.c.digest).where(table.c.digest.in_(some))
        found.update(session.connection().execute(known).scalars())
    return found
