"""Accepts what many callers hand in at once in one database transaction.

Whatever waits when a transaction begins goes into it, so that a flush to disk is shared by all who
wait for it. A caller's own rows stand behind a savepoint: what refuses one caller undoes nothing of
the others.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from sqlalchemy import Engine

from ledger.acceptance import Numbers, Receipt
from ledger.backlog import Backlog
from ledger.database import writing
from ledger.feed import Bell
from ledger.sitting import Candidate, Job, Outcome, Refusal, Sitting, Within

WISHES_TOGETHER_MAX: Final = 2_000
"""Callers share a transaction up to so many wishes; one caller alone may bring more."""


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
        self._jobs: deque[Job] = deque()
        self._queued = 0
        self._task: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(1, "acceptor")

    async def accept(
        self,
        organisation: int,
        candidates: Sequence[Candidate | Refusal],
        within: Within | Receipt | None = None,
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
        self._jobs.append(Job(organisation, candidates, within, future))
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

    async def _in_own_thread(self, jobs: Sequence[Job]) -> list[list[Outcome] | Exception]:
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

    def _next(self) -> list[Job]:
        """Take as many callers as fit into one transaction, those that gave up left out."""
        jobs: list[Job] = []
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

    def _accept_all(self, jobs: Sequence[Job]) -> list[list[Outcome] | Exception]:
        with writing(self._engine) as session:
            self._backlog.look(session)
            sitting = Sitting(session, jobs, self._hosted, self._numbers, self._backlog)
            outcomes = [sitting.outcome_of(job) for job in jobs]
            sitting.write()
        for entry in sitting.entries:
            self._backlog.add(entry.organisation)
        return outcomes
