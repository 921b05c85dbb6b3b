"""What the chain said to our intents and transactions, written to the outbox.

The indexer brings the word as it takes blocks in, the relayer where no event tells it. What is
recorded stays so: somebody else may have carried it first, and ours came too late.

What the chain had recorded and lost is sent again as it was signed. Where it is refused then, what
it rests on may still be on its way back, so it is tried again for a while, and never so that it
could count twice:

* A batch or step that was refused as a whole has not used its nonce: the same is sent next time.
  An individually signed intent has, and is refused.
* An action of a batch that can happen only once, because nothing leads back to where it begins, is
  signed anew: the chain itself refuses the second.
* Any other action is signed anew once its batch cannot count any more (see `ledger.gathering`).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, bindparam, case, select, update
from sqlmodel import Session

from ledger import lifecycle
from ledger.clock import now_ms
from ledger.database import portions
from ledger.errors import IntentExpired, decode_refusal
from ledger.feed import tell_all
from ledger.model import Event
from ledger.model.sending import (
    ACCEPTED,
    ACTIONS,
    ATTEMPTS,
    EXPIRED,
    INCLUDED,
    RECORDED,
    REFUSED,
    REPLACED,
    SENT,
    SIGNATURES,
    SIGNED,
    TRANSACTIONS,
)
from ledger.model.table import table_of

RETRIES_MAX: Final = 8
RETRY_BASE_MS: Final = 500

_ACTION, _SIGNATURE = ACTIONS.c, SIGNATURES.c
_EVENT: Final = table_of(Event)
_REFUSABLE: Final = (
    _ACTION.id,
    _ACTION.organisation,
    _ACTION.machine,
    _ACTION.action,
    _ACTION.agreement,
    _ACTION.number,
    _ACTION.order_number,
    _ACTION.intent_id,
    _ACTION.position,
    _ACTION.was_recorded,
    _ACTION.attempts,
)
_Row = Row[*tuple[Any, ...]]
Problems = Mapping[int, bytes]
"""Encoded errors of refused events, by position in their intent; the others were recorded."""


def settle(session: Session, recorded: Mapping[bytes, Problems]) -> None:
    """Remember which intents the chain recorded; those of others are passed over.

    Parameters
    ----------
    recorded : mapping
        What was refused in each, by the intent's digest.
    """
    found = {row.id: row for row in _known(session, recorded)}
    if not found:
        return
    connection = session.connection()
    for part in portions(found):
        connection.execute(
            update(SIGNATURES).where(_SIGNATURE.id.in_(part)).values(status=RECORDED)
        )
    is_open = _ACTION.status != RECORDED
    for part in portions(number for number, row in found.items() if not recorded[row.digest]):
        connection.execute(_recording().where(_ACTION.intent_id.in_(part), is_open))
    for number, row in found.items():
        problems = recorded[row.digest]
        if problems:
            mine = _ACTION.intent_id == number
            kept = _ACTION.position.not_in(list(problems))
            connection.execute(_recording().where(mine, kept, is_open))
            refused = _refusable(session, mine, _ACTION.position.in_(list(problems)))
            is_batch = row.kind == "batch"
            _refuse(session, [(each, problems[each.position]) for each in refused], is_batch)


def refuse_whole(session: Session, refused: Mapping[bytes, bytes]) -> None:
    """Remember which intents the chain refused as a whole.

    Parameters
    ----------
    refused : mapping
        Encoded error of each, by the intent's digest.
    """
    for row in list(_known(session, refused)):
        if row.status not in (SENT, SIGNED):
            continue
        problem = refused[row.digest]
        actions = list(_refusable(session, _ACTION.intent_id == row.id))
        is_expired = isinstance(decode_refusal(problem), IntentExpired)
        if is_expired and row.kind != "intent" and actions:
            # Its nonce is unused and the digest can never count again: the same is signed anew.
            _change(session, row.id, status=EXPIRED)
        elif row.kind != "intent" and not is_expired and any(_is_retried(each) for each in actions):
            # It can still count, so it stays the one signature there is.
            tried = max(each.attempts for each in actions)
            pause_ms = RETRY_BASE_MS << tried
            _change(
                session,
                row.id,
                status=SIGNED,
                transaction_id=None,
                not_before_ms=now_ms() + pause_ms,
            )
            session.connection().execute(
                update(ACTIONS).where(_ACTION.intent_id == row.id).values(attempts=tried + 1)
            )
        else:
            _change(session, row.id, status=REFUSED)
            _refuse(session, [(each, problem) for each in actions], False)


def refuse_wishes(session: Session, problems: Mapping[int, bytes]) -> None:
    """Refuse wishes that cannot be signed or sent, by their ids; with encoded errors."""
    for part in portions(problems):
        rows = list(_refusable(session, _ACTION.id.in_(part)))
        _refuse(session, [(row, problems[row.id]) for row in rows], False)


def unsettle(session: Session, digests: Collection[bytes]) -> None:
    """Take back what was settled by records that the chain has lost."""
    decided = _ACTION.status.in_([RECORDED, REFUSED]) | (
        (_ACTION.status == ACCEPTED) & _ACTION.was_recorded
    )
    is_free = _SIGNATURE.transaction_id.is_(None)
    for part in portions(
        row.id for row in list(_known(session, digests)) if row.status != REPLACED
    ):
        session.connection().execute(
            update(SIGNATURES)
            .where(_SIGNATURE.id.in_(part))
            .values(status=case((is_free, SIGNED), else_=SENT))
        )
        session.connection().execute(
            update(ACTIONS)
            .where(_ACTION.intent_id.in_(part), decided)
            .values(status=SENT, error=None, problem=None)
        )


def ours(session: Session, hashes: Collection[bytes]) -> dict[bytes, int]:
    """Tell which transactions this gateway signed: their rows, by hash."""
    found: dict[bytes, int] = {}
    for part in portions(hashes):
        rows = select(ATTEMPTS.c.hash, ATTEMPTS.c.transaction_id).where(ATTEMPTS.c.hash.in_(part))
        found.update((row.hash, row.transaction_id) for row in session.connection().execute(rows))
    return found


def include(session: Session, blocks: Mapping[bytes, tuple[int, int | None]]) -> None:
    """Remember which transactions of ours are in a block; settles calls without signature.

    Parameters
    ----------
    blocks : mapping
        Number of the block and gas used, by the transaction's hash.
    """
    known = ours(session, blocks)
    if not known:
        return
    rows = [
        {"which": number, "hash": tx_hash, "block": blocks[tx_hash][0], "gas": blocks[tx_hash][1]}
        for tx_hash, number in known.items()
    ]
    session.connection().execute(
        update(TRANSACTIONS)
        .where(TRANSACTIONS.c.id == bindparam("which"))
        .values(
            status=INCLUDED,
            hash=bindparam("hash"),
            block_number=bindparam("block"),
            gas_used=bindparam("gas"),
        ),
        rows,
    )
    for part in portions(known.values()):
        unsigned = select(_SIGNATURE.digest).where(
            _SIGNATURE.transaction_id.in_(part), _SIGNATURE.signature == b""
        )
        digests = session.connection().execute(unsigned).scalars()
        settle(session, {digest: {} for digest in digests})


def is_decided(status: str) -> bool:
    """Whether the chain has spoken."""
    return status in (RECORDED, REFUSED)


def _known(session: Session, digests: Iterable[bytes]) -> Iterator[_Row]:
    """Find our own intents by their digests."""
    columns = (_SIGNATURE.id, _SIGNATURE.digest, _SIGNATURE.kind, _SIGNATURE.status)
    for part in portions(digests):
        found = select(*columns).where(_SIGNATURE.digest.in_(part))
        yield from session.connection().execute(found).all()


def _refusable(session: Session, *conditions: ColumnElement[bool]) -> Iterable[_Row]:
    is_open = _ACTION.status.in_([ACCEPTED, SENT])
    found = select(*_REFUSABLE).where(*conditions, is_open).order_by(_ACTION.id)
    return session.connection().execute(found).all()


def _refuse(session: Session, refused: list[tuple[_Row, bytes]], is_anew: bool) -> None:
    """Refuse wishes and tell subscribers; what may be signed `anew` later is only put back."""
    connection = session.connection()
    gone = []
    for row, problem in refused:
        if not is_anew or not row.was_recorded:
            gone.append((row, decode_refusal(problem), problem))
        elif happens_once(row.machine, row.action) and _has_happened(session, row):
            # Its earlier signature counted after all.
            connection.execute(_recording().where(_ACTION.id == row.id))
        elif row.attempts < RETRIES_MAX:
            _put_back(session, row)
        else:
            gone.append((row, decode_refusal(problem), problem))
    if not gone:
        return
    connection.execute(
        update(ACTIONS)
        .where(_ACTION.id == bindparam("which"))
        .values(status=REFUSED, error=bindparam("name"), problem=bindparam("data")),
        [{"which": row.id, "name": why.name, "data": data} for row, why, data in gone],
    )
    told = [
        (
            row.agreement,
            row.organisation,
            {"intent": row.id, "error": why.name, "context": why.context},
        )
        for row, why, _ in gone
    ]
    tell_all(session, "intent", told)


@cache
def happens_once(machine: str, action: str) -> bool:
    """Whether an action can happen to a thing only once: nothing leads back to where it begins."""
    rows = lifecycle.rows(machine)
    row = lifecycle.row_named(machine, action)
    reached: set[str] = set()
    following = {row.to}
    while following - reached:
        reached |= following
        following = {each.to for each in rows if reached.intersection(each.from_states)}
    return reached.isdisjoint(row.from_states)


def _has_happened(session: Session, row: _Row) -> bool:
    event = _EVENT.c
    found = select(event.position).where(
        event.agreement == row.agreement,
        event.order_number == row.order_number,
        event.machine == row.machine,
        event.number == row.number,
        event.action == lifecycle.row_named(row.machine, row.action).id,
    )
    return session.connection().execute(found.limit(1)).first() is not None


def _put_back(session: Session, row: _Row) -> None:
    """Let a wish wait to be signed anew."""
    is_once = happens_once(row.machine, row.action)
    not_before_ms = now_ms() + (RETRY_BASE_MS << row.attempts) if is_once else None
    session.connection().execute(
        update(ACTIONS)
        .where(_ACTION.id == row.id)
        .values(status=ACCEPTED, attempts=row.attempts + 1, not_before_ms=not_before_ms)
    )


def _is_retried(row: _Row) -> bool:
    return bool(row.was_recorded) and row.attempts < RETRIES_MAX


def _recording() -> Any:
    return update(ACTIONS).values(status=RECORDED, was_recorded=True, error=None, problem=None)


def _change(session: Session, number: int, **values: Any) -> None:
    session.connection().execute(update(SIGNATURES).where(_SIGNATURE.id == number).values(**values))
