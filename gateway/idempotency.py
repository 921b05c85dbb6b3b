"""Idempotency keys: a request that is sent again gets its first answer and has no second effect.

The answer is written in the database transaction that accepts the wish, so there is never one
without the other. Two requests with one key at the same time are put in order by the table's
primary key: the second finds the first one's answer.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import bindparam, delete, insert, select, update
from sqlmodel import Session, col

from gateway.errors import Finding, IdempotencyKeyReused, RequestInvalid
from gateway.models import IdempotentAnswer
from ledger.model.table import table_of

HEADER: Final = "Idempotency-Key"
_TABLE: Final = table_of(IdempotentAnswer)
_IS_OF: Final = (
    _TABLE.c.organisation == bindparam("of_organisation"),
    _TABLE.c.key == bindparam("of_key"),
)
_FIND: Final = select(_TABLE).where(*_IS_OF)
_TAKEN: Final = select(_TABLE.c.organisation, _TABLE.c.key).where(
    _TABLE.c.organisation.in_(bindparam("organisations", expanding=True)),
    _TABLE.c.key.in_(bindparam("keys", expanding=True)),
)
_KEEP: Final = insert(_TABLE)
_KEY: Final = re.compile(r"[\x21-\x7e]{1,255}")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a caller is told.

    Parameters
    ----------
    intents : tuple of int
        What the request made.
    is_final : bool
        Whether this is the last word to this request.
    """

    status: int
    headers: dict[str, str]
    body: bytes
    intents: tuple[int, ...]
    is_final: bool


@dataclass(frozen=True, slots=True)
class Ticket:
    """A request that may be sent again."""

    organisation: int
    key: str
    fingerprint: bytes


def ticket_of(organisation: int, key: str | None, *parts: bytes) -> Ticket | None:
    """Take the key of a request; None when it has none.

    Parameters
    ----------
    *parts : bytes
        Everything that makes it this request and no other.

    Raises
    ------
    RequestInvalid
        If the key is not 1 to 255 visible ASCII characters.
    """
    if key is None:
        return None
    if not _KEY.fullmatch(key):
        finding = Finding(HEADER, "must be 1 to 255 visible ASCII characters")
        raise RequestInvalid("The Idempotency-Key cannot be used.", (finding,))
    digest = hashlib.sha256()
    for part in parts:
        # The length before each part keeps two different splits of the same bytes apart.
        digest.update(len(part).to_bytes(8, "big") + part)
    return Ticket(organisation, key, digest.digest())


class Answers:
    """The answers that are kept, by organisation and key."""

    def taken(self, session: Session, keys: Collection[Hashable]) -> set[Hashable]:
        """Tell which organisations and keys have an answer."""
        pairs: list[Any] = list(keys)
        wanted = {
            "organisations": list({organisation for organisation, _ in pairs}),
            "keys": [key for _, key in pairs],
        }
        found = {tuple(row) for row in session.connection().execute(_TAKEN, wanted)}
        return {pair for pair in pairs if pair in found}

    def keep(self, session: Session, rows: Sequence[Any]) -> None:
        """Remember answers, in the transaction that accepts what they tell."""
        session.connection().execute(_KEEP, rows)


ANSWERS: Final = Answers()


def find(session: Session, ticket: Ticket) -> Answer | None:
    """Look for the answer that a request got before.

    Raises
    ------
    IdempotencyKeyReused
        If the key belongs to another request.
    """
    row = session.connection().execute(_FIND, _key_of(ticket)).first()
    if row is None:
        return None
    if row.fingerprint != ticket.fingerprint:
        raise IdempotencyKeyReused
    return _answer(row)


def keep(session: Session, ticket: Ticket, answer: Answer) -> None:
    """Remember the answer to a request, in the transaction that accepts its wish."""
    ANSWERS.keep(session, [row_of(ticket, answer)])


def row_of(ticket: Ticket, answer: Answer) -> dict[str, Any]:
    """Write an answer down, as `Answers` keeps it."""
    return {
        "organisation": ticket.organisation,
        "key": ticket.key,
        "fingerprint": ticket.fingerprint,
        "intents": list(answer.intents),
        "status": answer.status,
        "headers": answer.headers,
        "body": answer.body,
        "is_final": answer.is_final,
        "created_at": int(time.time()),
    }


def settle(session: Session, ticket: Ticket, answer: Answer) -> Answer:
    """Make an answer the last word, unless somebody gave it before; return the last word."""
    row = session.connection().execute(_FIND, _key_of(ticket)).first()
    if row is None:
        return answer
    if row.is_final:
        return _answer(row)
    last = {"status": answer.status, "headers": answer.headers, "body": answer.body}
    settled = update(_TABLE).where(*_IS_OF).values(is_final=True, **last)
    session.connection().execute(settled, _key_of(ticket))
    return answer


def prune(session: Session, before: int) -> None:
    """Forget the answers that were given before a time (Unix seconds)."""
    session.connection().execute(
        delete(IdempotentAnswer).where(col(IdempotentAnswer.created_at) < before)
    )


def _key_of(ticket: Ticket) -> dict[str, Any]:
    return {"of_organisation": ticket.organisation, "of_key": ticket.key}


def _answer(row: Any) -> Answer:
    return Answer(row.status, row.headers, row.body, tuple(row.intents), row.is_final)
