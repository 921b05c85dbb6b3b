"""What callers want and were promised, each under a key by which it is asked for again."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from ledger.acceptance import Accepted
from ledger.catalogue import LedgerError
from ledger.database import reading
from ledger.errors import DatabaseUnreachable
from ledger.runtime import LedgerRuntime
from ledger.sitting import Outcome

PER_KEY = 1_000

Within = Callable[[Session, Sequence[Outcome]], None]
Ask = Callable[[LedgerRuntime, Within], Awaitable[Accepted | Sequence[Outcome]]]


@dataclass
class Promise:
    """One request of a caller, made again under the same key until it is answered.

    Attributes
    ----------
    intents : list of int, optional
        What it was promised; none before an answer, empty when it was refused.
    """

    key: int
    told: str
    ask: Ask
    intents: list[int] | None = field(default=None)

    async def request(self, runtime: LedgerRuntime) -> None:
        """Ask once, or find that an earlier request had been heard."""
        kept = self._kept(runtime)
        if kept:
            self.intents = kept
            return
        try:
            answer = await self.ask(runtime, self._keep)
        except DatabaseUnreachable:
            raise
        except LedgerError:
            self.intents = []
            return
        outcomes = answer if isinstance(answer, Sequence) else [answer]
        self.intents = [each.intent for each in outcomes if isinstance(each, Accepted)]

    def _keep(self, session: Session, outcomes: Sequence[Outcome]) -> None:
        rows = [
            {"key": self.key * PER_KEY + place, "intent": each.intent}
            for place, each in enumerate(outcomes)
            if isinstance(each, Accepted)
        ]
        statement = text("INSERT INTO promise (key, intent) VALUES (:key, :intent)")
        session.connection().execute(statement, rows)

    def _kept(self, runtime: LedgerRuntime) -> list[int]:
        found = text("SELECT intent FROM promise WHERE key BETWEEN :first AND :last ORDER BY key")
        span = {"first": self.key * PER_KEY, "last": self.key * PER_KEY + PER_KEY - 1}
        with reading(runtime.engine) as session:
            rows: list[Any] = list(session.connection().execute(found, span))
        return [int(row[0]) for row in rows]
