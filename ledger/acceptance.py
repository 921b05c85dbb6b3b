"""What a desk has accepted, and what the caller adds in the same database transaction."""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import Session

from ledger.outbox import DocumentReference, Entry


@dataclass(frozen=True, slots=True)
class Accepted:
    """What was accepted: it will be recorded or refused, and is never lost.

    Parameters
    ----------
    intent : int
        By which `wait_for` and the queries know it.
    number : int
        Order, delivery, lot or bid it is about.
    order : int, optional
        The order that a delivery belongs to.
    """

    intent: int
    machine: str
    agreement: int | None
    number: int
    order: int | None
    document: DocumentReference | None


Within = Callable[[Session, list[Accepted]], None]
"""Adds the caller's rows in the transaction that accepts; raising undoes the acceptance."""


class Numbers:
    """Keeps two callers at once from getting the same number."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next: dict[tuple[str, int], int] = {}

    def take(self, what: tuple[str, int], free: int) -> int:
        """Take the next number, at least `free`."""
        with self._lock:
            number = max(free, self._next.get(what, 0))
            self._next[what] = number + 1
            return number


def finish(session: Session, entry: Entry, within: Within | None) -> Accepted:
    """Let the caller add its rows to what was accepted."""
    found = acceptance_of(entry)
    if within is not None:
        within(session, [found])
    return found


def acceptance_of(entry: Entry) -> Accepted:
    """Say what was accepted."""
    order = entry.order if entry.machine == "delivery" else None
    return Accepted(entry.id, entry.machine, entry.agreement, entry.number, order, entry.document)
