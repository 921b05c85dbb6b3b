"""Leases: of several processes on one database, one does the work.

A lease alone is a matter of clocks, and a process may sleep past its end. So whoever works under a
lease calls `require` in every transaction that writes: a holder of the past is refused there, and
what it meant to write is not written.
"""

import secrets
from dataclasses import dataclass, field

from sqlmodel import Session

from ledger.clock import now_ms
from ledger.model import Lease as Row


class LeaseLost(Exception):
    """Another process does this work now."""


@dataclass(slots=True)
class Lease:
    """A piece of work that this process wants to hold.

    Parameters
    ----------
    name : str
        What the work is called.
    length_ms : int
        How long it is held without being renewed.

    Attributes
    ----------
    term : int
        Counts the holders; zero before the lease was ever held here.
    until_ms : int
        Unix milliseconds at which it ends here.
    """

    name: str
    length_ms: int = 4_000
    holder: str = field(default_factory=lambda: secrets.token_hex(16))
    term: int = 0
    until_ms: int = 0

    @property
    def is_fresh(self) -> bool:
        """Whether it need not be renewed yet."""
        return now_ms() < self.until_ms - self.length_ms // 2

    def take(self, session: Session) -> bool:
        """Take the lease, or renew it; false when another process holds it."""
        row = session.get(Row, self.name, with_for_update=True)
        now = now_ms()
        if row is None:
            row = Row(name=self.name, holder=self.holder, term=1, until_ms=0)
        elif row.holder != self.holder:
            if row.until_ms > now:
                self.until_ms = 0
                return False
            row.holder, row.term = self.holder, row.term + 1
        row.until_ms = now + self.length_ms
        session.add(row)
        session.flush()
        self.term, self.until_ms = row.term, row.until_ms
        return True

    def require(self, session: Session) -> None:
        """Refuse to go on as a holder of the past, in the transaction that is about to write.

        Raises
        ------
        LeaseLost
            When another process has taken the work over.
        """
        row = session.get(Row, self.name, with_for_update=True)
        if row is None or (row.holder, row.term) != (self.holder, self.term):
            self.until_ms = 0
            raise LeaseLost(self.name)

    def give_back(self, session: Session) -> None:
        """Let the next process begin at once."""
        row = session.get(Row, self.name, with_for_update=True)
        if row is not None and (row.holder, row.term) == (self.holder, self.term):
            row.until_ms = 0
            session.add(row)
        self.until_ms = 0
