"""Care of the inbox: what a crash left unread is read, what was dealt with is forgotten in time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Engine, delete
from sqlmodel import Session, col, select

from gateway.connectors.message import Finding, Location
from gateway.inbox import book, service
from gateway.inbox.models import (
    NOTED,
    RECEIVED,
    RECORDED,
    REFUSED,
    SET_ASIDE,
    InboxContent,
    InboxMessage,
)
from gateway.outbox import book as outbox
from ledger.clock import now_ms
from ledger.database import reading, writing

TRIES_MAX: Final = 3
"""Readings of a message that may be cut off before it counts as what cuts them off."""

AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class Rules:
    """How the inbox is taken care of.

    Parameters
    ----------
    organisations : frozenset of int
        Whose messages: those hosted here.
    keep_ms : int
        How long messages are kept that were dealt with.
    orphan_ms : int
        After how long nobody reads a message any more that was not read to its end.
    """

    organisations: frozenset[int]
    keep_ms: int
    orphan_ms: int = 60_000


def sweep(engine: Engine, rules: Rules) -> int:
    """Read what was kept by a process that died before it had read it; gives how many."""
    found = select(InboxMessage.organisation, InboxMessage.id).where(
        col(InboxMessage.organisation).in_(rules.organisations),
        InboxMessage.state == RECEIVED,
        InboxMessage.changed_ms <= now_ms() - rules.orphan_ms,
    )
    with reading(engine) as session:
        orphans = session.exec(found.order_by(col(InboxMessage.id)).limit(AT_ONCE)).all()
    for organisation, number in orphans:
        if _begin(engine, organisation, str(number)):
            service.examine(engine, organisation, str(number))
    return len(orphans)


def forget(engine: Engine, rules: Rules) -> None:
    """Forget messages that were dealt with long ago.

    Of what the ledger knows, the contents; so that it is still known when it comes again. Of what
    came to nothing, and what partners have had, everything. What can still be recorded stays.
    """
    before = now_ms() - rules.keep_ms
    with writing(engine) as session:
        recorded = _numbers(session, rules, before, RECORDED)
        nothing = _numbers(session, rules, before, REFUSED, SET_ASIDE, NOTED)
        contents = delete(InboxContent).where(col(InboxContent.message).in_(recorded + nothing))
        session.connection().execute(contents)
        rows = delete(InboxMessage).where(col(InboxMessage.id).in_(nothing))
        session.connection().execute(rows)
        outbox.forget(session, rules.organisations, before)


def _begin(engine: Engine, organisation: int, id_: str) -> bool:
    """Count a reading before it begins, and refuse what has cut off too many."""
    with writing(engine) as session:
        message = book.own(session, organisation, id_)
        if message.state != RECEIVED:
            return False
        message.tries += 1
        message.changed_ms = now_ms()
        if message.tries > TRIES_MAX:
            rule = f"A message can be read; reading this one was cut off {TRIES_MAX} times."
            advice = "Look at what it is, and send it in parts or replay it."
            book.note_refused(message, [Finding(rule, Location(1, 1), "", advice)])
        session.add(message)
        return message.state == RECEIVED


def _numbers(session: Session, rules: Rules, before: int, *states: str) -> list[int]:
    """List messages with contents that have been in a state since before a time."""
    found = (
        select(InboxMessage.id)
        .join(InboxContent, col(InboxContent.message) == InboxMessage.id)
        .where(
            col(InboxMessage.organisation).in_(rules.organisations),
            col(InboxMessage.state).in_(states),
            InboxMessage.changed_ms <= before,
        )
        .distinct()
        .limit(AT_ONCE)
    )
    return [number for number in session.exec(found) if number is not None]
