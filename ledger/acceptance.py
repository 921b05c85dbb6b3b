"""What a desk has accepted, and what the caller adds in the same database transaction."""

import threading
from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

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


class KeptBefore(Exception):
    """The receipt of another caller with the same key is kept already."""


class Book(Protocol):
    """Where callers keep their receipts, many at once."""

    def taken(self, session: Session, keys: Collection[Hashable]) -> set[Hashable]:
        """Tell under which of some keys something is kept."""

    def keep(self, session: Session, rows: Sequence[Any]) -> None:
        """Keep receipts."""


@dataclass(frozen=True, slots=True, eq=False)
class Receipt:
    """What a caller wants kept of what was accepted; stands in the place of a `Within`.

    The rows of many callers are written together.

    Parameters
    ----------
    key : Hashable, optional
        Kept once; without one nothing is kept.
    fill : callable
        Makes the row.
    """

    book: Book
    key: Hashable | None
    fill: Callable[[list[Accepted]], Any]

    def __call__(self, session: Session, accepted: list[Accepted]) -> None:
        """Keep it alone.

        Raises
        ------
        KeptBefore
            When there is one with its key.
        """
        if self.key is not None and self.book.taken(session, [self.key]):
            raise KeptBefore
        row = self.fill(accepted)
        if self.key is not None:
            self.book.keep(session, [row])


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
