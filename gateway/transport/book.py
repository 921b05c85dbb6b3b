"""What the porter reads and writes: places of channels, and messages that wait."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Engine, delete
from sqlmodel import Session, col, select

from gateway.outbox import book as outbox
from gateway.outbox.models import DELIVERED, FAILED, WAITING, OutboxMessage
from gateway.outbox.naming import file_name
from gateway.transport.channel import Mark
from gateway.transport.declaration import Declaration
from gateway.transport.models import ChannelPlace
from ledger.clock import now_ms
from ledger.database import reading, writing
from ledger.lease import Lease

AT_ONCE: Final = 100
"""Messages that are brought on one visit."""

DELAYS_S: Final = (10, 60, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Pauses between attempts to bring a message: eleven in three days."""


@dataclass(frozen=True, slots=True)
class Due:
    """A message that is to be brought now."""

    id: int
    name: str
    content: bytes
    media_type: str


class Book:
    """The porter's reads and writes, each one transaction.

    Parameters
    ----------
    lease : Lease
        Who does not hold it any more writes nothing.
    delays_s : sequence of float
        Pauses between attempts to bring a message, which fails after the last one.
    """

    def __init__(self, engine: Engine, lease: Lease, delays_s: Sequence[float] = DELAYS_S) -> None:
        self._engine = engine
        self._lease = lease
        self._delays_s = delays_s

    def hold(self) -> bool:
        """Take or renew the lease; false when another process brings and collects."""
        with writing(self._engine) as session:
            return self._lease.take(session)

    def give_back(self) -> None:
        """Let another process go on at once."""
        with writing(self._engine) as session:
            self._lease.give_back(session)

    def waiting(self) -> set[tuple[int, str]]:
        """Give for whom messages are due: organisation and partner."""
        found = (
            select(OutboxMessage.organisation, OutboxMessage.partner)
            .where(OutboxMessage.state == WAITING, OutboxMessage.next_attempt_ms <= now_ms())
            .distinct()
        )
        with reading(self._engine) as session:
            return set(session.exec(found).all())

    def due(self, organisation: int, partner: str) -> list[Due]:
        """Read messages that are due for a partner, the oldest first."""
        found = (
            select(OutboxMessage)
            .where(
                OutboxMessage.organisation == organisation,
                OutboxMessage.partner == partner,
                OutboxMessage.state == WAITING,
                OutboxMessage.next_attempt_ms <= now_ms(),
            )
            .order_by(col(OutboxMessage.id))
            .limit(AT_ONCE)
        )
        with reading(self._engine) as session:
            return [_due(each) for each in session.exec(found)]

    def note_brought(self, id_: int) -> None:
        """Note that a partner has a message."""
        with writing(self._engine) as session:
            message = self._message(session, id_)
            if message is None:
                return
            message.state, message.error = DELIVERED, None
            message.attempts += 1
            message.delivered_ms = message.last_attempt_ms = now_ms()
            session.add(message)

    def note_failed(self, id_: int, error: str) -> None:
        """Note what an attempt came to; the message has failed when it was tried often enough."""
        with writing(self._engine) as session:
            message = self._message(session, id_)
            if message is None:
                return
            now = now_ms()
            if message.attempts < len(self._delays_s):
                delay_s = self._delays_s[message.attempts]
                message.next_attempt_ms = now + round(delay_s * 1000)
            else:
                message.state = FAILED
            message.attempts += 1
            message.error, message.last_attempt_ms = error[:500], now
            session.add(message)

    def mark(self, channel: str) -> Mark:
        """Read what a channel remembers."""
        with reading(self._engine) as session:
            place = session.get(ChannelPlace, channel)
            return {} if place is None else place.mark

    def forget_others(self, channels: Collection[str]) -> None:
        """Forget channels that are not declared any more."""
        others = delete(ChannelPlace).where(col(ChannelPlace.channel).not_in(channels))
        with writing(self._engine) as session:
            self._lease.require(session)
            session.connection().execute(others)

    def note_visit(
        self, channel: str, declared: Declaration, mark: Mark, error: str | None
    ) -> None:
        """Note what a channel remembers now, and what is wrong with it."""
        with writing(self._engine) as session:
            self._lease.require(session)
            place = session.get(ChannelPlace, channel, with_for_update=True)
            place = place or ChannelPlace(channel=channel, organisation=declared.organisation)
            now = now_ms()
            place.organisation, place.partner = declared.organisation, declared.partner
            place.kind = declared.kind
            place.mark, place.looked_ms = mark, now
            place.error = None if error is None else error[:500]
            place.error_since_ms = None if error is None else place.error_since_ms or now
            session.add(place)

    def _message(self, session: Session, id_: int) -> OutboxMessage | None:
        self._lease.require(session)
        return session.get(OutboxMessage, id_, with_for_update=True)


def _due(message: OutboxMessage) -> Due:
    return Due(
        outbox.number_of(message),
        file_name(message),
        outbox.content_of(message),
        message.media_type,
    )
