"""Taking back what the chain has lost.

The events above the fork are all that is needed: what they were about is forgotten and derived
anew from the events that remain. Subscribers are told: every fact that goes becomes a `retracted`
notice, newest first. All of it is one statement for each kind of thing, however deep the fork.
"""

from typing import Any, Final

from sqlalchemy import ColumnElement, Select, bindparam, tuple_, update
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, delete, select

from ledger import settlement
from ledger.fact import TRADE
from ledger.feed import add_entries
from ledger.model import (
    Agreement,
    Auction,
    Bid,
    Block,
    ChainTransaction,
    Delivery,
    Event,
    FeedEntry,
    IncludedTransaction,
    Lot,
    Order,
    Organisation,
    OrganisationKey,
    Record,
)
from ledger.model.sending import SENT
from ledger.model.table import table_of
from ledger.projection import fold
from ledger.query.feed import events_with_time
from ledger.standing import Row, Standing

_EVENT: Final = table_of(Event).c
_AGREEMENT: Final = (_EVENT.agreement,)
_ORDER: Final = (_EVENT.agreement, _EVENT.order_number)
_NUMBER: Final = (_EVENT.number,)
_AUCTION: Final = ("auction", "bid", "lot")

_DERIVED: Final = (
    (TRADE, _ORDER, ((Order, ("agreement", "number")), (Delivery, ("agreement", "order_number")))),
    (("agreement",), _AGREEMENT, ((Agreement, ("number",)),)),
    (_AUCTION, _AGREEMENT, ((Auction, ("number",)), (Lot, ("auction",)), (Bid, ("auction",)))),
    (
        ("organisation",),
        _NUMBER,
        ((Organisation, ("number",)), (OrganisationKey, ("organisation",))),
    ),
)
"""What is derived together: machines, the columns of a fact that say what it is about, and the
tables that are derived from it with the columns that name it there."""


def retract(session: Session, fork: int) -> None:
    """Take back everything above a block.

    Parameters
    ----------
    fork : int
        Number of the last block that still stands.
    """
    _tell(session, fork)
    digests = select(Record.digest).where(
        col(Record.block_number) > fork, col(Record.digest).is_not(None)
    )
    settlement.unsettle(session, [each for each in session.exec(digests) if each is not None])
    session.exec(
        update(ChainTransaction)
        .where(col(ChainTransaction.block_number) > fork)
        .values(status=SENT, block_number=None, gas_used=None)
    )
    session.flush()
    remaining = _forget(session, fork)
    for model in (Event, Record, IncludedTransaction):
        session.exec(delete(model).where(model.block_number > fork))  # type: ignore[arg-type]
    fold(Standing(session), remaining, {row["block_number"]: row["timestamp"] for row in remaining})
    session.exec(delete(Block).where(col(Block.number) > fork))


def _tell(session: Session, fork: int) -> None:
    """Write the retractions, and keep for late readers what the entries taken back had said."""
    lost: dict[tuple[int, int], list[Row]] = {}
    chosen = events_with_time().where(_EVENT.block_number > fork).order_by(*_place())
    for row in session.connection().execute(chosen).mappings():
        lost.setdefault((row["block_number"], row["log_index"]), []).append(dict(row))
    feed = table_of(FeedEntry).c
    told = session.connection().execute(
        select_columns(feed.sequence, feed.block_number, feed.log_index, feed.agreement)
        .where(feed.block_number > fork)
        .order_by(feed.block_number, feed.log_index)
    )
    kept, entries = [], []
    for sequence, block_number, log_index, agreement in told:
        facts = lost[block_number, log_index]
        kept.append({"of": sequence, "body": {"facts": facts}})
        newest_first = {"count": len(facts), "body": {"facts": facts[::-1]}}
        entries.append({"topic": "retracted", "agreement": agreement, **newest_first})
    if kept:
        said = update(FeedEntry).where(col(FeedEntry.sequence) == bindparam("of"))
        placeless = said.values(body=bindparam("body"), block_number=None, log_index=None)
        session.connection().execute(placeless, kept)
    add_entries(session, entries[::-1])


def _forget(session: Session, fork: int) -> list[Row]:
    """Delete what events above the fork were about; gives the remaining facts about it."""
    remaining: list[Row] = []
    for machines, about, derived in _DERIVED:
        is_about = _is_lost(about, machines, about, fork)
        found = events_with_time().where(_EVENT.machine.in_(machines), is_about)
        stands = found.where(_EVENT.block_number <= fork)
        remaining += [dict(row) for row in session.connection().execute(stands).mappings()]
        for model, names in derived:
            table = table_of(model)
            named = tuple(table.c[name] for name in names)
            session.connection().execute(
                table.delete().where(_is_lost(named, machines, about, fork))
            )
    remaining.sort(key=lambda row: (row["block_number"], row["log_index"], row["position"]))
    return remaining


def _is_lost(
    columns: tuple[Any, ...], machines: tuple[str, ...], about: tuple[Any, ...], fork: int
) -> ColumnElement[bool]:
    """The condition that columns name something that an event above the fork is about."""
    lost = table_of(Event).alias("lost")
    named: Select[Any] = select_columns(*(lost.c[each.name] for each in about)).where(
        lost.c.block_number > fork, lost.c.machine.in_(machines)
    )
    return tuple_(*columns).in_(named) if len(columns) > 1 else columns[0].in_(named)


def _place() -> tuple[Any, ...]:
    return _EVENT.block_number, _EVENT.log_index, _EVENT.position
