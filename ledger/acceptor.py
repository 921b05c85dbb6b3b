"""Accepts what many callers hand in at once in one database transaction.

Whatever waits when a transaction begins goes into it, so that a flush to disk is shared by all who
wait for it. A caller's own rows stand behind a savepoint: what refuses one caller undoes nothing of
the others.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session, SQLModel

from ledger import outbox
from ledger.acceptance import Accepted, Numbers, acceptance_of
from ledger.backlog import Backlog
from ledger.catalogue import LedgerError
from ledger.clock import now_ms
from ledger.counter import INTENT, take
from ledger.database import ROWS_PER_STATEMENT, writing
from ledger.document.errors import DocumentError
from ledger.errors import IntentExpired, IntentReplayed, LedgerOrderUnexpected
from ledger.feed import Bell
from ledger.forecast import Ask, Forecast
from ledger.model import SignedIntent
from ledger.outbox import DocumentReference, Entry
from ledger.prediction import Permissions
from ledger.role import Permission
from ledger.unread import Unread

BLIND: Final = frozenset(
    {"reject", "withdraw", "dispute", "dispute_delivery", "refuse", "withdraw_announcement"}
)
"""Actions that need nobody to have read the other side's document."""

WISHES_TOGETHER_MAX: Final = 2_000
"""Callers share a transaction up to so many wishes; one caller alone may bring more."""

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
class _Job:
    organisation: int
    candidates: Sequence[Candidate | Refusal]
    within: Within | None
    future: asyncio.Future[list[Outcome]]

    @property
    def wanted(self) -> list[Candidate]:
        return [each for each in self.candidates if isinstance(each, Candidate)]


class Acceptor:
    """Accepts for the organisations hosted here.

    Parameters
    ----------
    work : Bell
        Rung when something was accepted.
    backlog : Backlog
        Says when too much waits already.
    """

    def __init__(
        self,
        engine: Engine,
        hosted: frozenset[int],
        numbers: Numbers,
        work: Bell,
        backlog: Backlog,
    ) -> None:
        self._hosted = hosted
        self._engine = engine
        self._numbers = numbers
        self._work = work
        self._backlog = backlog
        self._jobs: deque[_Job] = deque()
        self._queued = 0
        self._task: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, "acceptor")

    async def accept(
        self,
        organisation: int,
        candidates: Sequence[Candidate | Refusal],
        within: Within | None = None,
    ) -> list[Outcome]:
        """Accept many wishes together; each stands or is refused by itself.

        A caller that is cancelled while it waits takes nothing back that was accepted.

        Parameters
        ----------
        candidates : sequence of Candidate or Refusal
            What is refused already keeps its place.

        Raises
        ------
        TooManyWaiting
            When there is no room for them; nothing is accepted then.
        Exception
            What `within` raises; nothing is accepted then.
        """
        self._backlog.require_queue(organisation, self._queued, len(candidates))
        future: asyncio.Future[list[Outcome]] = asyncio.get_running_loop().create_future()
        self._jobs.append(_Job(organisation, candidates, within, future))
        self._queued += len(candidates)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._drain(), name="acceptor")
        return await future

    async def close(self) -> None:
        """Wait until everything that was handed in is answered."""
        if self._task is not None and not self._task.done():
            await self._task

    async def _drain(self) -> None:
        while self._jobs:
            jobs = self._next()
            try:
                outcomes = await self._in_own_thread(jobs)
            except Exception as problem:
                outcomes = [problem] * len(jobs)
            for job, outcome in zip(jobs, outcomes, strict=True):
                if job.future.done():
                    continue
                if isinstance(outcome, Exception):
                    job.future.set_exception(outcome)
                else:
                    job.future.set_result(outcome)
            self._work.ring()

    async def _in_own_thread(self, jobs: Sequence[_Job]) -> list[list[Outcome] | Exception]:
        """Accept, and do not leave before that has ended.

        The threads that everybody shares may all be waiting for their turn to write.
        """
        loop = asyncio.get_running_loop()
        work = loop.run_in_executor(self._thread, self._accept_all, jobs)
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            await asyncio.wait([work])
            raise

    def _next(self) -> list[_Job]:
        """Take as many callers as fit into one transaction, those that gave up left out."""
        jobs: list[_Job] = []
        count = 0
        while self._jobs and (
            not jobs or count + len(self._jobs[0].candidates) <= WISHES_TOGETHER_MAX
        ):
            job = self._jobs.popleft()
            self._queued -= len(job.candidates)
            if not job.future.done():
                jobs.append(job)
                count += len(job.candidates)
        return jobs

    def _accept_all(self, jobs: Sequence[_Job]) -> list[list[Outcome] | Exception]:
        with writing(self._engine) as session:
            self._backlog.look(session)
            sitting = _Sitting(session, jobs, self._hosted, self._numbers, self._backlog)
            outcomes = [sitting.outcome_of(job) for job in jobs]
            outbox.write(session, sitting.entries)
        for entry in sitting.entries:
            self._backlog.add(entry.organisation)
        return outcomes


class _Sitting:
    """One transaction of the acceptor: all that its jobs touch, and what was accepted so far."""

    def __init__(
        self,
        session: Session,
        jobs: Sequence[_Job],
        hosted: frozenset[int],
        numbers: Numbers,
        backlog: Backlog,
    ) -> None:
        wanted = [candidate for job in jobs for candidate in job.wanted]
        self.entries: list[Entry] = []
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

    def outcome_of(self, job: _Job) -> list[Outcome] | Exception:
        """Judge a caller's wishes; what refuses all of them leaves nothing behind."""
        before = len(self.entries)
        try:
            self._backlog.require_room(job.organisation, before, len(job.wanted))
            outcomes = [self._judged(job.organisation, each) for each in job.candidates]
            if job.within is not None and len(self.entries) > before:
                with self._session.begin_nested():
                    job.within(self._session, outcomes)
        except DBAPIError as broken:
            # Anything but a row that is there already concerns the database, and so everybody.
            if not isinstance(broken, IntegrityError):
                raise
            return self._undone(before, broken)
        except Exception as refused:
            return self._undone(before, refused)
        self._forecast.keep()
        return outcomes

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


def _is_guarded(candidate: Candidate) -> bool:
    """Whether what was not read here stands in the way; who signs elsewhere reads elsewhere."""
    return candidate.signed is None and candidate.ask.row.action not in BLIND


def _known_digests(session: Session, wanted: Iterable[Candidate]) -> set[bytes]:
    """Find which of the signed intents were accepted before."""
    digests = [each.signed["digest"] for each in wanted if each.signed is not None]
    table = SQLModel.metadata.tables[str(SignedIntent.__tablename__)]
    found: set[bytes] = set()
    for start in range(0, len(digests), ROWS_PER_STATEMENT):
        some = digests[start : start + ROWS_PER_STATEMENT]
        known = select(table.c.digest).where(table.c.digest.in_(some))
        found.update(session.connection().execute(known).scalars())
    return found
